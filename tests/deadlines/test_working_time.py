from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar_file import load_calendar
from hotline.deadlines.due import Pause, Terms, count, due_at
from hotline.deadlines.hours import Hours, Span
from hotline.deadlines.working_time import WorkingTime

ROOT = Path(__file__).parents[2]
CALENDAR = load_calendar(ROOT / "config" / "calendar.toml")
HOURS = {
    "office": CALENDAR.hours,
    "shifts": Hours.of("00:00-06:00", "08:00-12:00", "22:00-24:00"),
    "always": Hours.of("00:00-24:00", every_day=True),
}
# Summer time was between 1986 and 1991; beyond 2026 no table is published.
MOMENTS = st.one_of(
    st.datetimes(datetime(1985, 12, 1), datetime(1992, 2, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    st.datetimes(datetime(2019, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
)
LENGTHS = st.timedeltas(timedelta(), timedelta(hours=150))
DESKS = st.sampled_from(sorted(HOURS))
OFFICE = WorkingTime(CALENDAR, CALENDAR.hours)


def at(*moment: int) -> datetime:
    year, month, day, hour, minute = moment
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def test_lunch_nights_and_holidays_are_no_working_time() -> None:
    assert OFFICE.between(at(2026, 9, 30, 11, 0), at(2026, 9, 30, 14, 0)) == timedelta(hours=2)
    assert OFFICE.between(at(2026, 9, 30, 16, 0), at(2026, 10, 8, 9, 30)) == timedelta(hours=2, minutes=30)
    assert OFFICE.between(at(2026, 10, 9, 17, 0), at(2026, 10, 12, 8, 30)) == timedelta(hours=8, minutes=30)
    assert OFFICE.add(at(2026, 9, 30, 16, 0), timedelta(hours=2, minutes=30)) == at(2026, 10, 8, 9, 30)
    assert OFFICE.add(at(2026, 10, 8, 9, 30), -timedelta(hours=2, minutes=30)) == at(2026, 9, 30, 16, 0)


def test_what_is_added_ends_with_the_day_and_what_is_taken_away_with_its_beginning() -> None:
    assert OFFICE.add(at(2026, 9, 29, 8, 30), timedelta(hours=8)) == at(2026, 9, 29, 17, 30)
    assert OFFICE.add(at(2026, 9, 29, 17, 30), -timedelta(hours=8)) == at(2026, 9, 29, 8, 30)


def test_a_desk_open_day_and_night_works_on_holidays_and_is_due_before_midnight() -> None:
    always = HOURS["always"]
    assert WorkingTime(CALENDAR, always).between(at(2026, 10, 1, 0, 0), at(2026, 10, 3, 12, 0)) == timedelta(hours=60)
    explained = due_at(2, since=at(2026, 9, 30, 12, 0), calendar=CALENDAR, hours=always)
    assert explained.due_at == at(2026, 10, 2, 23, 59)
    assert [day.reason for day in explained.counted] == ["on_duty", "on_duty"]


def test_a_day_of_summer_time_is_an_hour_shorter_or_longer() -> None:
    always = WorkingTime(CALENDAR, HOURS["always"])
    spring, autumn = at(1990, 4, 15, 0, 0), at(1990, 9, 16, 0, 0)
    assert always.between(spring, at(1990, 4, 16, 0, 0)) == timedelta(hours=23)
    assert always.between(autumn, at(1990, 9, 17, 0, 0)) == timedelta(hours=25)


@given(DESKS, MOMENTS, LENGTHS)
@example("office", datetime(2028, 2, 28, 9, 0, tzinfo=UTC), timedelta(hours=12))
@example("office", datetime(2026, 12, 31, 9, 0, tzinfo=UTC), timedelta(hours=30))
def test_what_was_added_lies_between_and_is_taken_away_again(desk: str, since: datetime, length: timedelta) -> None:
    work = WorkingTime(CALENDAR, HOURS[desk])
    later = work.add(since, length)
    assert work.between(since, later) == length
    earlier = work.add(later, -length)
    assert work.between(earlier, later) == length
    assert work.between(since, earlier) == timedelta()  # the same but for time nobody works


@given(DESKS, MOMENTS, LENGTHS, LENGTHS)
def test_more_is_never_earlier_and_parts_add_up(desk: str, since: datetime, some: timedelta, more: timedelta) -> None:
    work = WorkingTime(CALENDAR, HOURS[desk])
    there = work.add(since, some)
    assert there.astimezone(UTC) <= work.add(since, some + more).astimezone(UTC)
    assert work.add(since, some + more) == work.add(there, more)


@given(DESKS, MOMENTS, MOMENTS, MOMENTS)
def test_spans_add_up_whatever_their_order(desk: str, first: datetime, second: datetime, third: datetime) -> None:
    work = WorkingTime(CALENDAR, HOURS[desk])
    assert work.between(first, second) + work.between(second, third) == work.between(first, third)
    assert work.between(first, second) == -work.between(second, first)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_time_zone_of_the_machine_changes_no_working_time(zone: str) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from datetime import datetime, timedelta, UTC\nfrom pathlib import Path\n"
        "from hotline.deadlines.calendar_file import load_calendar\n"
        "from hotline.deadlines.working_time import WorkingTime\n"
        "calendar = load_calendar(Path(sys.argv[1], 'config', 'calendar.toml'))\n"
        "work = WorkingTime(calendar, calendar.hours)\n"
        "since = datetime(1988, 4, 16, 3, tzinfo=UTC)\n"
        "print(work.add(since, timedelta(hours=9)).isoformat(), work.between(since, since + timedelta(days=200)))"
    )
    command = [sys.executable, "-c", program, str(ROOT)]
    done = subprocess.run(command, env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "1988-04-19T09:30:00+09:00"


@pytest.mark.parametrize("words", ["", "8-12", "12:00-08:00", "08:00-08:00", "08:00-24:01", "25:00-26:00"])
def test_what_is_no_span_of_a_day_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=words or "^$"):
        Span.read(words)


def test_a_day_at_whose_end_the_clock_is_paused_does_not_count() -> None:
    terms = Terms(at(2026, 11, 23, 9, 0), 3)
    pause = Pause(at(2026, 11, 24, 10, 0), at(2026, 11, 26, 9, 0), "等工资条")
    explained = count(terms.paused((pause,)), calendar=CALENDAR)
    assert [day.on.day for day in explained.counted] == [26, 27, 30]
    assert [(day.on.day, day.reason) for day in explained.skipped][:2] == [(24, "paused"), (25, "paused")]
    assert Terms.from_json(explained.to_json()) == explained.terms


def test_granted_days_are_counted_on_from_the_date_there_was() -> None:
    terms = Terms(at(2026, 9, 28, 10, 0), 2).extended(5, at=at(2026, 9, 29, 9, 0))
    explained = count(terms, calendar=CALENDAR)
    assert explained.due_at == at(2026, 10, 13, 17, 30)
    assert len(explained.counted) == 7
    assert count(Terms.from_json(explained.to_json()), calendar=CALENDAR) == explained


def test_an_explanation_of_old_tells_what_it_was_counted_from() -> None:
    old = due_at(3, since=at(2026, 9, 28, 10, 0), calendar=CALENDAR).to_json()
    assert Terms.from_json({key: old[key] for key in ("due_at", "since", "counted")}).days == 3
    hours = {"due_at": "2026-10-01T12:00:00+08:00", "since": "2026-10-01T10:00:00+08:00", "counted": []}
    assert Terms.from_json(hours).hours == 2


@given(MOMENTS, st.integers(0, 20), st.lists(st.tuples(MOMENTS, st.timedeltas(timedelta(), timedelta(days=9)))))
def test_pauses_never_bring_a_date_forward_and_counting_again_gives_the_same(
    since: datetime, days: int, spans: list[tuple[datetime, timedelta]]
) -> None:
    terms = Terms(since, days).paused(tuple(Pause(begin, begin + length) for begin, length in spans))
    explained = count(terms, calendar=CALENDAR)
    assert explained.due_at >= due_at(days, since=since, calendar=CALENDAR).due_at
    assert count(Terms.from_json(explained.to_json()), calendar=CALENDAR) == explained
