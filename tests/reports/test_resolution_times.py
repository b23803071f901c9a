from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, true
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.lifecycle import Status
from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.reports.figures import FRACTIONS, Figure, Period, percentile
from hotline.reports.queries import ASIDE, ResolutionTimes, resolution_page, resolution_times
from hotline.reports.small_cells import Hidden
from tests.reports.made_cases import HOUR, NOON, PutCase, make_case

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
NOW = NOON + 20 * timedelta(days=1)


async def _ask(session: AsyncSession, **asked: object) -> ResolutionTimes:
    await session.flush()
    return await resolution_times(session, true(), NOVEMBER, **{"now": NOW, "by": "department", **asked})  # type: ignore[arg-type]


async def test_without_cases_there_is_a_total_of_nothing(session: AsyncSession) -> None:
    found = await _ask(session)
    assert found.lines == ()
    assert (found.total.n, found.total.open, found.total.median) == (0, 0, None)
    assert found.total.in_time == Figure("in_time", 0, 0)


async def test_times_are_hours_from_the_call_to_the_resolution(session: AsyncSession, put_case: PutCase) -> None:
    for took in (10, 20, 30, 40):
        put_case(took=took)
    total = (await _ask(session)).total
    assert (total.n, total.median, total.p75, total.p90) == (4, 25, 32.5, 37)


async def test_a_case_of_one_second_after_midnight_counts_and_one_of_a_second_before_does_not(
    session: AsyncSession, put_case: PutCase
) -> None:
    midnight = datetime(2026, 11, 1, tzinfo=SHANGHAI)
    put_case(took=1, opened_at=midnight)
    put_case(took=2, opened_at=midnight - timedelta(seconds=1))
    put_case(took=4, opened_at=datetime(2026, 11, 30, 23, 59, 59, tzinfo=SHANGHAI))
    put_case(took=8, opened_at=datetime(2026, 12, 1, tzinfo=SHANGHAI))
    total = (await _ask(session)).total
    assert (total.n, total.median) == (2, 2.5)


async def test_what_was_answered_on_the_spot_is_no_matter_for_a_department(
    session: AsyncSession, put_case: PutCase
) -> None:
    put_case(status=Status.ANSWERED, took=0.1, routed_at=None, department=None)
    assert (await _ask(session)).total.n == 0


async def test_a_reopened_case_counts_as_open_until_it_is_resolved_again(
    session: AsyncSession, put_case: PutCase
) -> None:
    put_case(status=Status.ROUTED, reopened=1)
    total = (await _ask(session)).total
    assert (total.n, total.open) == (0, 1)


@pytest.mark.parametrize("status", sorted(ASIDE))
async def test_what_ended_otherwise_has_no_time_but_is_not_forgotten(
    session: AsyncSession, put_case: PutCase, status: Status
) -> None:
    main = put_case(took=5)
    await session.flush()
    put_case(status=status, took=3, merged_into_id=main.id if status is Status.MERGED else None)
    total = (await _ask(session)).total
    assert (total.n, total.aside, total.median) == (1, 1, 5)


async def test_overdue_open_cases_count_against_the_share_in_time_and_the_others_do_not(
    session: AsyncSession, put_case: PutCase
) -> None:
    put_case(took=10, resolve_by=NOON + 10 * HOUR)  # at the very moment: in time
    put_case(took=11, resolve_by=NOON + 10 * HOUR)
    put_case(took=11, resolve_by=None)
    put_case(status=Status.ACCEPTED, resolve_by=NOW - HOUR)
    put_case(status=Status.ACCEPTED, resolve_by=NOW + HOUR)
    put_case(status=Status.REVIEW, resolve_by=None, department=None)
    total = (await _ask(session)).total
    assert (total.n, total.open, total.over) == (3, 3, 1)
    assert (total.in_time_n, total.in_time_of) == (1, 3)


async def test_a_case_back_at_the_hotline_stands_on_a_line_of_its_own_at_the_end(
    session: AsyncSession, put_case: PutCase
) -> None:
    put_case(status=Status.REVIEW, department=None, returns=1)
    put_case(took=3, department="legal")
    assert [line.label for line in (await _ask(session)).lines] == ["legal", None]


