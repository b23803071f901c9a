"""Warnings count people, not messages, whatever the order in which they are heard of; PostgreSQL counts them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import DateTime, Integer, Text, column, values
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from hotline.incidents.raising import Warned, crowds, shortest
from hotline.routing.crowds import USUAL, CrowdLimits, Window
from tests.factories import NOON

LIMITS = CrowdLimits((Window(14, 3), Window(90, 5)), people=10)
HOURS = st.integers(-200, 100 * 24)
"""Before now; negative: after it."""
ON_ONE_SESSION = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@dataclass(frozen=True, slots=True)
class Telling:
    """One call that names the thing: by whom ("" for everybody who gave no number), when, for how many people."""

    caller: str
    at: datetime
    people: int = 1


TELLINGS = st.lists(
    st.builds(
        lambda caller, hours, people: Telling(caller, NOON - timedelta(hours=hours), people),
        st.sampled_from(["", *"abcdefgh"]),
        HOURS,
        st.integers(1, 40),
    ),
    max_size=14,
)


def told(*days: float, caller: str = "") -> list[Telling]:
    """Each by a caller of its own, so many days ago; or all by one."""
    return [Telling(caller or f"caller-{n}", NOON - timedelta(days=ago)) for n, ago in enumerate(days)]


async def warn(session: AsyncSession, tellings: Iterable[Telling], limits: CrowdLimits = LIMITS) -> Warned | None:
    """What these calls about one thing make a warning of, as PostgreSQL counts it."""
    rows = [("thing", told.caller, told.at, told.people) for told in tellings]
    if not rows:
        return None
    kinds: dict[str, TypeEngine[Any]] = {
        "key": Text(),
        "caller": Text(),
        "at": DateTime(timezone=True),
        "people": Integer(),
    }
    given = values(*(column(name, kind) for name, kind in kinds.items()), name="tellings").data(rows)
    found = (await session.execute(crowds(given, limits, now=NOON))).one_or_none()
    return None if found is None else shortest(found, limits)


def by_hand(tellings: Iterable[Telling], limits: CrowdLimits) -> Warned | None:
    """The same in plain words."""
    longest = NOON - timedelta(days=limits.longest)
    heard = [one for one in tellings if longest < one.at <= NOON]
    callers = {one.caller: [other for other in heard if other.caller == one.caller] for one in heard}
    for window in limits.windows:
        begins = NOON - timedelta(days=window.days)
        within = [calls for calls in callers.values() if max(call.at for call in calls) > begins]
        if len(within) >= window.callers:
            return Warned(
                "thing",
                window.days,
                len(within),
                sum(max(call.people for call in calls) for calls in within),
                min(call.at for calls in within for call in calls if call.at > begins),
                max(call.at for calls in within for call in calls),
            )
    return None


async def test_five_callers_in_two_weeks_are_a_warning_and_four_are_none(session: AsyncSession) -> None:
    warned = await warn(session, told(0, 1, 2, 3, 13.9), USUAL)
    assert warned is not None
    assert (warned.days, warned.callers, warned.people) == (14, 5, 5)
    assert warned.last_at == NOON
    assert await warn(session, told(0, 1, 2, 3), USUAL) is None
    assert await warn(session, told(0, 1, 2, 3, 14), USUAL) is None


async def test_eight_callers_in_ninety_days_are_a_warning_too(session: AsyncSession) -> None:
    warned = await warn(session, told(1, 2, 15, 20, 30, 40, 60, 89), USUAL)
    assert warned is not None
    assert (warned.days, warned.callers) == (90, 8)
    assert await warn(session, told(1, 2, 15, 20, 30, 40, 60, 91), USUAL) is None


async def test_who_called_long_ago_and_calls_again_counts_among_those_who_call_now(session: AsyncSession) -> None:
    long_ago, this_week = told(*[60] * 7), told(*[3] * 7)
    warned = await warn(session, [*long_ago, *this_week], USUAL)
    assert warned is not None
    assert (warned.days, warned.callers) == (14, 7)
    assert (warned.first_at, warned.last_at) == (this_week[0].at, this_week[0].at)


async def test_one_caller_who_calls_often_is_one_caller(session: AsyncSession) -> None:
    assert await warn(session, told(*range(30), caller="somebody"), USUAL) is None


async def test_all_who_leave_no_number_count_as_one(session: AsyncSession) -> None:
    anonymous = [Telling("", NOON - timedelta(hours=hour)) for hour in range(10)]
    assert await warn(session, [*anonymous, *told(0, 1, 2)], USUAL) is None
    assert await warn(session, [*anonymous, *told(0, 1, 2, 3)], USUAL) is not None


async def test_for_how_many_somebody_speaks_is_the_most_that_was_ever_said(session: AsyncSession) -> None:
    calls = [Telling("a", NOON, 3), Telling("a", NOON, 30), Telling("b", NOON, 1), Telling("c", NOON, 2)]
    warned = await warn(session, calls)
    assert warned is not None
    assert warned.people == 33


@ON_ONE_SESSION
@given(TELLINGS, st.randoms())
async def test_the_order_of_hearing_does_not_matter(
    session: AsyncSession, tellings: list[Telling], dice: object
) -> None:
    shuffled = [*tellings]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert await warn(session, shuffled) == await warn(session, tellings)


@ON_ONE_SESSION
@given(TELLINGS, HOURS, st.data())
async def test_another_message_of_a_caller_who_counts_already_changes_no_number_of_callers(
    session: AsyncSession, tellings: list[Telling], hours: int, data: st.DataObject
) -> None:
    counting = [one for one in tellings if NOON - timedelta(days=LIMITS.windows[0].days) < one.at <= NOON]
    assume(counting)
    again = replace(data.draw(st.sampled_from(counting)), at=NOON - timedelta(hours=hours))
    before, after = await warn(session, tellings), await warn(session, [*tellings, again])
    assert _counted(after) == _counted(before)


def _counted(warned: Warned | None) -> tuple[int, int, int] | None:
    return None if warned is None else (warned.days, warned.callers, warned.people)


@ON_ONE_SESSION
@given(TELLINGS, HOURS)
async def test_one_more_caller_never_takes_a_warning_away(
    session: AsyncSession, tellings: list[Telling], hours: int
) -> None:
    before = await warn(session, tellings)
    after = await warn(session, [*tellings, Telling("one more", NOON - timedelta(hours=hours))])
    if before is not None:
        assert after is not None
        assert after.days <= before.days or after.callers >= before.callers


@ON_ONE_SESSION
@given(TELLINGS)
async def test_postgresql_counts_as_one_counts_by_hand(session: AsyncSession, tellings: list[Telling]) -> None:
    assert await warn(session, tellings) == by_hand(tellings, LIMITS)


@pytest.mark.parametrize("days", [14, 90])
async def test_a_call_exactly_as_old_as_the_window_counts_no_longer(session: AsyncSession, days: int) -> None:
    callers = next(window.callers for window in USUAL.windows if window.days == days)
    inside = timedelta(days=days) - timedelta(microseconds=1)
    assert await warn(session, [Telling(str(n), NOON - inside) for n in range(callers)], USUAL) is not None
    gone = [Telling(str(n), NOON - timedelta(days=days)) for n in range(callers)]
    assert await warn(session, gone, replace(USUAL, windows=USUAL.windows[: 1 if days == 14 else 2])) is None
