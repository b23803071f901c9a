"""The sample of a day: the same cases whoever looks, as many as the union decides, and never one that merged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.quality import QualityPoint, count_points, judge, sample_of
from hotline.cases.queries import CaseNotFound
from hotline.deadlines.supervision import SupervisionLimits, read_supervision
from hotline.errors import Conflict, Invalid, NotAllowed
from tests.factories import NOON, make_actor, make_case, make_work, policy

ENDED_ON = date(2026, 3, 4)


@given(st.integers(0, 5000), st.integers(0, 100), st.integers(0, 50))
def test_a_sample_is_never_larger_than_the_day_nor_smaller_than_was_decided(
    ended: int, share: int, at_least: int
) -> None:
    size = SupervisionLimits(share=share, at_least=at_least).sample_size(ended)
    assert size <= ended
    assert size >= min(ended, at_least)
    assert size * 100 >= min(ended * share, ended * 100) or size == ended


def test_the_file_says_what_counts_and_names_every_mistake() -> None:
    assert read_supervision({"quality": {"percent": 20}}) == SupervisionLimits(share=20)
    with pytest.raises(Invalid) as refused:
        read_supervision({"quality": {"percent": 200}, "silence": {"working_day": 3}})
    assert len(refused.value.mistakes) == 2


async def test_of_a_days_ended_cases_the_same_are_drawn_for_everybody(session: AsyncSession) -> None:
    operator = make_work(session, await make_actor(session))
    for _ in range(12):
        await make_case(operator, first=d.Answer(answer="已答复"))
    await make_case(operator)
    one, other = [make_work(session, await make_actor(session, Role.SUPERVISOR)) for _ in range(2)]
    drawn = [row.number for row in await sample_of(one, ENDED_ON)]
    assert len(drawn) == policy().supervision.sample_size(12) == 5
    assert drawn == [row.number for row in await sample_of(other, ENDED_ON)]
    assert await sample_of(one, ENDED_ON - timedelta(days=1)) == []
    half = replace(one, policy=replace(policy(), supervision=SupervisionLimits(share=50)))
    assert [row.number for row in await sample_of(half, ENDED_ON)][:5] == drawn
    assert len(await sample_of(half, ENDED_ON)) == half.policy.supervision.sample_size(12) == 6
    with pytest.raises(NotAllowed):
        await sample_of(operator, ENDED_ON)


async def test_points_are_counted_by_point_and_somebody_elses_verdict_stands(session: AsyncSession) -> None:
    operator = make_work(session, await make_actor(session))
    numbers = [(await make_case(operator, first=d.Answer(answer="已答复"))).case.number for _ in range(2)]
    one, other = [make_work(session, await make_actor(session, Role.SUPERVISOR)) for _ in range(2)]
    await judge(one, numbers[0], ENDED_ON, {QualityPoint.TONE: False}, "")
    await judge(one, numbers[0], ENDED_ON, {QualityPoint.TONE: True, QualityPoint.ANSWER: False}, "改了")
    await judge(other, numbers[1], ENDED_ON, {QualityPoint.TONE: False}, "")
    with pytest.raises(Conflict):
        await judge(other, numbers[0], ENDED_ON, {QualityPoint.TONE: False}, "")
    with pytest.raises(CaseNotFound):
        await judge(one, numbers[0], ENDED_ON + timedelta(days=1), {QualityPoint.TONE: True}, "")
    counted = {one.point: (one.met, one.judged) for one in await count_points(one, ENDED_ON)}
    assert counted[QualityPoint.TONE] == (1, 2)
    assert counted[QualityPoint.ANSWER] == (0, 1)
    assert counted[QualityPoint.CATEGORY] == (0, 0)
    assert NOON.date() == ENDED_ON
