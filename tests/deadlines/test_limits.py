from __future__ import annotations

import itertools
import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar_file import load_calendar
from hotline.deadlines.due import DueDate, due_at, due_in_hours
from hotline.deadlines.hours import Hours
from hotline.deadlines.limits import Limits, LimitsError, load_limits

CONFIG = Path(__file__).parents[2] / "config"
CALENDAR = load_calendar(CONFIG / "calendar.toml")
LIMITS = load_limits(CONFIG / "deadlines.toml")
SMALL: dict[str, Any] = {
    "difficulty": {code: {"accept": 1, "resolve": 5, "follow_up": 1} for code in ("normal", "hard", "complex")},
    "urgency": {"urgent": {"resolve": 3}, "critical": {"accept_hours": 2, "resolve": 1}},
    "group": {"hardship": {"normal": {"resolve": 4}}},
    "category": {"relief": {"normal": {"resolve": 2, "accept": 2}}},
}
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def at(*moment: int) -> datetime:
    year, month, day, hour, minute = moment
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def due(days: int, since: datetime) -> DueDate:
    return due_at(days, since=since, calendar=CALENDAR)


def test_counting_starts_on_the_next_working_day_and_ends_with_its_hours() -> None:
    assert due(1, at(2026, 11, 24, 9, 0)).due_at == at(2026, 11, 25, 17, 30)
    assert due(5, at(2026, 11, 24, 9, 0)).due_at == at(2026, 12, 1, 17, 30)


def test_a_call_at_the_last_moment_of_the_day_counts_from_the_next() -> None:
    late = datetime(2026, 11, 24, 23, 59, 59, 900_000, tzinfo=SHANGHAI)
    assert due(1, late).due_at == at(2026, 11, 25, 17, 30)
    assert due(1, late + timedelta(seconds=1)).due_at == at(2026, 11, 26, 17, 30)


def test_national_day_is_skipped_and_its_make_up_day_counts() -> None:
    explained = due(5, at(2026, 9, 28, 10, 0))
    assert explained.due_at == at(2026, 10, 10, 17, 30)
    assert [day.on.day for day in explained.counted] == [29, 30, 8, 9, 10]
    assert [day.on.day for day in explained.skipped] == [1, 2, 3, 4, 5, 6, 7]
    assert not explained.provisional


def test_a_limit_that_reaches_an_unpublished_year_is_provisional() -> None:
    assert due(30, at(2026, 12, 1, 10, 0)).provisional
    assert not due(5, at(2026, 12, 1, 10, 0)).provisional


def test_the_same_day_is_due_at_its_end_or_on_the_next_one_worked() -> None:
    assert due(0, at(2026, 11, 24, 9, 0)).due_at == at(2026, 11, 24, 17, 30)
    assert due(0, at(2026, 11, 24, 18, 0)).due_at == at(2026, 11, 25, 17, 30)
    assert due(0, at(2026, 11, 21, 9, 0)).due_at == at(2026, 11, 23, 17, 30)


def test_the_leap_day_counts() -> None:
    assert due(1, at(2028, 2, 28, 9, 0)).due_at == at(2028, 2, 29, 17, 30)


def test_other_hours_end_the_day_elsewhere() -> None:
    hours = Hours.of("09:00-16:00")
    assert due_at(1, since=at(2026, 11, 24, 9, 0), calendar=CALENDAR, hours=hours).due_at == at(2026, 11, 25, 16, 0)


def test_hours_run_day_and_night() -> None:
    assert due_in_hours(2, since=at(2026, 10, 1, 23, 30)).due_at == at(2026, 10, 2, 1, 30)


def test_an_hour_is_an_hour_also_in_the_summer_times_of_old() -> None:
    since = datetime(1990, 4, 14, 17, 0, tzinfo=UTC)  # an hour later Shanghai put its clocks forward
    assert due_in_hours(3, since=since).due_at.astimezone(UTC) - since == timedelta(hours=3)


def test_a_moment_without_a_time_zone_starts_no_limit() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(1, datetime(2026, 11, 24, 9, 0))  # noqa: DTZ001 - the mistake


@given(MOMENTS, st.integers(0, 40))
def test_a_due_date_is_the_end_of_a_working_day_after_the_event(since: datetime, days: int) -> None:
    explained = due(days, since)
    local = explained.due_at
    assert local > since
    assert local.utcoffset() == timedelta(hours=8)
    assert local.time() == time(17, 30)
    assert CALENDAR.is_working_day(local.date())
    assert len(explained.counted) == max(days, 1)
    assert CALENDAR.working_days_between(since.astimezone(SHANGHAI).date(), local.date()) in {days, max(days, 1)}


@given(MOMENTS, st.integers(0, 40))
def test_counted_and_skipped_days_are_every_day_on_the_way(since: datetime, days: int) -> None:
    explained = due(days, since)
    on_the_way = sorted(day.on for day in (*explained.counted, *explained.skipped))
    first: date = on_the_way[0]
    assert on_the_way == [first + timedelta(days=n) for n in range(len(on_the_way))]
    assert on_the_way[-1] == explained.due_at.date()
    assert not any(day.working for day in explained.skipped)


