"""Quality samples of the last days: drawn and judged by the service itself, a supervisor's morning's work each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.quality import QualityPoint, judge, sample_of
from hotline.clock import SHANGHAI
from hotline.demo.dice import dice
from hotline.demo.lives import ADDRESS
from hotline.demo.moves import World
from hotline.work import Work

DAYS: Final = 6


async def judge_samples(session: AsyncSession, world: World, *, seed: int) -> int:
    """Judge most of the samples of the days before yesterday, how many; yesterday's is left for whoever looks."""
    judged = 0
    now = Work(session, world.policy, world.staff.supervisor, world.now, ADDRESS)
    today = world.now.astimezone(SHANGHAI).date()
    for back in range(DAYS + 1, 1, -1):
        on = today - timedelta(days=back)
        rng = dice(seed, "quality", back)
        work = replace(now, now=world.now - timedelta(days=back - 1))
        for row in await sample_of(work, on):
            if rng.often(0.8):
                found = {point: rng.often(0.88) for point in QualityPoint if rng.often(0.9)}
                remark = rng.choice(world.words.handling.remarks)
                await judge(work, row.number, on, found or {QualityPoint.TONE: True}, remark)
                judged += 1
    return judged
