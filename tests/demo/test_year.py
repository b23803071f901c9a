"""The year itself, without a database: the same seed tells the same, and no step is invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.intake import take_call
from hotline.cases.lifecycle import Status
from hotline.cases.models import CallRecord, Case, CaseDecision, CaseEvent, CaseText
from hotline.clock import SHANGHAI
from hotline.demo.days import WorkingTime
from hotline.demo.figures import chinese
from hotline.demo.fill import world_of
from hotline.demo.lives import Life, life_of
from hotline.demo.moves import World
from hotline.demo.standing import STOCK, WAYS
from hotline.demo.vocabulary import vocabulary
from hotline.demo.year import lives, plan
from hotline.privacy.models import TrailEntry
from hotline.routing.numerals import number_of
from hotline.storage.base import Base
from tests.demo.conftest import TODAY
from tests.factories import NOON, make_actor, make_call, make_work, policy

HOURS = WorkingTime.around(TODAY, policy().calendar)


def told(world: World, *, seed: int, cases: int = 40) -> list[tuple[str, str, datetime]]:
    made = lives(world, plan(world, cases=cases, seed=seed), seed=seed)
    return [(life.text.narrative, life.call.caller_number, life.at) for life in made]


def test_the_same_seed_tells_the_same_year(world: World) -> None:
    assert told(world, seed=1) == told(world, seed=1)
    assert told(world, seed=1) != told(world, seed=2)


def test_a_larger_year_has_every_kind_of_end_and_detour(world: World) -> None:
    made = list(lives(world, plan(world, cases=600)))
    actions = {event.action.value for life in made for event in life.events}
    assert actions >= {"answer", "refer", "return", "hand_over", "merge", "withdraw", "reopen", "grant_extension"}
    lengths = sorted(len(life.text.narrative) for life in made)
    assert lengths[0] < 60
    assert 300 < lengths[-1] <= 4000
    assert any(life.case.confidential for life in made)
    assert {life.case.category for life in made} > {"wage_arrears", "work_injury", "living_relief"}
    of_each = [life.case.category for life in made]
    assert max(set(of_each), key=of_each.count) == "wage_arrears"


def test_calls_come_in_order_within_the_last_year(world: World) -> None:
    moments = [planned.at for planned in plan(world, cases=500)]
    assert moments == sorted(moments)
    assert TODAY - timedelta(days=366) < moments[0]
    assert moments[-1] < TODAY
    by_day = [moment.astimezone(SHANGHAI) for moment in moments]
    at_work = [one for one in by_day if 8 <= one.hour < 18 and policy().calendar.is_working_day(one.date())]
    assert len(at_work) > len(by_day) / 2


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 22, 19, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 0, 31, tzinfo=UTC),
        datetime(2026, 2, 19, 5, 0, tzinfo=UTC),
        datetime(2028, 3, 6, 2, 0, tzinfo=UTC),
    ],
    ids=["a night after Sunday", "the first minute of a working day", "Spring Festival", "a year not published yet"],
)
def test_whenever_it_is_made_something_waits_everywhere(world: World, moment: datetime) -> None:
    now = world_of(policy(), list(accounts_like(world)), now=moment)
    made = [life.case for life in lives(now, plan(now, cases=60))]
    waiting = [case for case in made if case.ended_at is None]
    assert {case.status for case in waiting} >= {Status.REVIEW, Status.ROUTED, Status.ACCEPTED, Status.RESOLVED}
    assert any(case.extension_asked for case in waiting)
    assert any(case.supervised for case in waiting)
    assert any(case.co_handlers for case in waiting)
    assert any(case.due_at is not None and case.due_at < moment for case in waiting)
    assert all(case.opened_at <= moment for case in made)


def accounts_like(world: World) -> Iterator[Account]:
    for actor in world.staff.by_login.values():
        yield Account(
            id=actor.account_id, login=actor.login, name=actor.name, role=actor.role, department=actor.department
        )


def test_every_kind_of_open_case_has_a_way_to_it() -> None:
    assert {kind.where for kind in STOCK} == set(WAYS)
    assert {kind.category for kind in STOCK if kind.category} <= set(policy().categories)


def test_every_theme_tells_of_a_kind_of_matter_there_is() -> None:
    assert {theme.category for theme in vocabulary().themes if theme.category} <= set(policy().categories)


def columns(row: Base, *leave_out: str) -> dict[str, object]:
    names = {column.key for column in row.__table__.columns} - {"id", "case_id", "number", *leave_out}
    values = {name: getattr(row, name) for name in names}
    return {name: Decimal(value) if isinstance(value, Decimal) else value for name, value in values.items()}


async def stored(session: AsyncSession, table: type[Base], case_id: int) -> dict[str, object]:
    key = table.__table__.c.case_id
    row = await session.scalar(select(table).where(key == case_id).execution_options(populate_existing=True))
    assert row is not None
    return columns(row, "subject", "request_id")


async def test_a_made_case_is_just_what_taking_the_call_would_have_made(session: AsyncSession) -> None:
    who = await make_actor(session, Role.OPERATOR)
    call = make_call(employer="栎禾服装厂", place="滨海区", people=33, amount_owed=Decimal(52300), caller_name="林师傅")
    taken = await take_call(make_work(session, who), call)
    life = life_of(policy(), who, call, case_id=taken.case.id, at=NOON, now=NOON)
    life.begin(who, d.Route(category=life.decision.category, department=life.decision.department))

    real = await session.get(Case, taken.case.id, populate_existing=True)
    assert real is not None
    assert columns(life.case) == columns(real)
    assert made(life) == [await stored(session, table, real.id) for table in PARTS]


PARTS = (CaseText, CallRecord, CaseDecision, CaseEvent, TrailEntry)


def made(life: Life) -> list[dict[str, object]]:
    (decision,), (event,), (entry,) = life.decisions, life.events, life.trail
    return [columns(row, "subject", "request_id") for row in (life.filed_text(), life.call, decision, event, entry)]


moments = st.datetimes(datetime(2026, 1, 5), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 - aware by `timezones`


@given(moments, moments)
def test_working_time_laid_end_to_end_leads_there_and_back(one: datetime, other: datetime) -> None:
    first, last = sorted((HOURS.moment(HOURS.hours_until(one)), HOURS.moment(HOURS.hours_until(other))))
    there = HOURS.after(first, HOURS.between(first, last))
    assert abs(there - last) < timedelta(seconds=1) or HOURS.between(there, last) < 1e-6


@given(st.integers(1, 9_999), st.integers(1, 9_999))
def test_numerals_say_the_number_they_stand_for(number: int, more: int) -> None:
    assert number_of(chinese(number)) == number
    high, low = chinese(number * 10_000 + more).split("万")
    assert number_of(high) == number
    assert number_of(low.removeprefix("零")) == more
