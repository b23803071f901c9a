from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.clock import SHANGHAI
from hotline.errors import Invalid
from hotline.reports.figures import Period
from hotline.reports.shown import Share

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


def test_a_period_begins_and_ends_at_midnight_in_shanghai() -> None:
    period = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert period.starts_at == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert period.ends_at == datetime(2026, 11, 30, 16, tzinfo=UTC)


def test_the_last_days_end_with_the_day_it_is_in_shanghai() -> None:
    late_evening_in_london = datetime(2026, 11, 9, 23, tzinfo=UTC)
    assert Period.last(7, until=late_evening_in_london) == Period(date(2026, 11, 4), date(2026, 11, 10))


@given(DAYS, st.integers(0, 800))
def test_the_period_before_is_as_long_and_ends_where_this_one_begins(from_on: date, length: int) -> None:
    try:
        period = Period(from_on, from_on + timedelta(days=length))
        before = period.before
    except Invalid:
        assert from_on - timedelta(days=length + 1) < date(2000, 1, 1) or from_on.year + 3 > 2100
        return
    assert before.days == period.days
    assert before.ends_at == period.starts_at


@given(DAYS, st.integers(0, 400))
def test_every_day_of_a_period_lies_in_one_of_its_weeks(from_on: date, length: int) -> None:
    until_on = min(from_on + timedelta(days=length), date(2100, 12, 31))
    weeks = Period(from_on, until_on).weeks
    assert all(monday.weekday() == 0 for monday in weeks)
    assert weeks[0] <= from_on < weeks[0] + timedelta(days=7)
    assert weeks[-1] <= until_on < weeks[-1] + timedelta(days=7)
    assert all(later - earlier == timedelta(days=7) for earlier, later in pairwise(weeks))


@pytest.mark.parametrize(
    ("from_on", "until_on", "fields"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), ["until"]),
        (date(1999, 12, 31), date(2026, 11, 1), ["since", "until"]),
        (date(2026, 1, 1), date(9999, 12, 31), ["until", "until"]),
        (date(2000, 1, 1), date(2026, 1, 1), ["until"]),
    ],
)
def test_what_is_no_period_is_refused_with_every_mistake(from_on: date, until_on: date, fields: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        Period(from_on, until_on)
    assert [mistake.field for mistake in refused.value.mistakes] == fields


def test_a_share_says_what_it_counts_and_never_divides_by_nothing() -> None:
    assert Share(7, 8).share == 0.875
    assert Share(0, 0).share is None


def test_days_are_those_of_shanghai_also_when_they_are_asked_for_in_another_zone() -> None:
    just_after_midnight = datetime(2026, 11, 10, 0, 0, 1, tzinfo=SHANGHAI)
    assert Period.last(1, until=just_after_midnight.astimezone(UTC)) == Period(date(2026, 11, 10), date(2026, 11, 10))