async def test_only_cases_under_the_condition_are_counted(session: AsyncSession, put_case: PutCase) -> None:
    put_case(took=3, department="legal")
    put_case(took=9, department="mediation")
    await session.flush()
    found = await resolution_times(session, Case.department == "legal", NOVEMBER, now=NOW)
    assert (found.total.n, found.total.median, [line.label for line in found.lines]) == (1, 3, ["legal"])


async def test_two_confidential_cases_show_neither_their_number_nor_their_times(
    session: AsyncSession, put_case: PutCase
) -> None:
    for took in (5, 6):
        put_case(took=took, department="legal", confidential=True)
    for took in (1, 2, 3):
        put_case(took=took, department="mediation")
    legal, mediation = (await _ask(session)).lines
    assert (legal.n, legal.median, legal.in_time) == (Hidden.SMALL, None, None)
    assert (mediation.n, mediation.median) == (Hidden.BESIDE, None)


async def test_a_week_begins_on_monday_midnight_in_shanghai(session: AsyncSession, put_case: PutCase) -> None:
    monday = datetime(2026, 11, 9, tzinfo=SHANGHAI)
    put_case(took=4, opened_at=monday)
    put_case(took=8, opened_at=monday - timedelta(seconds=1))
    put_case(status=Status.ACCEPTED, opened_at=monday + timedelta(days=6))
    await session.flush()
    page = await resolution_page(session, true(), NOVEMBER, now=NOW)
    by_week = {week.begins_on: week.resolution for week in page.weeks}
    assert tuple(by_week) == NOVEMBER.weeks
    assert by_week[date(2026, 11, 2)].median == 8
    assert (by_week[date(2026, 11, 9)].median, by_week[date(2026, 11, 9)].open) == (4, 1)
    assert by_week[date(2026, 11, 16)].n == 0


STATUSES = st.sampled_from([s for s in Status if s not in {Status.MERGED, Status.RECEIVED}])
CASES = st.lists(
    st.tuples(
        STATUSES,
        st.sampled_from(["legal", "mediation", "hardship"]),
        st.sampled_from(["arrears", "injury", None]),
        st.floats(0.01, 900),
        st.integers(-15, 40),
        st.sampled_from([None, 24, 240]),
    ),
    max_size=25,
)


def _world(cases: list[tuple[Status, str, str | None, float, int, int | None]]) -> list[Case]:
    unresolved = {Status.REVIEW, Status.ROUTED, Status.ACCEPTED}
    return [
        make_case(
            status=status,
            department=department,
            category=category,
            took=None if status in unresolved else took,
            opened_at=NOON + day * timedelta(days=1),
            resolve_by=None if limit is None else NOON + day * timedelta(days=1) + limit * HOUR,
        )
        for status, department, category, took, day, limit in cases
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CASES)
async def test_lines_add_up_to_the_total_and_times_are_those_of_the_cases(
    session: AsyncSession, cases: list[tuple[Status, str, str | None, float, int, int | None]]
) -> None:
    await session.execute(delete(Case))
    world = _world(cases)
    session.add_all(world)
    await session.flush()
    page = await resolution_page(session, true(), NOVEMBER, now=NOW)
    inside = [case for case in world if NOVEMBER.starts_at <= case.opened_at < NOVEMBER.ends_at]
    assert [page.total.n, page.total.open, page.total.aside] == [
        sum(case.resolved_at is not None and case.status not in ASIDE for case in inside),
        sum(case.resolved_at is None for case in inside),
        sum(case.status in ASIDE for case in inside),
    ]
    for lines in (page.departments, page.categories, [week.resolution for week in page.weeks]):
        for key in ("n", "open", "over", "aside", "in_time_n", "in_time_of"):
            assert sum(getattr(line, key) for line in lines) == getattr(page.total, key)
    for line in page.departments:
        hours = [
            (case.resolved_at - case.opened_at) / HOUR
            for case in inside
            if case.department == line.label and case.resolved_at and case.status not in ASIDE
        ]
        assert [line.median, line.p75, line.p90] == pytest.approx([percentile(hours, f) for f in FRACTIONS])
