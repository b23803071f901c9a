from __future__ import annotations

import shutil
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs import provisional_days
from hotline.deadlines.calendar import REASON_LABELS, Reason
from hotline.deadlines.calendar_file import CalendarError, load_calendar, read_calendar
from hotline.deadlines.hours import Hours
from hotline.deadlines.provisional import FILE
from hotline.errors import Invalid
from hotline.policy import load_policy
from tests.factories import policy

CONFIG = Path(__file__).parents[2] / "config"
CALENDAR = load_calendar(CONFIG / "calendar.toml")
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
SMALL: dict[str, Any] = {
    "weekends": ["saturday", "sunday"],
    "hours": {"start": "08:30:00", "end": "17:30:00"},
    "years": {
        "2026": {
            "holidays": [{"name": "元旦", "name_en": "New Year", "from": "2026-01-01", "until": "2026-01-03"}],
            "make_up": [{"name": "元旦", "name_en": "New Year", "on": "2026-01-04"}],
        }
    },
}


@pytest.mark.parametrize("year", range(2015, 2027))
def test_our_table_agrees_with_the_published_one_on_every_day(year: int) -> None:
    published = holidays.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    differing = [on for on in days if on.year == year and published.is_working_day(on) != CALENDAR.is_working_day(on)]
    assert differing == []
    assert not CALENDAR.provisional(year)
    assert CALENDAR.tables[year].source


def test_what_is_expected_of_other_years_is_what_the_library_tells() -> None:
    assert FILE.read_text(encoding="utf-8") == provisional_days.text()
    published = holidays.country_holidays("CN", years=range(2005, 2015))
    days = [date(2005, 1, 1) + timedelta(days=n) for n in range(3652)]
    assert [on for on in days if published.is_working_day(on) != CALENDAR.is_working_day(on)] == []


def test_every_day_says_why_it_counts_or_not() -> None:
    assert CALENDAR.day_kind(date(2026, 10, 10)).reason is Reason.MAKE_UP
    assert CALENDAR.day_kind(date(2026, 10, 10)).name == "国庆节"
    assert CALENDAR.day_kind(date(2026, 2, 18)).name_en == "Spring Festival"
    assert CALENDAR.day_kind(date(2026, 11, 21)).reason is Reason.WEEKEND
    assert CALENDAR.day_kind(date(2026, 11, 20)).reason is Reason.WEEKDAY
    assert set(REASON_LABELS) == set(Reason)


def test_a_year_without_a_table_is_provisional_and_keeps_the_holidays_fixed_by_law() -> None:
    assert CALENDAR.provisional(2027)
    assert not CALENDAR.provisional(2026)
    assert CALENDAR.day_kind(date(2027, 10, 1)).reason is Reason.FIXED_HOLIDAY
    assert CALENDAR.day_kind(date(2027, 1, 1)).name == "元旦"
    assert CALENDAR.day_kind(date(2027, 2, 8)).name == "春节"
    assert CALENDAR.is_working_day(date(2027, 10, 6))
    assert CALENDAR.provisional(1986)
    assert CALENDAR.day_kind(date(1986, 10, 1)).reason is Reason.FIXED_HOLIDAY


@given(DAYS, st.integers(1, 60))
def test_adding_working_days_never_ends_on_a_day_off(on: date, days: int) -> None:
    assert CALENDAR.is_working_day(CALENDAR.add_working_days(on, days))
    assert CALENDAR.is_working_day(CALENDAR.add_working_days(on, -days))


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_more_working_days_never_end_earlier(on: date, some: int, more: int) -> None:
    assert CALENDAR.add_working_days(on, some) <= CALENDAR.add_working_days(on, some + more)
    assert CALENDAR.add_working_days(on, -some - more) <= CALENDAR.add_working_days(on, -some)


@given(DAYS, st.integers(-60, 60))
def test_counting_gives_back_what_was_added(on: date, days: int) -> None:
    on = CALENDAR.add_working_days(on, 1)  # a working day: from a day off the way back ends beside it
    there = CALENDAR.add_working_days(on, days)
    assert CALENDAR.working_days_between(on, there) == days
    assert CALENDAR.add_working_days(there, -days) == on


@given(DAYS, DAYS, DAYS)
def test_counts_of_two_spans_add_up(first: date, second: date, third: date) -> None:
    count = CALENDAR.working_days_between
    assert count(first, second) + count(second, third) == count(first, third)


