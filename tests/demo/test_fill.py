"""A small demo in a real database: what stands there could have happened, and stands there once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.passwords import verify_password
from hotline.cases.grams import desk_marks, grams, normal
from hotline.cases.lifecycle import IN_HANDS, START, STEPS, Action, Status
from hotline.cases.models import (
    CASE_NUMBERS,
    CallRecord,
    Case,
    CaseDecision,
    CaseEvent,
    CaseText,
    Correction,
    CorrectionKind,
)
from hotline.cases.queue import Desk, count_desks
from hotline.demo.fill import Filled, InUse, fill
from hotline.demo.people import SHOWN, password_of, staff_of
from hotline.privacy.masking import mask_text
from hotline.privacy.models import TrailEntry
from hotline.routing.engine import decide
from hotline.storage.base import Base
from hotline.storage.database import Database
from hotline.work import Work
from tests.demo.conftest import CASES, TODAY
from tests.factories import WAGES, make_actor, policy

_Row = TypeVar("_Row", bound=Base)
FICTIONAL = re.compile(r"(\+86)?(13[89]0000\d{4}|0?4118000\d{4})")


async def rows(session: AsyncSession, table: type[_Row], *order: Any) -> Sequence[_Row]:
    return (await session.scalars(select(table).order_by(*order))).all()


async def test_as_many_cases_as_asked_for_with_all_that_belongs_to_them(demo: tuple[Database, Filled]) -> None:
    database, filled = demo
    async with database.transaction() as session:
        counted = {
            table: await session.scalar(select(func.count()).select_from(table))
            for table in (Case, CaseText, CallRecord, CaseEvent, CaseDecision)
        }
    assert counted == {
        Case: CASES,
        CaseText: CASES,
        CallRecord: CASES,
        CaseEvent: filled.events,
        CaseDecision: filled.decisions,
    }


async def test_the_events_of_every_case_are_a_legal_path_to_its_status(demo: tuple[Database, Filled]) -> None:
    legal = {(step.action, source, step.target or source) for step in STEPS for source in step.sources}
    async with demo[0].transaction() as session:
        cases = await rows(session, Case, Case.id)
        events = await rows(session, CaseEvent, CaseEvent.case_id, CaseEvent.version)
    for case in cases:
        path = [event for event in events if event.case_id == case.id]
        assert [event.version for event in path] == list(range(1, case.version + 1))
        assert {(event.action, event.before, event.after) for event in path} <= legal
        assert (path[0].before, path[-1].after) == (START, case.status)
        assert all(one.after is two.before and one.at < two.at for one, two in pairwise(path))
        assert case.opened_at == path[0].at <= path[-1].at <= TODAY
        assert (case.ended_at is not None) is (case.status not in STANDING_OPEN)


STANDING_OPEN = {Status.REVIEW, Status.ROUTED, Status.ACCEPTED, Status.RESOLVED, Status.FOLLOWED_UP}


async def test_what_people_decided_otherwise_stands_among_the_corrections(demo: tuple[Database, Filled]) -> None:
    database, _ = demo
    async with database.transaction() as session:
        events = Counter((event.action, event.case_id) for event in await rows(session, CaseEvent))
        corrections = await rows(session, Correction)
        ruled = {one.case_id: one for one in await rows(session, CaseDecision) if one.actor_id is None}
    for action, kind in ((Action.RETURN, CorrectionKind.RETURNED), (Action.HAND_OVER, CorrectionKind.HANDED_OVER)):
        kept = Counter((action, one.case_id) for one in corrections if one.kind is kind)
        assert kept == Counter({key: n for key, n in events.items() if key[0] is action})
        assert kept
    for one in corrections:
        assert one.rule_set == policy().routing.ruleset.version
        if one.kind in {CorrectionKind.AT_INTAKE, CorrectionKind.REROUTED}:
            said = ruled[one.case_id]
            assert (one.from_category, one.from_department) == (said.category, said.department)
            assert (one.to_category, one.to_department) != (said.category, said.department)


async def test_what_is_in_hands_has_its_dates_and_why(demo: tuple[Database, Filled]) -> None:
    async with demo[0].transaction() as session:
        cases = [case for case in await rows(session, Case, Case.id) if case.status in IN_HANDS]
    assert cases
    assert all(case.due_at and case.accept_by and case.resolve_by and case.dues["resolve"] for case in cases)


async def test_every_text_can_be_searched_by_its_pairs(demo: tuple[Database, Filled]) -> None:
    async with demo[0].transaction() as session:
        texts = await rows(session, CaseText, CaseText.case_id)
        cases = await rows(session, Case, Case.id)
    marks = {case.id: desk_marks(case.department, case.co_handlers) for case in cases}
    assert all(
        text.grams == [*grams(text.searched), *marks[text.case_id]]
        and normal(mask_text(text.narrative)) in text.searched
        for text in texts
    )
    assert len({text.narrative for text in texts}) == CASES


async def test_no_number_of_the_demo_belongs_to_anybody(demo: tuple[Database, Filled]) -> None:
    async with demo[0].transaction() as session:
        numbers = [call.caller_number for call in await rows(session, CallRecord, CallRecord.id)]
        texts = [text.narrative for text in await rows(session, CaseText, CaseText.case_id)]
    told = [re.sub(r"\D", "", found) for text in texts for found in re.findall(r"(?:\d[ -]?){9,}", text)]
    assert [number for number in (*numbers, *told) if number and not FICTIONAL.fullmatch(number)] == []
    assert any(numbers)
    assert not all(numbers)


async def test_every_list_of_every_shown_person_has_something_in_it(demo: tuple[Database, Filled]) -> None:
    async with demo[0].transaction() as session:
        accounts = list(await rows(session, Account, Account.id))
        people = staff_of(policy(), accounts).by_login

        async def empty(login: str, *desks: Desk) -> set[str]:
            work = Work(session, policy(), people[login], TODAY)
            return {desk for desk, count in (await count_desks(work, desks)).items() if not count}

        for login in ("legal1", "hardship1", "mediation1", "mediation-lead"):
            assert await empty(login, Desk.QUEUE, Desk.WAITING, Desk.HELPING) == set(), login
        for login in ("operator1", "operator2", "supervisor1"):
            assert await empty(login, Desk.REVIEW, Desk.CALL_BACKS, Desk.OPEN) == set(), login
        assert await empty("operator1", Desk.TAKEN) == set()
        cases = await rows(session, Case, Case.id)
    assert any(case.extension_asked for case in cases)
    assert any(case.supervised for case in cases)
    assert any(case.due_at is not None and case.due_at < TODAY for case in cases)


async def test_the_shown_accounts_sign_in_with_the_passwords_they_are_told(demo: tuple[Database, Filled]) -> None:
    async with demo[0].transaction() as session:
        hashes = {one.login: one.password_hash for one in await rows(session, Account, Account.id)}
    assert set(SHOWN) <= set(hashes)
    assert await verify_password("demo-mediation-lead", hashes["mediation-lead"])
    assert await verify_password(password_of("xishan-help"), hashes["xishan-help"])
    assert None not in hashes.values()


async def test_the_first_example_of_everybody_reaches_the_desk_of_mediation1(demo: tuple[Database, Filled]) -> None:
    async with demo[0].transaction() as session:
        home = await session.scalar(select(Account.department).where(Account.login == "mediation1"))
    assert home == decide(policy().routing, WAGES).department


async def test_filling_a_second_time_changes_nothing_at_all(demo: tuple[Database, Filled]) -> None:
    database, filled = demo
    assert await fill(database, policy(), cases=CASES, now=TODAY) == Filled()
    async with database.transaction() as session:
        count = await session.scalar(select(func.count()).select_from(TrailEntry))
        accounts = await session.scalar(select(func.count()).select_from(Account))
        first = (await rows(session, TrailEntry, TrailEntry.id))[0]
    assert count == filled.trail + (accounts or 0) + 1
    assert first.act == "demo.fill"


async def test_case_numbers_go_on_where_the_year_ends(demo: tuple[Database, Filled]) -> None:
    async with demo[0].session() as session:
        assert await session.scalar(select(CASE_NUMBERS.next_value())) == CASES + 1


async def test_a_database_that_is_in_use_gets_no_known_passwords(database: Database) -> None:
    async with database.transaction() as session:
        await make_actor(session)
    with pytest.raises(InUse):
        await fill(database, policy(), cases=3, now=TODAY)


async def test_a_fill_that_is_cut_off_leaves_nothing_and_can_be_made_again(database: Database) -> None:
    def cut_off(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await fill(database, policy(), cases=3, now=TODAY, progress=cut_off)
    async with database.transaction() as session:
        assert not await rows(session, Account, Account.id)
        assert not await rows(session, Case, Case.id)
    assert (await fill(database, policy(), cases=3, now=TODAY)).cases == 3
