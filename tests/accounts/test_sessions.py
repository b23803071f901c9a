"""Signed-in browsers: how long they last and what ends them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import SignInSession
from hotline.accounts.permissions import Actor, Permission, may
from hotline.accounts.roles import Role
from hotline.accounts.sessions import (
    IDLE,
    LIFE,
    Begun,
    actor_of,
    begin_session,
    places_of,
    prune_sessions,
    session_lives,
)
from hotline.storage.database import Database
from tests.accounts.conftest import MakeAccount
from tests.factories import NOON

MINUTE = timedelta(minutes=1)


def below(code: str) -> frozenset[str]:
    return frozenset({code, f"{code}-below"})


async def begin(session: AsyncSession, account_id: int, **more: Any) -> Begun:
    return await begin_session(session, account_id, **{"address": "::1", "browser": "Firefox", "now": NOON, **more})


async def who(session: AsyncSession, token: str, minutes: float, *, touch: bool = True) -> Actor | None:
    return await actor_of(session, token, now=NOON + minutes * MINUTE, below=below, touch=touch)


async def seen_at(session: AsyncSession) -> list[float]:
    found = await session.scalars(select(SignInSession.seen_at).execution_options(populate_existing=True))
    return [(at - NOON) / MINUTE for at in found]


async def test_a_session_knows_the_person_and_the_departments_below(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    account = await with_password(session, role=Role.LEAD, department="legal")
    begun = await begin(session, account.id)
    actor = await who(session, begun.token, 1)
    assert actor == Actor(
        account_id=account.id,
        login="wang.li",
        name="王丽",
        role=Role.LEAD,
        department="legal",
        departments=frozenset({"legal", "legal-below"}),
        session_id=begun.public_id,
    )


async def test_half_an_hour_without_a_request_ends_a_session(session: AsyncSession, with_password: MakeAccount) -> None:
    begun = await begin(session, (await with_password(session)).id)
    assert await who(session, begun.token, 29) is not None
    assert await who(session, begun.token, 29 + 29) is not None
    assert await who(session, begun.token, 58 + 30) is None
    assert await who(session, begun.token, 59) is not None, "looking at a session that had ended did not bring it back"


async def test_twelve_hours_end_a_session_in_any_case(session: AsyncSession, with_password: MakeAccount) -> None:
    begun = await begin(session, (await with_password(session)).id)
    for minutes in range(0, 12 * 60, 20):
        assert await who(session, begun.token, minutes) is not None
    assert await who(session, begun.token, 12 * 60) is None


async def test_a_session_begun_by_a_clock_that_ran_ahead_ends_when_the_clock_is_put_right(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    account = await with_password(session)
    ahead = await begin(session, account.id, now=NOON + LIFE)
    here = await begin(session, account.id, now=NOON + LIFE - MINUTE)
    assert await who(session, ahead.token, 0, touch=False) is None
    assert not await session_lives(session, ahead.token, now=NOON)
    assert [place.id for place in await places_of(session, account.id, now=NOON)] == [here.public_id]
    await prune_sessions(session, now=NOON)
    assert len(await seen_at(session)) == 1


async def test_when_the_clock_is_set_back_a_session_goes_on_and_was_last_seen_now(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    begun = await begin(session, (await with_password(session)).id, now=NOON + 120 * MINUTE)
    assert await who(session, begun.token, 0) is not None
    assert await seen_at(session) == [0.0]
    assert await who(session, begun.token, 30) is None, "left alone it lives no longer than any other"


async def test_looking_does_not_prolong_a_session(session: AsyncSession, with_password: MakeAccount) -> None:
    begun = await begin(session, (await with_password(session)).id)
    for minutes in (10, 20, 29):
        assert await who(session, begun.token, minutes, touch=False) is not None
        assert await session_lives(session, begun.token, now=NOON + minutes * MINUTE)
    assert await who(session, begun.token, 30) is None
    assert not await session_lives(session, begun.token, now=NOON + 30 * MINUTE)


async def test_when_a_session_was_seen_is_written_once_a_minute(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    begun = await begin(session, (await with_password(session)).id)
    written = []
    for seconds in (10, 59, 61, 90, 121, 130):
        await who(session, begun.token, seconds / 60)
        written.append(round((await seen_at(session))[0] * 60))
    assert written == [0, 0, 61, 61, 61, 130]


async def test_who_comes_is_asked_in_one_round_trip_and_once_a_minute_in_two(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    begun = await begin(session, (await with_password(session)).id)
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    for _ in range(2):  # what is asked for the first time on a connection, its types are asked for too
        await who(session, begun.token, 0.4)
    statements: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    def heard_by_the_driver(query: Any) -> None:
        statements.append(query.query)

    event.listen(connection.sync_connection, "before_cursor_execute", heard)
    asked = []
    with driver.query_logger(heard_by_the_driver):  # of what goes past the engine
        for minutes in (0.5, 5, 5.5):
            await who(session, begun.token, minutes)
            await asyncio.sleep(0)  # the driver tells a moment later
            asked.append(sorted(statement.split()[0] for statement in statements))
            statements.clear()
    event.remove(connection.sync_connection, "before_cursor_execute", heard)
    assert asked == [["SELECT"], ["SELECT", "UPDATE"], ["SELECT"]]


async def test_two_requests_at_once_do_not_wait_for_each_other(database: Database, with_password: MakeAccount) -> None:
    async with database.transaction() as session:
        begun = await begin(session, (await with_password(session)).id)
    async with database.transaction() as one, database.transaction() as other:
        assert await who(one, begun.token, 5) is not None
        assert await asyncio.wait_for(who(other, begun.token, 5), 5) is not None
    async with database.transaction() as session:
        assert await seen_at(session) == [5]


async def test_a_disabled_account_is_out_at_once(session: AsyncSession, with_password: MakeAccount) -> None:
    account = await with_password(session)
    begun = await begin(session, account.id)
    account.disabled_at = NOON
    await session.flush()
    assert await who(session, begun.token, 1) is None
    assert not await session_lives(session, begun.token, now=NOON)


async def test_who_must_change_the_password_may_do_nothing_else(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    account = await with_password(session, role=Role.SUPERVISOR, must_change_password=True)
    actor = await who(session, (await begin(session, account.id)).token, 1)
    assert actor is not None
    assert [permission for permission in Permission if may(actor, permission)] == [Permission.SELF]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(max_size=60) | st.from_regex(r"\A[A-Za-z0-9_-]{43}\Z"))
async def test_no_other_key_opens_a_session(session: AsyncSession, token: str) -> None:
    assert await actor_of(session, token, now=NOON, below=below) is None


@pytest.mark.parametrize(
    "change", [str.swapcase, str.lower, lambda key: key + "=", lambda key: " " + key, lambda _: ""]
)
async def test_a_key_opens_only_exactly_as_it_is(
    session: AsyncSession, with_password: MakeAccount, change: Any
) -> None:
    begun = await begin(session, (await with_password(session)).id)
    assert await who(session, change(begun.token), 1) is None
    assert await who(session, begun.token, 1) is not None


async def test_a_person_sees_where_the_account_is_signed_in(session: AsyncSession, with_password: MakeAccount) -> None:
    account = await with_password(session)
    await begin(session, account.id, browser="old", now=NOON - IDLE)
    first = await begin(session, account.id, browser="Fire\0fox\ud800" + "x" * 300, address="192.0.2.1")
    second = await begin(session, account.id, now=NOON + MINUTE)
    places = await places_of(session, account.id, now=NOON + MINUTE, current=first.public_id)
    assert [(place.id, place.current) for place in places] == [(second.public_id, False), (first.public_id, True)]
    assert places[1].browser.startswith("Fire?fox?x")
    assert len(places[1].browser) == 200
    assert first.token not in repr(places)


async def test_sessions_whose_time_is_over_are_dropped(session: AsyncSession, with_password: MakeAccount) -> None:
    account = await with_password(session)
    await begin(session, account.id)
    await begin(session, account.id, now=NOON + MINUTE)
    await prune_sessions(session, now=NOON + LIFE)
    assert await seen_at(session) == [1]
