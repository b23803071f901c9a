from __future__ import annotations

import struct
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar
from hotline.reports.steps import UPPER, added, by_step, minutes_of, step_of, vector
from hotline.reports.working_time import WorkingClock, clock_of
from tests.factories import policy

MOMENTS = st.datetimes(datetime(1999, 6, 1), datetime(2029, 1, 1)).map(lambda at: at.replace(tzinfo=SHANGHAI))  # noqa: DTZ001


def clock() -> WorkingClock:
    return clock_of(policy().calendar)


def counted_minute_by_hour(begun: datetime, ended: datetime) -> int:
    """Working minutes counted day by day."""
    calendar, minutes, day = policy().calendar, 0, begun.date()
    while day <= ended.date():
        if calendar.is_working_day(day):
            for span in calendar.hours.spans:
                opens = datetime.combine(day, time.min, SHANGHAI) + timedelta(minutes=span.start)
                closes = datetime.combine(day, time.min, SHANGHAI) + timedelta(minutes=span.end)
                at_work = min(closes, ended.replace(second=0, microsecond=0)) - max(opens, begun.replace(second=0))
                minutes += max(at_work // timedelta(minutes=1), 0)
        day += timedelta(days=1)
    return minutes


def test_a_make_up_saturday_counts_and_the_holiday_it_pays_for_does_not() -> None:
    friday, monday = datetime(2024, 9, 13, 17, 30, tzinfo=SHANGHAI), datetime(2024, 9, 18, 8, 30, tzinfo=SHANGHAI)
    assert clock().mark(monday) - clock().mark(friday) == clock().day  # Saturday 14 September was worked


@given(st.integers(0, 9000), st.integers(0, 100 * 24 * 60))
def test_the_difference_of_two_marks_is_the_working_time_between(day: int, minutes: int) -> None:
    begun = datetime(2001, 1, 1, tzinfo=SHANGHAI) + timedelta(days=day, minutes=minutes % 1440)
    ended = begun + timedelta(minutes=minutes)
    assert clock().mark(ended) - clock().mark(begun) == counted_minute_by_hour(begun, ended)


@given(MOMENTS, MOMENTS)
def test_marks_never_go_back_and_know_no_time_zone(one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    assert clock().mark(early) <= clock().mark(late)
    assert clock().mark(one.astimezone(ZoneInfo("America/Lima"))) == clock().mark(one)


def test_the_age_counts_the_working_days_begun_since_the_call() -> None:
    assert clock().age(date(2026, 11, 6), date(2026, 11, 6)) == 0
    assert clock().age(date(2026, 11, 6), date(2026, 11, 8)) == 0
    assert clock().age(date(2026, 11, 6), date(2026, 11, 9)) == 1
    assert clock().age(date(2026, 11, 9), date(2026, 11, 6)) == 0


def test_another_table_of_a_year_is_another_clock() -> None:
    calendar = policy().calendar
    tables = [table for year, table in calendar.tables.items() if year != 2026]
    without = Calendar.of(calendar.weekends, tables, hours=calendar.hours)
    assert clock().fingerprint == WorkingClock(calendar).fingerprint != WorkingClock(without).fingerprint


@given(st.integers(0, UPPER[-1]))
def test_a_step_rounds_up_and_by_no_more_than_a_twenty_ninth(minutes: int) -> None:
    rounded = minutes_of(step_of(minutes))
    assert minutes <= rounded <= minutes * (1 + 1 / 29)


def test_there_is_a_step_for_the_longest_and_for_what_is_negative() -> None:
    assert minutes_of(step_of(10**9)) == UPPER[-1]
    assert minutes_of(step_of(-5)) == 0


@given(st.lists(st.lists(st.integers(0, len(UPPER) - 1)), max_size=4))
def test_steps_are_counted_as_they_were_sent_and_vectors_add_up(parts: list[list[int]]) -> None:
    sent = [b"".join(struct.pack(">h", step) for step in steps) for steps in parts]
    counts = by_step(added(map(vector, sent)))
    assert {step: n for step, n in enumerate(counts) if n} == Counter(chain.from_iterable(parts))
