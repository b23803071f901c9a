"""Clocks that are wrong while the service runs: set back, jumped ahead, apart from the database's, and seldom days."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import func, select, text

from hotline.accounts.roles import Role
from hotline.clock import SHANGHAI
from hotline.deadlines.due import due_at
from hotline.letters.models import Letter
from hotline.reminders.engine import run_round
from hotline.reminders.models import Reminder
from hotline.reports.running import bring_up_to_date
from hotline.reports.working_time import clock_of
from hotline.storage.database import Database
from hotline.web.routes import ROUTES
from tests.factories import WAGES, make_actor, make_case, make_work, policy
from tests.faults.faked_clock import PATIENCE, FakedClock, demand_library, serving
from tests.reminders.many import many_overdue
from tests.service import MEDIATION, Service
from tests.web.visitor import Visitor

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

DUE: Final = 300
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PLAIN: Final = [
    route.path
    for route in ROUTES
    if route.method == "GET" and "{" not in route.path and not route.machine and not route.streams
]
"""Every page that needs nothing in its address."""
NEGATIVE: Final = re.compile(r"[-\N{MINUS SIGN}]\s?\d[\d.,]*\s?(?:天|小时|分钟|个工作日)")
_TAG: Final = re.compile(r"<[^>]*>")


def shanghai(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)


@pytest.fixture
def clock(database_url: str, tmp_path: Path, home: Path) -> FakedClock:
    return FakedClock(tmp_path, database_url, home)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one start keeps for the next: compiled templates."""
    demand_library()
    return tmp_path_factory.mktemp("home")


def numbers_in(told: Any) -> Iterator[float]:
    """Every number of a JSON answer."""
    if isinstance(told, dict | list):
        for one in told.values() if isinstance(told, dict) else told:
            yield from numbers_in(one)
    elif isinstance(told, int | float):
        yield told


async def look_at(visitor: Visitor, *paths: str) -> None:
    """None of these pages fails, and none tells a negative time."""
    for path in paths:
        status, page, _headers = await visitor.get(path)
        if status == 503:  # a busy machine; whoever is asked to come again does so once
            status, page, _headers = await visitor.get(path)
        assert status < 500, f"{path}: {status}"
        assert NEGATIVE.findall(_TAG.sub(" ", page)) == [], path


async def arrive(service: Service, login: str, role: Role, visitor: Visitor, department: str | None = None) -> str:
    """Make an account and sign it in; gives a token of it too."""
    token = await service.person(login, role, department, password=True)
    assert (await visitor.sign_in(login))[0] == 303
    return token


async def take_call(service: Service, token: str) -> dict[str, Any]:
    status, case, _headers = await service.call("POST", "/calls", token, json={"narrative": WAGES})
    assert status == 201, case
    return dict(case)


async def step(service: Service, token: str, number: str, action: str, **said: Any) -> dict[str, Any]:
    status, case, _headers = await service.call("POST", f"/cases/{number}/actions/{action}", token, json=said)
    assert status == 200, case
    return dict(case)


async def letters(database: Database) -> int:
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Letter)) or 0


async def told_twice(database: Database) -> list[Any]:
    """What somebody was told of more than once: in these tests no date is ever moved."""
    once = (Reminder.object_kind, Reminder.object_id, Reminder.step)
    async with database.transaction() as session:
        return [*(await session.execute(select(*once).group_by(*once).having(func.count() > 1))).all()]


async def round_by_hand(clock: FakedClock) -> int:
    """A whole round of reminders by this clock; how many letters it wrote."""
    ended, printed = await clock.run("reminders", "run")
    assert ended == 0
    return int(json.loads(printed)["letters"])


