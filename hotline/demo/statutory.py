"""Statutory clocks on some of the cases that stand open: every light there is, one of them with a history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import statutory_details as d
from hotline.cases.models import Case
from hotline.cases.statutory import begin_clock, change_clock
from hotline.cases.statutory_queries import day_of
from hotline.deadlines.statutes import InterruptionKind, Kind, Source, SuspensionKind
from hotline.policy import Policy
from hotline.work import Work

BEGUN: Final[dict[str, tuple[tuple[Kind, int | None, str], ...]]] = {
    "wage_arrears": (
        (Kind.WAGES, 349, "离职证明上的日期"),
        (Kind.WAGES, None, "还在上班，工资一直拖着"),
        (Kind.INSPECTION, 655, "最后一次应发工资的日子"),
        (Kind.WAGES, 120, "微信里老板说不用来了"),
    ),
    "dismissal": (
        (Kind.ARBITRATION, 372, "收到解除通知书"),
        (Kind.ARBITRATION, 300, "收到解除通知书"),
        (Kind.SUIT, 6, "裁决书签收日"),
    ),
    "work_injury": (
        (Kind.INJURY_WORKER, 341, "住院病历上的受伤日期"),
        (Kind.INJURY_EMPLOYER, 12, "工友说的受伤日期"),
        (Kind.INJURY_WORKER, 60, "诊断证明"),
    ),
}
"""By category: which clock, so many days ago (None: it does not run yet), and what that is known from."""

WITH_A_HISTORY: Final = 300
_A_MOMENT: Final = timedelta(milliseconds=3)


async def watch_some(session: AsyncSession, policy: Policy, accounts: Sequence[Account], *, now: datetime) -> int:
    """Let the supervisor watch clocks on the newest open cases of these categories; how many changes that were."""
    supervisor = next((one for one in accounts if one.role is Role.SUPERVISOR), None)
    if supervisor is None:
        return 0
    changes = 0
    actor = Actor(supervisor.id, supervisor.login, supervisor.name, supervisor.role)
    work = Work(
        session=session, policy=policy, actor=actor, now=now - _A_MOMENT, address="127.0.0.1", request_id="demo"
    )
    for category, begun in BEGUN.items():
        newest = select(Case.number).where(
            Case.category == category, Case.ended_at.is_(None), Case.confidential.is_(False)
        )
        numbers = await session.scalars(newest.order_by(Case.id.desc()).limit(len(begun)))
        for number, (kind, ago, words) in zip(numbers.all(), begun, strict=False):
            on = None if ago is None else day_of(now) - timedelta(days=ago)
            clock = await begin_clock(
                work, number, d.Begin(kind=kind, trigger_on=on, source=Source.DOCUMENT, words=words)
            )
            changes += 1
            if kind is Kind.ARBITRATION and ago == WITH_A_HISTORY:
                changes += await _history(work, number, clock.id)
    return changes


async def _history(work: Work, number: str, clock: int) -> int:
    today = day_of(work.now)
    claim = d.Interrupt(
        interruption=InterruptionKind.CLAIM, on=today - timedelta(days=200), words="挂号信回执，要求恢复工作"
    )
    closed = d.Suspend(
        suspension=SuspensionKind.FORCE_MAJEURE,
        first_on=today - timedelta(days=90),
        last_on=today - timedelta(days=76),
        words="洪水封路，有通告",
    )
    for later, change in enumerate((claim, closed), start=1):
        await change_clock(replace(work, now=work.now + later * _A_MOMENT / 3), number, clock, change)
    return 2
