"""Signing in: one answer for everything that is wrong, and few guesses for whoever guesses."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import argon2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts import passwords, queries
from hotline.accounts.attempts import IN_TOTAL, PER_ACCOUNT, PER_ADDRESS, WINDOW, prune_attempts
from hotline.accounts.models import Account, SignInBucket, SignInSession
from hotline.accounts.passwords import NOBODYS_HASH
from hotline.accounts.sessions import actor_of
from hotline.accounts.sign_in import Refused, SignedIn, sign_in
from hotline.errors import Unavailable
from hotline.privacy.models import TrailEntry
from hotline.storage.database import Database
from tests.accounts.conftest import PASSWORD, MakeAccount
from tests.factories import NOON

HOME = "192.0.2.10"
MINUTE = timedelta(minutes=1)
_numbers = itertools.count()


def below(code: str) -> frozenset[str]:
    return frozenset({code})


async def try_to_sign_in(session: AsyncSession, login: str = "wang.li", password: str = PASSWORD, **more: Any) -> Any:
    values = {"address": HOME, "browser": "Firefox", "now": NOON, **more}
    return await sign_in(session, login=login, password=password, **values)


async def count(session: AsyncSession, bucket: str, times: int) -> None:
    """As if that many had failed."""
    for _ in range(times):
        await queries.count_attempt(session, {bucket: times + 1}, now=NOON, window=WINDOW)


async def fail(session: AsyncSession, times: int, login: str = "wang.li", **more: Any) -> list[Refused]:
    return [await try_to_sign_in(session, login, f"错的密码 {n}", **more) for n in range(times)]


async def test_who_knows_the_password_gets_a_new_session(session: AsyncSession, with_password: MakeAccount) -> None:
    account = await with_password(session)
    first, second = await try_to_sign_in(session), await try_to_sign_in(session)
    assert isinstance(first, SignedIn)
    assert isinstance(second, SignedIn)
    assert first.token != second.token
    actor = await actor_of(session, first.token, now=NOON, below=below)
    assert actor is not None
    assert (actor.account_id, actor.session_id) == (account.id, first.session_id)


async def test_only_the_hash_of_a_session_is_kept(session: AsyncSession, with_password: MakeAccount) -> None:
    await with_password(session)
    signed_in = await try_to_sign_in(session)
    kept = (await session.execute(select(SignInSession.__table__))).one()
    assert kept.token_hash == hashlib.sha256(signed_in.token.encode()).digest()
    assert signed_in.token not in repr(tuple(kept))
    assert len(signed_in.token) == 43


async def test_a_login_typed_on_a_chinese_keyboard_is_understood(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    await with_password(session)
    assert isinstance(await try_to_sign_in(session, " Ｗang．LI "), SignedIn)


async def test_absent_disabled_and_wrong_look_the_same(
    session: AsyncSession, with_password: MakeAccount, checks: list[str]
) -> None:
    await with_password(session, "disabled", disabled_at=NOON)
    await with_password(session, "invited", password_hash=None)
    await with_password(session)
    tries = [
        ("wang.li", "不是这个密码"),
        ("absent", PASSWORD),
        ("disabled", PASSWORD),
        ("invited", PASSWORD),
        ("not a login\0", PASSWORD),
    ]
    answers: list[Refused | SignedIn] = []
    statements: list[int] = []
    connection = (await session.connection()).sync_connection
    assert connection is not None

    def heard(*_given: Any) -> None:
        statements[-1] += 1

    event.listen(connection, "before_cursor_execute", heard)
    for number, (login, password) in enumerate(tries):
        statements.append(0)
        answers.append(await try_to_sign_in(session, login, password, address=f"192.0.2.{number}"))
    event.remove(connection, "before_cursor_execute", heard)
    assert answers == [answers[0]] * len(tries)
    assert isinstance(answers[0], Refused)
    assert checks[1:] == [NOBODYS_HASH] * (len(tries) - 1), "each costs one check of a hash, if need be of nobody's"
    assert len(checks) == len(tries)
    assert set(statements) == {statements[0]}, "and the same number of questions to the database"
    assert statements[0] > 0


async def test_after_five_failures_even_the_right_password_waits(
    session: AsyncSession, with_password: MakeAccount, checks: list[str]
) -> None:
    await with_password(session)
    wrong = await fail(session, PER_ACCOUNT)
    assert {answer.retry_at for answer in wrong} == {None}
    shut = await try_to_sign_in(session)
    assert isinstance(shut, Refused)
    assert shut.retry_at == NOON + WINDOW
    assert len(checks) == PER_ACCOUNT, "what is shut looks at no password"
    assert isinstance(await try_to_sign_in(session, now=NOON + WINDOW), SignedIn)


async def test_a_right_password_forgets_the_failures_before_it(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    await with_password(session)
    for _ in range(3):
        await fail(session, PER_ACCOUNT - 1)
        assert isinstance(await try_to_sign_in(session), SignedIn)


async def test_an_absent_account_is_shut_like_any_other(session: AsyncSession) -> None:
    await fail(session, PER_ACCOUNT, "absent")
    assert (await try_to_sign_in(session, "absent")).retry_at == NOON + WINDOW


async def test_a_hundred_at_once_get_no_more_guesses_than_five(
    database: Database, with_password: MakeAccount, checks: list[str]
) -> None:
    async with database.transaction() as session:
        await with_password(session)
    together = asyncio.Semaphore(10)  # as many as there are connections

    async def guess(number: int) -> Any:
        async with together, database.transaction() as session:
            return await try_to_sign_in(session, password=f"猜 {number}", address=f"192.0.2.{number}")

    answers = await asyncio.gather(*(guess(number) for number in range(100)))
    assert len(checks) == PER_ACCOUNT
    assert sum(isinstance(answer, Refused) and answer.retry_at is None for answer in answers) == PER_ACCOUNT
    async with database.transaction() as session:
        written = await session.scalar(select(func.count()).where(TrailEntry.act.like("sign_in.%")))
    assert written == PER_ACCOUNT


async def test_a_shut_account_stays_shut_in_another_process(
    database: Database, database_url: str, with_password: MakeAccount
) -> None:
    async with database.transaction() as session:
        await with_password(session)
        await fail(session, PER_ACCOUNT)
    another = Database(database_url)
    async with another.transaction() as session:
        assert (await try_to_sign_in(session)).retry_at == NOON + WINDOW
    await another.close()


async def test_a_failure_is_counted_whatever_becomes_of_the_request(
    database: Database, with_password: MakeAccount
) -> None:
    async with database.transaction() as session:
        await with_password(session)
    for _ in range(PER_ACCOUNT):
        async with database.session() as session:
            assert isinstance(await try_to_sign_in(session, password="不是这个密码"), Refused)
            await session.rollback()
    async with database.transaction() as session:
        assert (await try_to_sign_in(session)).retry_at == NOON + WINDOW


async def test_an_address_that_tries_many_accounts_is_shut_and_others_are_not(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    await with_password(session)
    await count(session, "address:198.51.100.7", PER_ADDRESS - 2)
    for number in range(2):
        await fail(session, 1, f"somebody{number}", address="198.51.100.7")
    assert (await try_to_sign_in(session, address="198.51.100.7")).retry_at == NOON + WINDOW
    assert isinstance(await try_to_sign_in(session), SignedIn)


async def test_who_tries_on_at_a_shut_account_does_not_shut_the_office(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    await with_password(session)
    await with_password(session, "zhao.min")
    await fail(session, PER_ACCOUNT + 3 * PER_ADDRESS)
    assert isinstance(await try_to_sign_in(session, "zhao.min"), SignedIn)


async def test_addresses_of_one_network_of_ipv6_are_one(session: AsyncSession) -> None:
    await count(session, "address:2001:db8:1:2::/64", PER_ADDRESS - 2)
    for number in range(2):
        await fail(session, 1, f"somebody{number}", address=f"2001:db8:1:2::{number:x}")
    assert (await try_to_sign_in(session, address="2001:db8:1:2:ffff::1")).retry_at is not None
    assert (await try_to_sign_in(session, address="2001:db8:1:3::1")).retry_at is None


async def test_guessing_from_everywhere_shuts_strangers_out_and_lets_people_at_their_place_in(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    await with_password(session)
    await with_password(session, "zhao.min")
    assert isinstance(await try_to_sign_in(session), SignedIn)
    await count(session, "everybody", IN_TOTAL - 1)
    await fail(session, 1, "somebody", address="203.0.113.6")
    assert (await try_to_sign_in(session, "zhao.min")).retry_at == NOON + WINDOW
    assert (await try_to_sign_in(session, address="203.0.113.5")).retry_at == NOON + WINDOW
    assert isinstance(await try_to_sign_in(session), SignedIn)


async def test_guessing_from_outside_does_not_lock_out_who_is_at_the_usual_place(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    await with_password(session)
    assert isinstance(await try_to_sign_in(session), SignedIn)
    await fail(session, PER_ACCOUNT, address="203.0.113.5")
    assert (await try_to_sign_in(session, address="203.0.113.5")).retry_at is not None
    assert isinstance(await try_to_sign_in(session), SignedIn)
    await fail(session, PER_ACCOUNT)
    assert (await try_to_sign_in(session)).retry_at is not None, "at home, too, five are enough"


async def test_a_place_is_known_for_a_month(session: AsyncSession, with_password: MakeAccount) -> None:
    await with_password(session)
    await try_to_sign_in(session)
    for days, let_in in ((29, True), (60, False)):
        later = NOON + timedelta(days=days)
        await fail(session, PER_ACCOUNT, address="203.0.113.5", now=later)
        assert isinstance(await try_to_sign_in(session, now=later), SignedIn) is let_in


async def test_when_too_many_wait_nothing_is_counted(
    session: AsyncSession, with_password: MakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_password(session)
    with monkeypatch.context() as busy:
        busy.setattr(passwords, "LINE", passwords.HashingLine(workers=1, waiting=-1))
        for _ in range(2 * PER_ACCOUNT):
            with pytest.raises(Unavailable):
                await try_to_sign_in(session)
    assert isinstance(await try_to_sign_in(session), SignedIn)


async def test_an_account_disabled_while_its_password_is_checked_stays_outside(
    database: Database, with_password: MakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as session:
        account = await with_password(session)
    await _stays_outside(database, monkeypatch, lambda: _set(database, account.id, disabled_at=NOON))


async def test_a_password_changed_while_the_old_one_is_checked_lets_nobody_in(
    database: Database, with_password: MakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as session:
        account = await with_password(session)
    await _stays_outside(database, monkeypatch, lambda: _set(database, account.id, password_hash="another"))


async def _set(database: Database, account_id: int, **values: Any) -> None:
    async with database.transaction() as session:
        account = await session.get_one(Account, account_id)
        for name, value in values.items():
            setattr(account, name, value)


async def _stays_outside(
    database: Database, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Awaitable[None]]
) -> None:
    verify, loop = passwords._verify, asyncio.get_running_loop()

    async def happens() -> None:
        await meanwhile()

    def slowly(password: str, password_hash: str) -> bool:
        right = verify(password, password_hash)
        asyncio.run_coroutine_threadsafe(happens(), loop).result(10)
        return right

    monkeypatch.setattr(passwords, "_verify", slowly)
    async with database.transaction() as session:
        assert isinstance(await try_to_sign_in(session), Refused)
        assert await session.scalar(select(func.count(SignInSession.public_id))) == 0


async def test_a_hash_made_with_less_work_is_made_anew_at_the_next_sign_in(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    account = await with_password(session, password_hash=weak)
    assert isinstance(await try_to_sign_in(session), SignedIn)
    await session.refresh(account)
    assert account.password_hash != weak
    assert isinstance(await try_to_sign_in(session), SignedIn)


async def test_what_was_typed_as_a_login_is_kept_nowhere(session: AsyncSession) -> None:
    await try_to_sign_in(session, "my secret typed into the wrong field", "x")
    await try_to_sign_in(session, "my-secret", "x")
    trail = (await session.scalars(select(TrailEntry))).all()
    buckets = (await session.scalars(select(SignInBucket.bucket))).all()
    assert len(trail) == 2
    assert "secret" not in " ".join([*buckets, *(f"{one.actor} {one.subject} {one.details}" for one in trail)])


async def test_signing_in_and_failing_to_leave_a_trace(session: AsyncSession, with_password: MakeAccount) -> None:
    account = await with_password(session)
    await fail(session, PER_ACCOUNT - 1)
    await try_to_sign_in(session, request_id="r1")
    await fail(session, PER_ACCOUNT)
    trail = (await session.scalars(select(TrailEntry).order_by(TrailEntry.id))).all()
    failed, blocked = "sign_in.failed", "sign_in.blocked"
    assert [one.act for one in trail] == [failed] * 4 + ["sign_in"] + [failed] * 4 + [blocked]
    assert {(one.actor_id, one.actor, one.address) for one in trail} == {(account.id, "wang.li", HOME)}
    assert trail[4].request_id == "r1"


async def test_an_account_has_at_most_ten_sessions(session: AsyncSession, with_password: MakeAccount) -> None:
    await with_password(session)
    tokens = [(await try_to_sign_in(session, now=NOON + n * MINUTE)).token for n in range(12)]
    now = NOON + 12 * MINUTE
    live = [await actor_of(session, token, now=now, below=below, touch=False) is not None for token in tokens]
    assert live == [False] * 2 + [True] * 10


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(login=st.text(max_size=80), password=st.text(max_size=40), browser=st.text(max_size=300), address=st.text())
async def test_any_text_at_all_is_answered(
    session: AsyncSession, login: str, password: str, browser: str, address: str
) -> None:
    answer = await try_to_sign_in(session, login, password, browser=browser, address=address, now=NOON)
    assert isinstance(answer, Refused)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(st.integers(0, 16), min_size=1, max_size=40))
async def test_no_quarter_of_an_hour_lets_more_guesses_through_than_two_windows_that_touch(
    session: AsyncSession, steps: list[int]
) -> None:
    at, let_through, bucket = NOON, list[datetime](), f"account:{next(_numbers)}"
    for minutes in steps:
        at += minutes * MINUTE
        if await queries.count_attempt(session, {bucket: PER_ACCOUNT}, now=at, window=WINDOW):
            let_through.append(at)
    for begin in let_through:
        assert sum(begin <= at < begin + WINDOW for at in let_through) <= 2 * PER_ACCOUNT - 2
    for before, after in zip(let_through, let_through[PER_ACCOUNT:], strict=False):
        assert after - before > timedelta(0), "five at one moment are all there are"


async def test_what_a_clock_that_ran_ahead_has_shut_opens_when_the_clock_is_put_right(session: AsyncSession) -> None:
    bucket = {"account:ahead": PER_ACCOUNT}

    async def let_through(at: datetime) -> int:
        counted = [await queries.count_attempt(session, bucket, now=at, window=WINDOW) for _ in range(2 * PER_ACCOUNT)]
        return sum(map(bool, counted))

    assert await let_through(NOON + WINDOW) == PER_ACCOUNT
    assert await let_through(NOON) == 0, "a little ahead is another process, not another time"
    assert await let_through(NOON - MINUTE) == PER_ACCOUNT


async def test_counters_are_dropped_when_they_have_served_their_time(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    await with_password(session)
    await fail(session, 1)
    await try_to_sign_in(session)
    await prune_attempts(session, now=NOON + timedelta(days=1))
    kept = (await session.scalars(select(SignInBucket.bucket))).all()
    assert [name.split(":")[0] for name in kept] == ["known"]
    await prune_attempts(session, now=NOON + timedelta(days=31))
    assert (await session.scalars(select(SignInBucket.bucket))).all() == []