async def test_set_back_two_hours_in_the_middle_of_a_round_nothing_is_sent_twice_and_no_time_is_negative(
    clock: FakedClock, database: Database
) -> None:
    clock.set(shanghai("2026-09-29T16:00"))
    async with serving(clock, database) as service, Visitor(service) as visitor:
        supervisor = await arrive(service, "supervisor1", Role.SUPERVISOR, visitor)
        operator = await service.person("operator1", Role.OPERATOR)
        staff = await service.person("staff1", Role.STAFF, MEDIATION)
        case = await take_call(service, operator)
        number = case["number"]
        await step(service, staff, number, "accept")
        await step(service, staff, number, "wait", reason="等工资条", days=3)
        await many_overdue(database, DUE, taken_at=shanghai("2026-09-21T10:00").astimezone(UTC))
        while not await letters(database):  # noqa: ASYNC110 - the other process tells nobody
            await asyncio.sleep(0.005)
        assert await letters(database) < DUE
        clock.go_on(-2 * HOUR)
        await _sent(database, DUE)
        assert await round_by_hand(clock) == 0
        await step(service, staff, number, "resume")
        await step(service, staff, number, "resolve", disposition="mediated", done="已调解")
        resolved = await step(service, operator, number, "follow_up", outcome="satisfied")
        assert [event["version"] for event in resolved["events"]] == [*range(1, resolved["version"] + 1)]
        assert all(pause["since"] <= pause["until"] for one in resolved["clocks"] for pause in one["pauses"])
        assert min(numbers_in(resolved["clocks"])) >= 0
        await _count_figures(service, supervisor)
        for report in ("resolution-times", "acceptance-times", "first-contact-times", "rates", "ageing"):
            status, told, _headers = await service.call("GET", f"/reports/{report}", supervisor)
            assert (status, min(numbers_in(told)) >= 0) == (200, True), report
        assert (await visitor.get("/reminders"))[0] == 200, "who was signed in still is"
        await look_at(visitor, *PLAIN, f"/cases/{number}", f"/cases/{number}/sheet")
    assert await letters(database) == DUE
    assert await told_twice(database) == []


async def _sent(database: Database, count: int) -> None:
    """The service has sent so many letters by itself."""
    async with asyncio.timeout(PATIENCE):
        while await letters(database) < count:  # noqa: ASYNC110 - the other process tells nobody
            await asyncio.sleep(0.1)


async def _count_figures(service: Service, token: str) -> None:
    """As the service does by itself some seconds later."""
    async with asyncio.timeout(PATIENCE):
        while not (await service.call("GET", "/reports/resolution-times", token))[1]["total"]["n"]:
            await bring_up_to_date(service.database, clock_of(policy().calendar))


@pytest.mark.parametrize("days", [1, -1], ids=["ahead", "behind"])
async def test_a_day_apart_from_the_database_everything_is_dated_by_one_clock_and_ends_in_time(
    clock: FakedClock, database: Database, days: int
) -> None:
    clock.set(datetime.now(UTC) + timedelta(days=days))
    async with serving(clock, database) as service, Visitor(service) as visitor:
        await arrive(service, "lead1", Role.LEAD, visitor, MEDIATION)
        case = await take_call(service, await service.person("operator1", Role.OPERATOR))
        await look_at(visitor, "/reminders", "/desks/queue", f"/cases/{case['number']}")
        for moment in await _written(database):
            assert abs(moment - clock.now()) < MINUTE
        for told in case["clocks"]:
            since = datetime.fromisoformat(told["since"])
            counted = due_at(told["working_days"], since=since, calendar=policy().calendar)
            assert abs(since - clock.now()) < MINUTE
            assert datetime.fromisoformat(told["due_at"]) == counted.due_at
        for _quarter in range(47):
            clock.go_on(15 * MINUTE)
            assert (await visitor.get("/me"))[0] == 200
        clock.go_on(15 * MINUTE)
        assert (await visitor.get("/me"))[0] == 303, "after twelve hours in any case"
        await _guessing_is_slowed_down(clock, visitor)
        clock.go_on(31 * MINUTE)
        assert (await visitor.get("/me"))[0] == 303, "after half an hour without a request"


