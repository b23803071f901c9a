"""Warnings count people, not messages, whatever the order in which they are heard of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.incidents.windows import Telling, warn
from hotline.routing.crowds import USUAL, CrowdLimits, Window
from tests.factories import NOON

LIMITS = CrowdLimits((Window(14, 3), Window(90, 5)), people=10)
HOURS = st.integers(-200, 100 * 24)
"""Before now; negative: after it."""
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


def test_five_callers_in_two_weeks_are_a_warning_and_four_are_none() -> None:
    warned = warn(told(0, 1, 2, 3, 13.9), USUAL, now=NOON)
    assert warned is not None
    assert (warned.days, warned.callers, warned.people) == (14, 5, 5)
    assert warned.last_at == NOON
    assert warn(told(0, 1, 2, 3), USUAL, now=NOON) is None
    assert warn(told(0, 1, 2, 3, 14), USUAL, now=NOON) is None


def test_eight_callers_in_ninety_days_are_a_warning_too() -> None:
    warned = warn(told(1, 2, 15, 20, 30, 40, 60, 89), USUAL, now=NOON)
    assert warned is not None
    assert (warned.days, warned.callers) == (90, 8)
    assert warn(told(1, 2, 15, 20, 30, 40, 60, 91), USUAL, now=NOON) is None


def test_one_caller_who_calls_often_is_one_caller() -> None:
    assert warn(told(*range(30), caller="somebody"), USUAL, now=NOON) is None


def test_all_who_leave_no_number_count_as_one() -> None:
    anonymous = [Telling("", NOON - timedelta(hours=hour)) for hour in range(10)]
    assert warn([*anonymous, *told(0, 1, 2)], USUAL, now=NOON) is None
    assert warn([*anonymous, *told(0, 1, 2, 3)], USUAL, now=NOON) is not None


def test_for_how_many_somebody_speaks_is_the_most_that_was_ever_said() -> None:
    calls = [Telling("a", NOON, 3), Telling("a", NOON, 30), Telling("b", NOON, 1), Telling("c", NOON, 2)]
    warned = warn(calls, LIMITS, now=NOON)
    assert warned is not None
    assert warned.people == 33


@given(TELLINGS, st.randoms())
def test_the_order_of_hearing_does_not_matter(tellings: list[Telling], dice: object) -> None:
    shuffled = [*tellings]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert warn(shuffled, LIMITS, now=NOON) == warn(tellings, LIMITS, now=NOON)


@given(TELLINGS, HOURS, st.data())
def test_another_message_of_the_same_caller_never_makes_a_warning(
    tellings: list[Telling], hours: int, data: st.DataObject
) -> None:
    within = [one for one in tellings if NOON - timedelta(days=LIMITS.longest) < one.at <= NOON]
    if not within or warn(tellings, LIMITS, now=NOON) is not None:
        return
    again = replace(data.draw(st.sampled_from(within)), at=NOON - timedelta(hours=hours))
    assert warn([*tellings, again], LIMITS, now=NOON) is None


@given(TELLINGS, HOURS)
def test_one_more_caller_never_takes_a_warning_away(tellings: list[Telling], hours: int) -> None:
    before = warn(tellings, LIMITS, now=NOON)
    after = warn([*tellings, Telling("one more", NOON - timedelta(hours=hours))], LIMITS, now=NOON)
    if before is not None:
        assert after is not None
        assert after.days <= before.days or after.callers >= before.callers


@given(TELLINGS)
def test_what_is_said_of_a_warning_can_be_counted_by_hand(tellings: list[Telling]) -> None:
    warned = warn(tellings, LIMITS, now=NOON)
    if warned is None:
        return
    window = next(one for one in LIMITS.windows if one.days == warned.days)
    callers = {one.caller for one in tellings if NOON - timedelta(days=window.days) < one.at <= NOON}
    assert window.callers <= warned.callers <= len(callers)
    assert NOON - timedelta(days=window.days) < warned.first_at <= warned.last_at <= NOON


@pytest.mark.parametrize("days", [14, 90])
def test_a_call_exactly_as_old_as_the_window_counts_no_longer(days: int) -> None:
    callers = next(window.callers for window in USUAL.windows if window.days == days)
    inside = timedelta(days=days) - timedelta(microseconds=1)
    assert warn([Telling(str(n), NOON - inside) for n in range(callers)], USUAL, now=NOON) is not None
    gone = [Telling(str(n), NOON - timedelta(days=days)) for n in range(callers)]
    assert warn(gone, replace(USUAL, windows=USUAL.windows[: 1 if days == 14 else 2]), now=NOON) is None
