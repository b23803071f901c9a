"""The trail: only ever added to, read by key, without what somebody said."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.privacy.models import TrailEntry
from hotline.privacy.trail import TrailFilters, TrailKey, find_trail, record
from tests.factories import NOON, make_actor

MINUTE = timedelta(minutes=1)
_numbers = itertools.count()


async def write(session: AsyncSession, act: str = "case.read", **more: Any) -> None:
    values = {"actor_id": None, "actor": "hotline", "at": NOON, "address": "::1", "request_id": "r", **more}
    await record(session, act=act, **values)
    await session.flush()


async def read(session: AsyncSession, after: TrailKey | None = None, size: int = 50, **filters: Any) -> list[str]:
    page = await find_trail(session, filters=TrailFilters(**filters), after=after, size=size)
    return [entry.act for entry in page.entries]


@pytest.mark.parametrize(
    "change",
    [
        "update trail set actor = 'nobody'",
        "update trail set actor = 'nobody' where false",
        "delete from trail",
        "delete from trail where false",
        "truncate trail",
        "truncate trail cascade",
    ],
)
async def test_the_database_refuses_to_change_the_trail(database_url: str, change: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "insert into trail (at, actor, act, subject, details, address, request_id) "
        "values (now(), 'wang.li', 'case.read', '', '{}', '', '')"
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only ever added to"):
        await connection.execute(change)
    assert await connection.fetchval("select array_agg(actor) from trail") == ["wang.li"]
    await connection.close()


async def test_an_entry_says_who_did_what_when_from_where_and_why(session: AsyncSession) -> None:
    await write(
        session,
        "case.reveal",
        actor_id=7,
        actor="wang.li",
        case_id=12,
        subject="2026-000012",
        reason="回拨",
        details={"fields": ["caller_number"], "count": 1, "confidential": True, "empty": "", "none": None},
    )
    entry = (await session.scalars(select(TrailEntry).execution_options(populate_existing=True))).one()
    assert (entry.act, entry.actor_id, entry.actor, entry.case_id) == ("case.reveal", 7, "wang.li", 12)
    assert (entry.at, entry.address, entry.request_id) == (NOON, "::1", "r")
    assert (entry.subject, entry.reason) == ("2026-000012", "回拨")
    assert entry.details == {"fields": ["caller_number"], "count": 1, "confidential": True, "empty": "", "none": None}


@pytest.mark.parametrize(
    "value", ["13800138000", "王丽", "a b", "x" * 65, {"name": "x"}, ["ok", "0411-83612351"], 1.5, b"x", "a\n"]
)
async def test_values_never_reach_the_trail(session: AsyncSession, value: Any) -> None:
    with pytest.raises(ValueError, match="codes and counts"):
        await write(session, details={"field": value})
    assert await read(session) == []


async def test_a_number_in_a_reason_is_masked(session: AsyncSession) -> None:
    await write(session, reason="给 138-0013-8000 回电话")
    entry = (await session.scalars(select(TrailEntry))).one()
    assert entry.reason is not None
    assert "0013" not in entry.reason
    assert "回电话" in entry.reason


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(max_size=700), st.text(max_size=200), st.text(max_size=100))
async def test_no_text_makes_an_entry_fail(session: AsyncSession, reason: str, subject: str, other: str) -> None:
    await write(session, reason=reason, subject=subject, actor=other, address=other, request_id=other)
    assert await read(session)


async def test_a_long_reason_is_kept_to_five_hundred_characters(session: AsyncSession) -> None:
    await write(session, reason="因" * 700)
    assert (await session.scalars(select(TrailEntry.reason))).one() == "因" * 500


async def test_the_auditor_finds_by_person_act_case_and_time(session: AsyncSession) -> None:
    actor = await make_actor(session, login="wang.li")
    await write(session, "one", actor_id=actor.account_id, actor="wang.li")
    await write(session, "two", case_id=12, subject="2026-12", at=NOON + MINUTE)
    await write(session, "three", actor_id=actor.account_id, actor="wang.li", case_id=12, at=NOON + 2 * MINUTE)
    assert await read(session) == ["three", "two", "one"]
    assert await read(session, actor="wang.li") == ["three", "one"]
    assert await read(session, actor="hotline") == ["two"]
    assert await read(session, actor="nobody") == []
    assert await read(session, act="two") == ["two"]
    assert await read(session, case_id=12) == ["three", "two"]
    assert await read(session, subject="2026-12") == ["two"]
    assert await read(session, since=NOON + MINUTE) == ["three", "two"]
    assert await read(session, until=NOON + MINUTE) == ["one"]
    assert await read(session, actor="wang.li", case_id=12, since=NOON, until=NOON + 2 * MINUTE) == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(minutes=st.lists(st.integers(0, 4), max_size=12), size=st.integers(1, 5))
async def test_pages_hold_every_entry_once_newest_first(session: AsyncSession, minutes: list[int], size: int) -> None:
    act = f"act-{next(_numbers)}"
    for minute in minutes:
        await write(session, act, at=NOON + minute * MINUTE)
    found: list[TrailEntry] = []
    after = None
    while True:
        page = await find_trail(session, filters=TrailFilters(act=act), after=after, size=size)
        assert len(page.entries) <= size
        found += page.entries
        after = page.next
        if after is None:
            break
    assert len({entry.id for entry in found}) == len(minutes)
    assert [(entry.at, entry.id) for entry in found] == sorted(((one.at, one.id) for one in found), reverse=True)