def _changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    content = deepcopy(SMALL)
    change(content)
    return content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.update(weekend=[]), "calendar.toml: weekend: There is no such key. Please check the spelling."),
        (lambda c: c.pop("hours"), "calendar.toml: hours: This is missing. Please add it."),
        (
            lambda c: c["hours"].update(start="18:00:00"),
            "calendar.toml: hours: The working day must start before it ends.",
        ),
        (lambda c: c["hours"].update(spans=["09:00-12:00"]), "calendar.toml: hours: Give either spans"),
        (lambda c: c["hours"].clear(), "calendar.toml: hours: Give either spans"),
        (lambda c: c.update(department={"x": {"spans": ["22:00-06:00"]}}), "department.x: A span is written"),
        (lambda c: c.update(department={"x": {"spans": ["9-12"]}}), "department.x: A span is written"),
        (
            lambda c: c.update(department={"x": {"spans": ["13:00-17:00", "09:00-14:00"]}}),
            "department.x: Spans follow each other",
        ),
        (lambda c: c["years"].update({"10000": c["years"].pop("2026")}), "years.10000: There is no such year."),
        (lambda c: c["years"]["2026"]["make_up"][0].update(on="2026-01-05"), "2026-01-05 is worked anyway"),
        (lambda c: c["years"]["2026"]["make_up"][0].update(on="2026-01-03"), "2026-01-03 is named more than once"),
        (lambda c: c["years"]["2026"]["make_up"][0].update(on="2027-01-03"), "2027-01-03 does not belong to this year"),
        (
            lambda c: c["years"]["2026"]["holidays"][0].update(until="2025-01-03"),
            "元旦: a holiday must end on or after",
        ),
        (
            lambda c: c["years"]["2026"]["holidays"][0].update(until="9999-01-03"),
            "元旦: a holiday must end on or after",
        ),
        (lambda c: c["years"]["2026"]["holidays"][0].update(until="soon"), "years.2026.holidays.0.until"),
        (lambda c: c["years"].update({"next": {}}), "calendar.toml: years.next"),
        (lambda c: c.update(weekends=["sunday"] * 7), "calendar.toml: weekends"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_key(change: Callable[[dict[str, Any]], object], words: str) -> None:
    with pytest.raises(CalendarError) as refused:
        read_calendar(_changed(change))
    assert words in str(refused.value)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(CalendarError) as refused:
        read_calendar({"weekends": ["friday"], "years": {"2026": {"holidays": [{}]}}})
    assert len(refused.value.mistakes) == 4


def test_a_holiday_may_reach_back_into_december() -> None:
    def reach_back(content: dict[str, Any]) -> None:
        content["years"]["2026"]["holidays"][0]["from"] = "2025-12-31"

    assert not read_calendar(_changed(reach_back)).is_working_day(date(2025, 12, 31))


@pytest.mark.parametrize(
    ("content", "words"), [(b"weekends = [", "no valid TOML"), (b"\xff", "no valid TOML"), (None, "cannot be read")]
)
def test_a_file_that_is_no_toml_or_not_there_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "calendar.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CalendarError) as refused:
        load_calendar(path)
    assert str(refused.value).startswith("calendar.toml: ")
    assert words in str(refused.value)


def test_hours_of_a_department_are_those_of_the_departments_below_it(tmp_path: Path) -> None:
    shutil.copytree(CONFIG, tmp_path / "config")
    tree = policy().departments
    federation = tree.root.code
    district = next(one.code for one in tree.children(federation) if tree.children(one.code))
    station = tree.children(district)[0].code
    with (tmp_path / "config" / "calendar.toml").open("a", encoding="utf-8") as file:
        file.write(f'[department.{federation}]\nspans = ["09:00-12:00"]\n')
        file.write(f'[department.{district}]\nspans = ["00:00-24:00"]\nevery_day = true\n')
    calendar = load_policy(tmp_path / "config").calendar
    assert calendar.hours_of(station) == calendar.hours_of(district) == Hours.of("00:00-24:00", every_day=True)
    assert calendar.hours_of(federation) == Hours.of("09:00-12:00")
    assert calendar.hours_of(None) == CALENDAR.hours == Hours.of("08:30-12:00", "13:00-17:30")


def test_hours_of_a_department_nobody_knows_are_a_mistake(tmp_path: Path) -> None:
    shutil.copytree(CONFIG, tmp_path / "config")
    with (tmp_path / "config" / "calendar.toml").open("a", encoding="utf-8") as file:
        file.write('[department.nobody]\nspans = ["09:00-12:00"]\n')
    with pytest.raises(Invalid, match=r"department\.nobody: There is no department nobody"):
        load_policy(tmp_path / "config")
