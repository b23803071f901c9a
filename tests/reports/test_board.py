from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import true
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.roles import Role
from hotline.cases.lifecycle import Action, Status
from hotline.cases.models import Case, CaseEvent
from hotline.reports.board import MOST_DECISIONS, Board, DecisionKind, read_board
from tests.reports.made_cases import HOUR, NOON, PutCase

DAY = timedelta(days=1)
NOW = NOON + 3 * HOUR


async def _read(session: AsyncSession) -> Board:
    await session.flush()
    return await read_board(session, true(), now=NOW)


async def _step(session: AsyncSession, case: Case, action: Action, reason: str) -> None:
    await session.flush()
    lead = Account(login=f"lead-{case.id}", name="李主任", role=Role.LEAD, department="legal", created_at=NOON)
    session.add(lead)
    await session.flush()
    for version, said in ((1, "earlier"), (2, reason)):
        step = CaseEvent(case_id=case.id, version=version, at=NOON + version * HOUR, actor_id=lead.id, action=action)
        step.before = step.after = case.status
        step.reason, step.details = said, {}
        session.add(step)


async def test_an_empty_board_counts_nothing(session: AsyncSession) -> None:
    board = await _read(session)
    assert (board.total.open, board.total.over, board.total.median, board.opened_today) == (0, 0, None, 0)
    assert board.departments == ()
    assert board.decisions == ()
    assert set(board.counts.values()) == {0}


async def test_every_open_case_stands_where_its_status_says(session: AsyncSession, put_case: PutCase) -> None:
    put_case(status=Status.REVIEW, department=None)
    put_case(status=Status.ROUTED, due_at=NOW - HOUR)
    put_case(status=Status.ACCEPTED, due_at=NOW + 23 * HOUR)
    put_case(status=Status.ACCEPTED, due_at=NOW + 25 * HOUR, department="legal")
    put_case(status=Status.RESOLVED, took=1, due_at=NOW - HOUR)
    for ended in (Status.CLOSED, Status.ANSWERED, Status.REFERRED, Status.WITHDRAWN):
        put_case(status=ended, took=1)
    board = await _read(session)
    total = board.total
    assert (total.review, total.waiting, total.in_hand, total.call_backs) == (1, 1, 2, 1)
    assert (total.open, total.over, total.due_soon) == (4, 2, 1)
    legal, mediation, desk = board.departments
    assert (legal.department, legal.in_hand, legal.due_soon) == ("legal", 1, 0)
    assert (mediation.department, mediation.waiting, mediation.in_hand, mediation.over) == ("mediation", 1, 1, 2)
    assert (desk.department, desk.review) == (None, 1)


async def test_exactly_when_it_is_due_a_case_is_not_overdue(session: AsyncSession, put_case: PutCase) -> None:
    put_case(status=Status.ACCEPTED, due_at=NOW)
    total = (await _read(session)).total
    assert (total.over, total.due_soon) == (0, 1)


async def test_open_cases_are_counted_by_their_age(session: AsyncSession, put_case: PutCase) -> None:
    for age in (0 * HOUR, 3 * DAY - HOUR, 3 * DAY, 8 * DAY, 16 * DAY, 31 * DAY, 400 * DAY):
        put_case(status=Status.ACCEPTED, opened_at=NOW - age)
    put_case(status=Status.RESOLVED, took=1)
    total = (await _read(session)).total
    assert total.ages == (2, 1, 1, 1, 2)
    assert sum(total.ages) == total.open


async def test_today_is_compared_with_yesterday_until_the_same_hour(session: AsyncSession, put_case: PutCase) -> None:
    put_case(opened_at=NOW)
    put_case(opened_at=NOW - 15 * HOUR)  # midnight
    put_case(opened_at=NOW - 15 * HOUR - timedelta(seconds=1))
    put_case(opened_at=NOW - DAY)
    put_case(opened_at=NOW - DAY - timedelta(seconds=1))
    board = await _read(session)
    assert (board.opened_today, board.opened_yesterday) == (2, 1)


async def test_recently_resolved_cases_count_whenever_they_were_opened(
    session: AsyncSession, put_case: PutCase
) -> None:
    put_case(took=100 * 24, opened_at=NOW - 101 * DAY, department="legal")
    put_case(took=2, department="legal")
    put_case(took=1, opened_at=NOW - 40 * DAY, department="legal")
    put_case(took=1, status=Status.WITHDRAWN)
    put_case(took=1, status=Status.ANSWERED, routed_at=None, department=None)
    board = await _read(session)
    assert (board.total.resolved, board.total.median) == (2, 1201)
    assert [(line.department, line.resolved) for line in board.departments] == [("legal", 2)]


async def test_what_needs_a_decision_is_named_with_who_asked_and_why(session: AsyncSession, put_case: PutCase) -> None:
    asked = put_case(
        status=Status.ACCEPTED,
        extension_asked=True,
        extension_days=3,
        due_at=NOW,
        department="legal",
        confidential=True,
    )
    back = put_case(status=Status.REVIEW, returns=1, department=None, due_at=NOW)
    late = put_case(status=Status.ROUTED, due_at=NOW - HOUR)
    watched = put_case(status=Status.ACCEPTED, supervised=True, due_at=NOW)
    put_case(status=Status.REVIEW, department=None, due_at=NOW)
    put_case(status=Status.ROUTED, due_at=NOW + HOUR)
    put_case(status=Status.CLOSED, took=1, supervised=True)
    await _step(session, asked, Action.ASK_EXTENSION, "等仲裁开庭")
    await _step(session, back, Action.RETURN, "不属本部门")
    board = await _read(session)
    assert [(one.kind, one.number) for one in board.decisions] == [
        (DecisionKind.EXTENSION, asked.number),
        (DecisionKind.RETURNED, back.number),
        (DecisionKind.NOT_ACCEPTED, late.number),
        (DecisionKind.SUPERVISED, watched.number),
    ]
    first, second, third, _fourth = board.decisions
    assert (first.said, first.by, first.days, first.at, first.confidential) == (
        "等仲裁开庭",
        "李主任",
        3,
        NOON + 2 * HOUR,
        True,
    )
    assert (second.said, second.days, third.said, third.by) == ("不属本部门", None, None, None)
    assert set(board.counts.values()) == {1}


@pytest.mark.parametrize("more", [1, 5])
async def test_the_list_stops_at_twenty_of_a_kind_and_the_count_goes_on(
    session: AsyncSession, put_case: PutCase, more: int
) -> None:
    cases = [put_case(status=Status.ROUTED, due_at=NOW - n * HOUR) for n in range(1, MOST_DECISIONS + more + 1)]
    board = await _read(session)
    assert [one.number for one in board.decisions] == [case.number for case in reversed(cases)][:MOST_DECISIONS]
    assert board.counts[DecisionKind.NOT_ACCEPTED] == MOST_DECISIONS + more


async def test_a_lead_sees_the_board_of_the_own_departments_only(session: AsyncSession, put_case: PutCase) -> None:
    put_case(status=Status.ROUTED, due_at=NOW - HOUR, department="legal")
    put_case(status=Status.ROUTED, due_at=NOW - HOUR, department="mediation")
    put_case(status=Status.REVIEW, returns=1, department=None)
    await session.flush()
    board = await read_board(session, Case.department == "legal", now=NOW)
    assert (board.total.waiting, board.total.review, board.opened_today) == (1, 0, 1)
    assert [one.department for one in board.decisions] == ["legal"]
