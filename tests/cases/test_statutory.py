"""Statutory clocks of a case: on record for good, told on the case, urgent when little time is left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.roles import Role
from hotline.cases import details as steps
from hotline.cases import statutory_details as d
from hotline.cases.case_file import get_case_file
from hotline.cases.handling import StepRefused, perform
from hotline.cases.models import Case, CaseEvent
from hotline.cases.queries import get_case
from hotline.cases.statutory import begin_clock, change_clock
from hotline.cases.statutory_hurry import hurry_all, hurry_by_time
from hotline.cases.statutory_lists import clocks_under, list_lapsing
from hotline.cases.statutory_models import ClockEntry
from hotline.cases.statutory_offers import offers
from hotline.cases.statutory_queries import RecordedClock
from hotline.cases.statutory_receipts import make_receipt
from hotline.deadlines.statutes import Ended, InterruptionKind, Kind, Source, SuspensionKind
from hotline.errors import Changed, Conflict, Invalid, NotAllowed, NotFound
from hotline.work import Work
from tests.factories import NOON, locked, make_actor, make_case, make_work, policy

TODAY = date(2026, 3, 4)
QUIET = "老板拖欠我的工资四个月了"
YEAR_AGO = date(2025, 9, 1)


@pytest.fixture
async def work(session: AsyncSession) -> Work:
    return make_work(session, await make_actor(session))


@pytest.fixture
async def case(work: Work) -> Case:
    made = (await make_case(work, QUIET)).case
    assert made.urgency == "normal"
    return made


async def begun(work: Work, case: Case, on: date | None = YEAR_AGO, kind: Kind = Kind.ARBITRATION) -> int:
    asked = d.Begin(kind=kind, trigger_on=on, source=Source.WORKER, words="电话里说的")
    return (await begin_clock(work, case.number, asked)).id


async def only(work: Work, case: Case) -> RecordedClock:
    (clock,) = (await get_case_file(work, case.number, just_worked_on=True)).statutory.clocks
    return clock


async def lapses_on(work: Work, case: Case) -> date | None:
    return (await only(work, case)).lapse(now=work.now, calendar=policy().calendar).lapses_on


async def events(work: Work, case: Case) -> list[dict[str, Any]]:
    found = await work.session.scalars(
        select(CaseEvent.details).where(CaseEvent.case_id == case.id).order_by(CaseEvent.version)
    )
    return [{key: one[key] for key in ("statutory", "fast_lane", "receipt") if key in one} for one in found]


async def test_a_clock_is_told_on_the_case_with_the_day_it_lapses(work: Work, case: Case) -> None:
    await begun(work, case)
    assert await lapses_on(work, case) == date(2026, 9, 1)
    assert (await events(work, case))[-1] == {
        "statutory": {"did": "begin", "kind": "arbitration", "lapses_on": "2026-09-01"}
    }


async def test_every_change_moves_the_day_and_keeps_what_was_recorded(work: Work, case: Case) -> None:
    clock = await begun(work, case)
    moved = {}
    for asked in (
        d.Interrupt(interruption=InterruptionKind.CLAIM, on=date(2025, 11, 3), words="微信催过老板"),
        d.Suspend(suspension=SuspensionKind.FORCE_MAJEURE, first_on=date(2026, 1, 5), words="封路"),
    ):
        await change_clock(work, case.number, clock, asked)
        moved[asked.did] = await lapses_on(work, case)
    suspended = (await only(work, case)).entries[-1]
    await change_clock(work, case.number, clock, d.EndSuspension(entry=suspended.id, last_on=date(2026, 1, 14)))
    moved["resume"] = await lapses_on(work, case)
    claim = (await only(work, case)).entries[1]
    await change_clock(work, case.number, clock, d.TakeBack(entry=claim.id, reason="截图不是老板"))
    moved["take_back"] = await lapses_on(work, case)
    corrected = d.Correct(trigger_on=date(2025, 10, 9), source=Source.DOCUMENT, reason="见解除通知书")
    await change_clock(work, case.number, clock, corrected)
    moved["correct"] = await lapses_on(work, case)
    assert moved == {
        "interrupt": date(2026, 11, 3),
        "suspend": date(2027, 1, 4),  # 59 days, 5 January until today, lead to New Year
        "resume": date(2026, 11, 13),
        "take_back": date(2026, 9, 11),
        "correct": date(2026, 10, 19),
    }
    entries = (await only(work, case)).entries
    assert [(one.what, one.withdrawn_reason) for one in entries] == [
        ("trigger", "见解除通知书"),
        ("interruption", "截图不是老板"),
        ("suspension", "the obstacle ended"),
        ("suspension", None),
        ("trigger", None),
    ]
    assert {one.recorded_by for one in entries} == {work.actor.name}


async def test_less_than_thirty_days_make_the_case_urgent_once(work: Work, case: Case) -> None:
    clock = await begun(work, case, date(2025, 3, 20))
    await change_clock(
        work, case.number, clock, d.Suspend(suspension=SuspensionKind.PROPER_REASON, first_on=TODAY, words="住院")
    )
    now = await work.session.get_one(Case, case.id, populate_existing=True)
    assert now.urgency == "urgent"
    fast_lane = [one["fast_lane"] for one in await events(work, case) if "fast_lane" in one]
    assert fast_lane == [{"kind": "arbitration", "lapses_on": "2026-03-20", "days_left": 16}]


async def test_a_claim_gives_time_back_and_the_clock_can_call_again(work: Work, case: Case) -> None:
    clock = await begun(work, case, date(2025, 3, 20))
    claim = d.Interrupt(interruption=InterruptionKind.CLAIM, on=date(2026, 3, 3), words="书面要求")
    await change_clock(work, case.number, clock, claim)
    assert (await only(work, case)).hurried_at is None
    entry = (await only(work, case)).entries[-1]
    await change_clock(work, case.number, clock, d.TakeBack(entry=entry.id, reason="没有寄到"))
    assert len([one for one in await events(work, case) if "fast_lane" in one]) == 2


async def test_the_employers_thirty_days_make_no_case_urgent(work: Work, case: Case) -> None:
    await begun(work, case, date(2026, 2, 20), Kind.INJURY_EMPLOYER)
    assert [one for one in await events(work, case) if "fast_lane" in one] == []
    assert await clocks_under(work.session, NOON, 30, calendar=policy().calendar) == []


async def test_time_alone_brings_a_clock_under_thirty_days(work: Work, case: Case) -> None:
    clock = await begun(work, case)  # lapses on 1 September
    session, calendar = work.session, policy().calendar
    almost, now = NOON + timedelta(days=151), NOON + timedelta(days=152)  # 2 and 3 August
    assert await clocks_under(session, almost, 30, calendar=calendar) == []
    (under,) = await clocks_under(session, now, 30, calendar=calendar, unhurried=True)
    assert (under.clock_id, under.number, under.days_left) == (clock, case.number, 29)
    assert [await hurry_all(session, policy(), now=now) for _ in range(2)] == [1, 0]
    assert not await hurry_by_time(session, policy(), clock_id=clock, now=now)
    assert await clocks_under(session, now, 30, calendar=calendar, unhurried=True) == []
    assert len(await clocks_under(session, now, 30, calendar=calendar)) == 1
    assert (await session.get_one(Case, case.id, populate_existing=True)).urgency == "urgent"
    trail = await session.execute(text("select actor, actor_id from trail where act = 'case.fast_lane'"))
    assert [tuple(row) for row in trail] == [("statutory-clock", None)]


async def test_a_call_is_a_candidate_until_somebody_confirms_it(work: Work, case: Case) -> None:
    clock = await begun(work, case)
    receipt = await make_receipt(work, case.number, d.MakeReceipt(claimed="要求支付四个月工资", clock=clock))
    assert receipt.ordinal == 1
    assert await lapses_on(work, case) == date(2026, 9, 1)
    candidate = (await only(work, case)).entries[-1]
    assert (candidate.candidate, candidate.from_on) == (True, TODAY)
    await change_clock(work, case.number, clock, d.Confirm(entry=candidate.id, reason="王律师确认"))
    assert await lapses_on(work, case) == date(2027, 3, 4)
    receipts = await work.session.scalars(select(ClockEntry.receipt_id).where(ClockEntry.candidate.is_(False)))
    assert receipt.id in {*receipts}


async def test_a_name_on_a_receipt_needs_a_reason_and_the_right_to_know_it(
    work: Work, session: AsyncSession, case: Case
) -> None:
    with pytest.raises(Invalid):
        await make_receipt(work, case.number, d.MakeReceipt(claimed="要求支付工资", with_name="yes"))
    helper = make_work(session, await make_actor(session, Role.STAFF, department="city-legal-aid"))
    with pytest.raises((NotAllowed, NotFound)):
        await make_receipt(helper, case.number, d.MakeReceipt(claimed="要求支付工资", with_name="yes", reason="本人要"))


@pytest.mark.parametrize(
    ("kind", "trigger_on", "field"),
    [
        (Kind.ARBITRATION, None, "trigger_on"),
        (Kind.ARBITRATION, TODAY + timedelta(days=1), "trigger_on"),
        (Kind.ARBITRATION, date(1949, 1, 1), "trigger_on"),
    ],
)
async def test_a_day_that_cannot_be_is_a_mistake(
    work: Work, case: Case, kind: Kind, trigger_on: date | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await begun(work, case, trigger_on, kind)
    assert [mistake.field for mistake in refused.value.mistakes] == [field]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (d.Interrupt(interruption=InterruptionKind.CLAIM, on=date(2025, 8, 1), words="早就说过"), "on"),
        (d.Suspend(suspension=SuspensionKind.EXTENDED, first_on=TODAY, words="不适用"), "suspension"),
        (
            d.Suspend(
                suspension=SuspensionKind.FORCE_MAJEURE, first_on=TODAY, last_on=TODAY - timedelta(days=1), words="封路"
            ),
            "last_on",
        ),
    ],
)
async def test_a_change_that_cannot_be_is_a_mistake(work: Work, case: Case, asked: d.ClockDetails, field: str) -> None:
    clock = await begun(work, case)
    with pytest.raises(Invalid) as refused:
        await change_clock(work, case.number, clock, asked)
    assert [mistake.field for mistake in refused.value.mistakes] == [field]


async def test_while_the_employment_lasts_a_wage_clock_waits(work: Work, case: Case) -> None:
    clock = await begun(work, case, None, Kind.WAGES)
    assert await lapses_on(work, case) is None
    left = d.Correct(trigger_on=date(2026, 3, 2), source=Source.WORKER, reason="上月离职")
    await change_clock(work, case.number, clock, left)
    assert await lapses_on(work, case) == date(2027, 3, 2)


async def test_an_ended_clock_is_left_alone_and_no_list_shows_it(work: Work, case: Case) -> None:
    clock = await begun(work, case, date(2025, 3, 20))
    assert len((await list_lapsing(work, within=30)).rows) == 1
    end = d.End(ended_as=Ended.FILED, reason="已申请仲裁")
    await change_clock(work, case.number, clock, end)
    assert (await list_lapsing(work, within=None)).rows == []
    with pytest.raises(Conflict):
        await change_clock(work, case.number, clock, end)


async def test_whoever_may_not_work_on_the_case_changes_no_clock_and_sees_none_in_the_list(
    work: Work, session: AsyncSession, case: Case
) -> None:
    clock = await begun(work, case, date(2025, 3, 20))
    (await get_case(work, case.number, lock=True)).co_handlers = ["city-legal-aid"]
    await session.flush()
    helper = make_work(session, await make_actor(session, Role.STAFF, department="city-legal-aid"))
    stranger = make_work(session, await make_actor(session, Role.STAFF, department="city-hardship"))
    assert len((await list_lapsing(helper, within=30)).rows) == 1
    assert (await list_lapsing(stranger, within=30)).rows == []
    for somebody in (helper, stranger):
        with pytest.raises((NotAllowed, NotFound)):
            await change_clock(somebody, case.number, clock, d.End(ended_as=Ended.FILED, reason="不是我的"))


async def test_a_page_that_is_no_longer_true_changes_nothing(work: Work, case: Case) -> None:
    clock = await begun(work, case)
    with pytest.raises(Changed):
        await change_clock(work, case.number, clock, d.End(ended_as=Ended.FILED, reason="已申请仲裁"), version="1")


async def test_a_clock_of_another_case_is_not_there(work: Work, case: Case) -> None:
    clock = await begun(work, case)
    other = (await make_case(work, number="138 0000 9999")).case
    with pytest.raises(NotFound):
        await change_clock(work, other.number, clock, d.End(ended_as=Ended.FILED, reason="已申请仲裁"))


async def test_an_ended_case_is_reopened_first(work: Work) -> None:
    case = (await make_case(work, first=steps.Answer(answer="已答复", category="wage_arrears"))).case
    with pytest.raises(StepRefused):
        await begun(work, case)


async def test_the_list_goes_on_where_the_page_before_ended(work: Work, case: Case) -> None:
    for on in (date(2025, 3, 25), date(2025, 3, 20), date(2025, 3, 25)):
        await begun(work, case, on)
    first = await list_lapsing(work, within=30, size=2)
    rest = await list_lapsing(work, within=30, after=first.next, size=2)
    ends = [row.lapse.lapses_on for page in (first, rest) for row in page.rows]
    assert ends == [date(2026, 3, 20), date(2026, 3, 25), date(2026, 3, 25)]
    assert rest.next is None


def test_what_a_case_is_asked_about_follows_its_kind_and_its_words() -> None:
    narrative = "我去年10月在工地右手骨折，老板不给报工伤"
    injured = offers(policy(), Case(category="wage_arrears"), narrative, watched=[Kind.WAGES])
    assert [one.kind for one in injured] == [Kind.INSPECTION, Kind.INJURY_WORKER, Kind.INJURY_EMPLOYER]
    assert {"去年10月", "骨折"} <= {*injured[0].words}
    assert offers(policy(), Case(category="job_search"), "找工作", watched=[]) == []


async def test_what_a_merged_case_has_watched_goes_on_with_the_other(work: Work) -> None:
    taken, other = await make_case(work, QUIET), await make_case(work, QUIET)
    await begun(work, taken.case)
    case = await locked(work, taken)
    await perform(work, case, steps.Merge(into=other.case.number))
    await work.session.flush()
    assert (await get_case_file(work, case.number, just_worked_on=True)).statutory.clocks == []
    assert await lapses_on(work, other.case) == date(2026, 9, 1)
    assert case.version == len(await events(work, case))


async def test_clocks_of_a_confidential_case_do_not_get_before_more_eyes_by_a_merge(work: Work) -> None:
    taken, other = await make_case(work, QUIET, confidential=True), await make_case(work, QUIET)
    await begun(work, taken.case)
    case = await locked(work, taken)
    with pytest.raises(Invalid):
        await perform(work, case, steps.Merge(into=other.case.number))
    await perform(work, await locked(work, other), steps.Merge(into=case.number))