async def _written(database: Database) -> list[datetime]:
    """The moments of everything the service has written down."""
    kept = (
        *("select at from case_events", "select at from calls", "select at from notices"),
        *("select created_at from sessions", "select seen_at from sessions"),
        "select at from trail where request_id <> ''",  # accounts and tokens were made without asking the service
    )
    async with database.transaction() as session:
        return [*(await session.scalars(text(" union all ".join(kept)))).all()]


async def _guessing_is_slowed_down(clock: FakedClock, visitor: Visitor) -> None:
    for _ in range(5):
        assert (await visitor.sign_in("lead1", "错的密码"))[0] == 422
    status, _page, headers = await visitor.sign_in("lead1")
    assert (status, 0 < int(headers["Retry-After"]) <= 15 * 60 + 1) == (429, True)
    clock.go_on(15 * MINUTE)
    assert (await visitor.sign_in("lead1"))[0] == 303


@pytest.mark.parametrize(
    ("begins", "a_year_later"),
    [("2028-02-29T10:00", "2029-02-28"), ("2026-12-31T10:00", "2027-12-31")],
    ids=["leap_day", "last_day_before_a_year_without_a_table"],
)
async def test_on_a_seldom_day_pages_answer_and_dates_say_that_they_are_provisional(
    clock: FakedClock, database: Database, begins: str, a_year_later: str
) -> None:
    clock.set(shanghai(begins))
    async with serving(clock, database) as service, Visitor(service) as visitor, Visitor(service) as desk:
        await arrive(service, "supervisor1", Role.SUPERVISOR, visitor)
        operator = await arrive(service, "operator1", Role.OPERATOR, desk)
        case = await take_call(service, operator)
        number = case["number"]
        assert any(told["provisional"] for told in case["clocks"])
        asked = {"kind": "arbitration", "trigger_on": begins[:10], "source": "worker"}
        status, case, _headers = await service.call("POST", f"/cases/{number}/statutory", operator, json=asked)
        assert status == 201, case
        (watched,) = case["statutory"]
        assert (watched["lapses_on"], watched["provisional"]) == (a_year_later, True)
        assert "年的放假安排尚未公布" in (await visitor.get(f"/cases/{number}"))[1]
        await run_round(database, policy(), now=clock.now())
        await look_at(visitor, *PLAIN, f"/cases/{number}", f"/cases/{number}/sheet")
        assert (await desk.get("/intake"))[0] == 200


async def test_ahead_over_a_weekend_and_back_nothing_is_sent_twice_and_what_began_there_ends_here(
    clock: FakedClock, database: Database
) -> None:
    friday, monday = shanghai("2026-11-13T16:00"), shanghai("2026-11-16T10:00")
    clock.set(friday)
    async with serving(clock, database) as service, Visitor(service) as visitor, Visitor(service) as early:
        await service.person("lead1", Role.LEAD, MEDIATION, password=True)
        operator = await service.person("operator1", Role.OPERATOR)
        async with database.transaction() as session:
            work = make_work(session, await make_actor(session), now=shanghai("2026-11-10T10:00").astimezone(UTC))
            due = {(await make_case(work)).case.resolve_by for _ in range(3)}
        assert due == {shanghai("2026-11-13T17:30")}
        assert await letters(database) == 0
        clock.set(monday)
        await _sent(database, 3)
        assert (await early.sign_in("lead1"))[0] == 303
        number = (await take_call(service, operator))["number"]
        for n in range(5):
            assert (await visitor.sign_in("lead1", f"错的密码 {n}"))[0] == 422
        assert (await visitor.sign_in("lead1"))[0] == 429
        clock.set(friday + 5 * MINUTE)
        assert (await early.get("/me"))[0] == 303, "a session of Monday would live until Tuesday"
        assert (await visitor.sign_in("lead1"))[0] == 303, "and an account be shut until Monday"
        await look_at(visitor, "/reminders", "/letters", "/desks/queue", f"/cases/{number}")
        assert await round_by_hand(clock) == 0
        clock.set(monday + 5 * MINUTE)
        assert await round_by_hand(clock) == 0
    assert await letters(database) == 3
    assert await told_twice(database) == []
