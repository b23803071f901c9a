from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar_file import load_calendar
from hotline.deadlines.time_left import TimeLeft, time_left

CALENDAR = load_calendar(Path(__file__).parents[2] / "config" / "calendar.toml")
DUE = datetime(2026, 10, 9, 17, 30, tzinfo=SHANGHAI)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def left(*now: int) -> TimeLeft:
    month, day, hour, minute = now
    return time_left(DUE, now=datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI), calendar=CALENDAR)


def test_working_days_are_left_and_holidays_are_none() -> None:
    assert left(9, 30, 17, 30) == TimeLeft("left", days=2, hours=216, minutes=0)


def test_what_is_due_today_shows_hours_and_minutes() -> None:
    assert left(10, 9, 15, 10) == TimeLeft("today", days=0, hours=2, minutes=20)


def test_the_very_moment_is_not_over() -> None:
    assert left(10, 9, 17, 30).kind == "today"
    assert left(10, 9, 17, 31) == TimeLeft("over", days=0, hours=0, minutes=1)


def test_a_weekend_that_is_worked_counts_as_over_time() -> None:
    assert left(10, 10, 9, 30) == TimeLeft("over", days=1, hours=16, minutes=0)
    assert left(10, 11, 9, 30).days == 1


def test_tonight_in_new_york_is_tomorrow_in_shanghai() -> None:
    now = datetime(2026, 10, 8, 16, 30, tzinfo=UTC)
    assert time_left(DUE.astimezone(UTC), now=now, calendar=CALENDAR).kind == "today"


@given(MOMENTS, MOMENTS)
def test_over_means_past_and_nothing_is_negative(due: datetime, now: datetime) -> None:
    answer = time_left(due, now=now, calendar=CALENDAR)
    assert (answer.kind == "over") == (now > due)
    assert answer.days >= 0
    assert timedelta(hours=answer.hours, minutes=answer.minutes) == abs(due - now) // timedelta(minutes=1) * timedelta(
        minutes=1
    )