@given(MOMENTS, st.integers(1, 20), st.integers(0, 20), st.timedeltas(timedelta(), timedelta(days=9)))
def test_later_or_longer_is_never_due_earlier(since: datetime, days: int, more: int, later: timedelta) -> None:
    assert due(days, since).due_at <= due(days + more, since).due_at
    assert due(days, since).due_at <= due(days, since + later).due_at


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_the_clock_of_the_machine_does_not_matter(zone: str) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from datetime import datetime, UTC\nfrom pathlib import Path\n"
        "from hotline.deadlines.calendar_file import load_calendar\nfrom hotline.deadlines.due import due_at\n"
        "calendar = load_calendar(Path(sys.argv[1], 'config', 'calendar.toml'))\n"
        "since = datetime(2026, 9, 29, 15, 59, 59, 900000, tzinfo=UTC)\n"
        "print(due_at(3, since=since, calendar=calendar).due_at.isoformat())"
    )
    command = [sys.executable, "-c", program, str(CONFIG.parent)]
    done = subprocess.run(command, env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2026-10-09T17:30:00+08:00"


def test_the_explanation_is_plain_data() -> None:
    explained = due(5, at(2026, 9, 28, 10, 0)).to_json()
    assert explained["due_at"] == "2026-10-10T17:30:00+08:00"
    assert explained["counted"] == ["2026-09-29", "2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10"]
    assert explained["skipped"][0] == {
        "on": "2026-10-01",
        "reason": "holiday",
        "name": "国庆节",
        "name_en": "National Day",
    }
    assert [day["on"] for day in explained["made_up"]] == ["2026-10-10"]
    assert explained["provisional"] is False


@pytest.mark.parametrize(("difficulty", "days"), [("normal", 5), ("hard", 15), ("complex", 30)])
def test_each_difficulty_has_its_limit(difficulty: str, days: int) -> None:
    limit = LIMITS.find(group="legal_aid", category=None, difficulty=difficulty, urgency="normal")
    assert (limit.accept, limit.resolve, limit.follow_up, limit.accept_hours) == (1, days, 1, None)
    assert limit.because["resolve"] == f"difficulty.{difficulty}"


def test_a_group_is_more_precise_than_a_difficulty_and_a_category_than_a_group() -> None:
    limits = Limits.from_mapping(SMALL)
    assert limits.find(group="hardship", category=None, difficulty="normal", urgency="normal").resolve == 4
    assert limits.find(group="hardship", category="relief", difficulty="hard", urgency="normal").resolve == 5
    precise = limits.find(group="hardship", category="relief", difficulty="normal", urgency="normal")
    assert (precise.accept, precise.resolve) == (2, 2)
    assert precise.because == {
        "accept": "category.relief.normal",
        "resolve": "category.relief.normal",
        "follow_up": "difficulty.normal",
        "contact": "difficulty.normal",
    }


@given(st.sampled_from(["normal", "hard", "complex"]), st.sampled_from(["hardship", "other", None]))
def test_urgency_shortens_and_never_lengthens(difficulty: str, group: str | None) -> None:
    for limits in (LIMITS, Limits.from_mapping(SMALL)):
        found = [
            limits.find(group=group, category="relief", difficulty=difficulty, urgency=urgency)
            for urgency in ("normal", "urgent", "critical")
        ]
        days = [(limit.accept, limit.resolve, limit.follow_up) for limit in found]
        assert all(a >= b for longer, shorter in itertools.pairwise(days) for a, b in zip(longer, shorter, strict=True))


def test_what_is_critical_is_accepted_within_hours_at_night_too() -> None:
    limit = LIMITS.find(group=None, category=None, difficulty="complex", urgency="critical")
    night = at(2026, 10, 1, 23, 0)
    assert limit.accept_by(since=night, calendar=CALENDAR).due_at == at(2026, 10, 2, 1, 0)
    assert limit.resolve_by(since=night, calendar=CALENDAR).due_at == at(2026, 10, 8, 17, 30)
    assert limit.follow_up_by(since=night, calendar=CALENDAR).due_at == at(2026, 10, 8, 17, 30)
    assert limit.because["accept"] == "urgency.critical"


@pytest.mark.parametrize(("difficulty", "urgency"), [("easy", "normal"), ("normal", "soon")])
def test_a_difficulty_or_urgency_that_does_not_exist_is_refused(difficulty: str, urgency: str) -> None:
    with pytest.raises(LimitsError, match=r"There is no code (easy|soon)"):
        LIMITS.find(group=None, category=None, difficulty=difficulty, urgency=urgency)


def test_groups_and_categories_that_do_not_exist_are_named() -> None:
    mistakes = Limits.from_mapping(SMALL).unknown_codes(groups=frozenset(), categories=frozenset({"relief"}))
    assert [str(mistake) for mistake in mistakes] == ["There is no code hardship. Please check the spelling."]
    assert mistakes[0].field == "deadlines.toml: group.hardship"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({**SMALL, "urgent": {}}, "deadlines.toml: urgent: There is no such key."),
        ({**SMALL, "difficulty": {"normal": SMALL["difficulty"]["normal"]}}, "difficulty.hard: This is missing."),
        ({**SMALL, "group": {"x": {"easy": {}}}}, "group.x.easy: There is no such key."),
        ({**SMALL, "group": {"x": {"hard": {"resolve": -1}}}}, "group.x.hard.resolve"),
        ({**SMALL, "category": {"x": {"hard": {"resolve": "five"}}}}, "category.x.hard.resolve"),
        ({**SMALL, "urgency": {**SMALL["urgency"], "critical": {"accept_hours": 0}}}, "urgency.critical.accept_hours"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_key(content: dict[str, Any], words: str) -> None:
    with pytest.raises(LimitsError) as refused:
        Limits.from_mapping(content)
    assert words in str(refused.value)
