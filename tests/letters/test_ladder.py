"""一函两书: letters to an employer, from the draft to the answer or to the authority, and who may see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.handling import perform
from hotline.cases.models import Case, CaseEvent
from hotline.clock import SHANGHAI
from hotline.documents.letter_texts import FIELDS, TO_EMPLOYERS, LetterKind
from hotline.errors import Changed, Conflict, Invalid, NotAllowed, NotFound
from hotline.letters.models import Letter, LetterState
from hotline.letters.store import chain_of, get_letter, list_letters
from hotline.letters.writing import (
    Answered,
    NewLetter,
    Served,
    SignOff,
    Withdrawal,
    answer_letter,
    draft_letter,
    offered,
    receive_letter,
    serve_letter,
    sign_off,
    withdraw_letter,
)
from hotline.reminders import letters_served, letters_unanswered
from hotline.reminders.duty import Round
from hotline.reminders.engine import tell_batch
from hotline.reminders.models import Reminder, Step
from tests.factories import WAGES, locked, make_actor, make_case, make_work, policy
from tests.service import MEDIATION

NOW = datetime(2026, 3, 4, 10, tzinfo=SHANGHAI).astimezone(UTC)
WORKER = "王小明"


async def a_case(session: AsyncSession) -> tuple[str, Actor, Actor]:
    """A case in the mediation centre: number, one of its staff, its lead."""
    operator = await make_actor(session, Role.OPERATOR)
    staff = await make_actor(session, Role.STAFF, department=MEDIATION)
    lead = await make_actor(session, Role.LEAD, department=MEDIATION)
    taken = await make_case(make_work(session, operator, now=NOW), WAGES, caller_name=WORKER, employer="滨海船厂")
    work = make_work(session, staff, now=NOW)
    await perform(work, await locked(work, taken), d.Accept())
    await session.flush()
    return taken.case.number, staff, lead


async def an_advice(session: AsyncSession, *, served: bool = True) -> tuple[Letter, Actor, Actor]:
    number, staff, lead = await a_case(session)
    letter = await draft_letter(make_work(session, staff, now=NOW), NewLetter(case=number, employer="滨海船厂"))
    await sign_off(make_work(session, lead, now=NOW), letter.id, SignOff())
    if served:
        await serve_letter(make_work(session, staff, now=NOW), letter.id, Served(served_on=date(2026, 3, 4)))
    return letter, staff, lead


async def look(session: AsyncSession, now: datetime) -> None:
    for duty in (letters_unanswered.DUTY, letters_served.DUTY):
        await tell_batch(session, Round(policy(), now, {MEDIATION}), duty, None)


async def test_an_employer_who_never_answers_is_advised_then_warned_and_then_the_authority_hears_of_it(
    session: AsyncSession,
) -> None:
    advice, _staff, lead = await an_advice(session)
    assert advice.number == "滨工法提〔2026〕1号"
    assert advice.reply_by is not None
    await look(session, NOW + timedelta(days=15))  # the fifteenth day is not over
    assert (await session.scalars(select(Letter).where(Letter.kind == LetterKind.OPINION))).all() == []

    later = NOW + timedelta(days=16)
    await look(session, later)
    await look(session, later)
    opinion = (await session.scalars(select(Letter).where(Letter.kind == LetterKind.OPINION))).one()
    assert (opinion.state, opinion.previous_id, opinion.number) == (LetterState.DRAFT, advice.id, "")
    assert (
        "2026年3月4日，我会就你单位“拖欠工资”方面的问题发出滨工法提〔2026〕1号提示函" in opinion.paper["paragraphs"][0]
    )
    work = make_work(session, lead, now=later)
    await sign_off(work, opinion.id, SignOff())
    await serve_letter(work, opinion.id, Served(served_on=date(2026, 3, 20)))

    last = later + timedelta(days=17)
    await look(session, last)
    third = (await session.scalars(select(Letter).where(Letter.kind == LetterKind.RECOMMENDATION))).one()
    with pytest.raises(Invalid):
        await sign_off(make_work(session, lead, now=last), third.id, SignOff())
    await sign_off(make_work(session, lead, now=last), third.id, SignOff(authority="滨海市人力资源和社会保障局"))
    assert third.paper["addressee"] == "滨海市人力资源和社会保障局"
    assert "滨工法意〔2026〕1号" in third.paper["paragraphs"][0]
    told = (await session.scalars(select(Reminder.step).where(Reminder.step == Step.UNANSWERED))).all()
    assert len(told) == 2


async def test_an_answer_ends_the_ladder_also_when_the_next_letter_is_drafted_already(session: AsyncSession) -> None:
    advice, staff, lead = await an_advice(session)
    later = NOW + timedelta(days=16)
    await look(session, later)
    opinion = (await session.scalars(select(Letter).where(Letter.kind == LetterKind.OPINION))).one()
    work = make_work(session, staff, now=later)
    await answer_letter(work, advice.id, Answered(answered_on=date(2026, 3, 19), words="已补发全部工资"))
    assert (advice.state, advice.answer) == (LetterState.ANSWERED, "已补发全部工资")
    with pytest.raises(Conflict):
        await sign_off(make_work(session, lead, now=later), opinion.id, SignOff())
    await withdraw_letter(make_work(session, lead, now=later), opinion.id, Withdrawal(reason="已答复"))
    assert opinion.serial is None


async def test_letters_to_employers_never_name_the_worker_nor_say_what_was_told(session: AsyncSession) -> None:
    letter, _staff, _lead = await an_advice(session)
    said = "".join(map(str, letter.paper.values()))
    case = (await session.scalars(select(Case))).one()
    assert WORKER not in said
    assert case.number not in said
    assert "四个月" not in said
    for kind in TO_EMPLOYERS:
        assert not {name for name in FIELDS[kind] if "职工" in name or "诉求" in name or "工单" in name}


async def test_who_may_sign_and_who_may_not(session: AsyncSession) -> None:
    number, staff, lead = await a_case(session)
    letter = await draft_letter(make_work(session, staff, now=NOW), NewLetter(case=number, employer="滨海船厂"))
    with pytest.raises(NotAllowed):
        await sign_off(make_work(session, staff, now=NOW), letter.id, SignOff())
    with pytest.raises(Changed):
        await sign_off(make_work(session, lead, now=NOW), letter.id, SignOff(), version=7)
    with pytest.raises(Conflict):
        await draft_letter(make_work(session, staff, now=NOW), NewLetter(case=number, employer="滨海船厂"))
    await sign_off(make_work(session, lead, now=NOW), letter.id, SignOff(), version=letter.version)
    event = (await session.scalars(select(CaseEvent).order_by(CaseEvent.version.desc()))).first()
    assert event is not None
    assert event.details["letter"]["number"] == letter.number


async def test_drafts_are_for_those_who_write_and_letters_for_those_who_see_the_case(session: AsyncSession) -> None:
    number, staff, lead = await a_case(session)
    draft = await draft_letter(make_work(session, staff, now=NOW), NewLetter(case=number, employer="滨海船厂"))
    others = {
        "operator": await make_actor(session, Role.OPERATOR),
        "neighbour": await make_actor(session, Role.STAFF, department="city-legal"),
        "supervisor": await make_actor(session, Role.SUPERVISOR),
        "auditor": await make_actor(session, Role.AUDITOR),
        "administrator": await make_actor(session, Role.ADMINISTRATOR),
        "lead": lead,
        "staff": staff,
    }

    async def seen_by() -> set[str]:
        seen = set()
        for name, actor in others.items():
            rows, _ = await list_letters(make_work(session, actor))
            found = bool(rows)
            try:
                await get_letter(make_work(session, actor), draft.id)
            except NotFound:
                assert not found, name
            else:
                assert found, name
                seen.add(name)
        return seen

    assert await seen_by() == {"staff", "lead", "supervisor"}
    await sign_off(make_work(session, lead, now=NOW), draft.id, SignOff())
    assert await seen_by() == {"staff", "lead", "supervisor", "operator"}
    await session.execute(update(Case).values(confidential=True))
    assert await seen_by() == {"staff", "lead", "supervisor"}


async def test_a_letter_to_a_department_is_served_told_once_and_received_by_name(session: AsyncSession) -> None:
    number, staff, _lead = await a_case(session)
    supervisor = await make_actor(session, Role.SUPERVISOR)
    case = (await session.scalars(select(Case).where(Case.number == number))).one()
    granted = case.resolve_by
    letter = Letter(
        kind=LetterKind.CRITICISM, state=LetterState.DRAFT, number="", version=1, title="", addressee="",
        field_values={"催办函编号": "滨工热催〔2026〕1号"}, paper={}, case_id=case.id, department=MEDIATION,
        drafted_at=NOW,
    )  # fmt: skip
    session.add(letter)
    case.resolve_by = NOW - timedelta(days=7)
    await session.flush()
    with pytest.raises(NotFound):
        await receive_letter(make_work(session, staff, now=NOW), letter.id)  # a draft is not theirs to see
    late = NOW - timedelta(days=9)
    for resolve_by, department in ((granted, MEDIATION), (late, "city-legal")):
        case.resolve_by, case.department = resolve_by, department
        await session.flush()
        with pytest.raises(Conflict):  # more time was granted, or another department has it
            await sign_off(make_work(session, supervisor, now=NOW), letter.id, SignOff())
    case.department = MEDIATION
    await session.flush()
    await sign_off(make_work(session, supervisor, now=NOW), letter.id, SignOff())
    assert letter.state is LetterState.SENT
    await look(session, NOW)
    await look(session, NOW)
    assert (await session.scalars(select(Reminder.department).where(Reminder.step == Step.SERVED))).all() == [MEDIATION]
    one = await get_letter(make_work(session, staff), letter.id)
    assert "receive" in offered(staff, one)
    assert "withdraw" not in offered(staff, one)
    for _ in range(2):
        await receive_letter(make_work(session, staff, now=NOW), letter.id)
    with pytest.raises(NotAllowed):
        await receive_letter(make_work(session, supervisor, now=NOW), letter.id)


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2026, 3, 5)])
async def test_a_letter_is_served_between_its_date_and_today(session: AsyncSession, day: date) -> None:
    letter, staff, _lead = await an_advice(session, served=False)
    with pytest.raises(Invalid):
        await serve_letter(make_work(session, staff, now=NOW), letter.id, Served(served_on=day))


async def test_a_letter_does_not_go_on_where_the_one_before_was_withdrawn(session: AsyncSession) -> None:
    advice, _staff, lead = await an_advice(session)
    work = make_work(session, lead, now=NOW + timedelta(days=16))
    await look(session, work.now)
    opinion = (await session.scalars(select(Letter).where(Letter.kind == LetterKind.OPINION))).one()
    await withdraw_letter(work, advice.id, Withdrawal(reason="用人单位写错了"))
    with pytest.raises(Conflict):
        await sign_off(work, opinion.id, SignOff())


async def test_the_ladder_beside_a_letter_names_no_draft_to_those_it_is_about(session: AsyncSession) -> None:
    _number, staff, lead = await a_case(session)
    case = (await session.scalars(select(Case))).one()
    about = {"number": "", "version": 1, "title": "", "addressee": "", "field_values": {}, "paper": {}}
    about |= {"case_id": case.id, "department": MEDIATION, "drafted_at": NOW}
    urge = Letter(
        kind=LetterKind.URGE, state=LetterState.SENT, serial=1, year=2026, signed_at=NOW, sent_at=NOW, **about
    )  # fmt: skip
    session.add(urge)
    await session.flush()
    session.add(Letter(kind=LetterKind.CRITICISM, state=LetterState.DRAFT, previous_id=urge.id, **about))
    await session.flush()
    supervisor = await make_actor(session, Role.SUPERVISOR)
    seen = {actor: len(await chain_of(make_work(session, actor), urge)) for actor in (staff, lead, supervisor)}
    assert seen == {staff: 1, lead: 1, supervisor: 2}
