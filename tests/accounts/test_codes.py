"""One-time codes: the first two accounts, and passwords nobody else learns."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.codes import (
    CodeMade,
    Purpose,
    make_code,
    make_first_codes,
    make_password_code,
    prune_codes,
    redeem_first_code,
    set_password_by_code,
)
from hotline.accounts.models import Account, OneTimeCode
from hotline.accounts.passwords import verify_password
from hotline.accounts.people import add_account
from hotline.accounts.roles import Role
from hotline.accounts.sessions import actor_of, begin_session
from hotline.accounts.tokens import actor_of_token, create_token
from hotline.errors import Conflict, Invalid, NotAllowed, NotFound
from hotline.privacy.models import TrailEntry
from hotline.storage.database import Database
from tests.accounts.conftest import PASSWORD, MakeAccount
from tests.factories import NOON, make_actor, make_work

HOUR = timedelta(hours=1)
NEW = "河边的风筝断了线以后"


def below(code: str) -> frozenset[str]:
    return frozenset({code})


async def redeem(session: AsyncSession, code: str, login: str = "first", **more: Any) -> str:
    values = {"name": "孙伟", "password": NEW, "now": NOON, **more}
    return await redeem_first_code(session, code=code, login=login, **values)


async def roles_there_are(session: AsyncSession) -> list[tuple[str, Role]]:
    found = await session.execute(select(Account.login, Account.role).order_by(Account.id))
    return [(row.login, row.role) for row in found]


async def test_an_empty_service_has_no_account_and_two_codes_for_two_people(session: AsyncSession) -> None:
    assert await roles_there_are(session) == []
    codes = await make_first_codes(session, now=NOON)
    assert set(codes) == {Role.ADMINISTRATOR, Role.SECURITY_OFFICER}
    await redeem(session, codes[Role.ADMINISTRATOR].code, "Admin.One")
    await redeem(session, codes[Role.SECURITY_OFFICER].code, "officer")
    assert await roles_there_are(session) == [("admin.one", Role.ADMINISTRATOR), ("officer", Role.SECURITY_OFFICER)]
    assert await make_first_codes(session, now=NOON) == {}


async def test_a_code_for_the_first_administrator_works_once(session: AsyncSession) -> None:
    codes = await make_first_codes(session, now=NOON)
    await redeem(session, codes[Role.ADMINISTRATOR].code)
    with pytest.raises(Invalid):
        await redeem(session, codes[Role.ADMINISTRATOR].code, "second")


async def test_a_code_for_the_first_administrator_dies_after_a_day(session: AsyncSession) -> None:
    made = (await make_first_codes(session, now=NOON))[Role.ADMINISTRATOR]
    assert made.expires_at == NOON + 24 * HOUR
    with pytest.raises(Invalid):
        await redeem(session, made.code, now=made.expires_at)
    assert await redeem(session, made.code, now=made.expires_at - timedelta(seconds=1)) == "first"


async def test_a_code_opens_nothing_once_there_is_an_administrator(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    made = (await make_first_codes(session, now=NOON))[Role.ADMINISTRATOR]
    await with_password(session, role=Role.ADMINISTRATOR, disabled_at=NOON)
    with pytest.raises(Conflict):
        await redeem(session, made.code)
    assert Role.ADMINISTRATOR not in await make_first_codes(session, now=NOON)


async def test_a_newer_code_takes_the_place_of_the_older_one(session: AsyncSession) -> None:
    older = (await make_first_codes(session, now=NOON))[Role.ADMINISTRATOR]
    newer = (await make_first_codes(session, now=NOON))[Role.ADMINISTRATOR]
    with pytest.raises(Invalid):
        await redeem(session, older.code)
    assert await redeem(session, newer.code) == "first"


async def test_of_two_with_a_good_code_at_once_one_becomes_administrator(database: Database) -> None:
    codes = []
    async with database.transaction() as session:
        for _ in range(2):
            made = await make_code(session, Purpose.FIRST_ADMINISTRATOR, account_id=None, now=NOON)
            codes.append(made.code)
        # As if two processes had made theirs at the same moment.
        session.add(
            OneTimeCode(
                code_hash=hashlib.sha256(codes[0].encode()).digest(),
                purpose="first_administrator",
                created_at=NOON,
                expires_at=NOON + HOUR,
            )
        )

    async def come(number: int) -> str:
        async with database.transaction() as session:
            return await redeem(session, codes[number // 2], f"admin{number}")

    came = await asyncio.gather(*(come(number) for number in range(4)), return_exceptions=True)
    assert sum(isinstance(one, str) for one in came) == 1
    assert {type(one) for one in came if not isinstance(one, str)} <= {Conflict, Invalid}
    async with database.transaction() as session:
        assert len(await roles_there_are(session)) == 1


async def test_every_mistake_of_the_first_account_is_named_and_the_code_stays_good(database: Database) -> None:
    async with database.transaction() as session:
        made = (await make_first_codes(session, now=NOON))[Role.ADMINISTRATOR]
    with pytest.raises(Invalid) as refused:
        async with database.transaction() as session:
            await redeem(session, made.code, "总工会", name=" ", password="12351")
    assert [mistake.field for mistake in refused.value.mistakes] == ["login", "name", "password"]
    async with database.transaction() as session:
        assert await redeem(session, made.code) == "first"


async def test_only_the_hash_of_a_code_is_kept(session: AsyncSession, with_password: MakeAccount) -> None:
    await with_password(session)
    admin = make_work(session, await make_actor(session, Role.ADMINISTRATOR))
    made = await make_password_code(admin, "wang.li")
    await session.flush()
    kept = (await session.execute(select(OneTimeCode.__table__))).one()
    trail = (await session.scalars(select(TrailEntry))).all()
    assert made.code not in repr((tuple(kept), [(one.act, one.subject, one.reason, one.details) for one in trail]))
    assert kept.code_hash == hashlib.sha256(made.code.encode()).digest()


async def reset(session: AsyncSession, account: Account, now: datetime = NOON) -> CodeMade:
    return await make_code(session, Purpose.RESET, account_id=account.id, now=now)


async def test_with_a_code_a_person_chooses_a_password_nobody_else_knows(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    account = await with_password(session, must_change_password=True)
    made = await reset(session, account)
    assert await set_password_by_code(session, code=made.code, password=NEW, now=NOON) == "wang.li"
    await session.refresh(account)
    assert await verify_password(NEW, account.password_hash)
    assert not await verify_password(PASSWORD, account.password_hash)
    assert not account.must_change_password
    with pytest.raises(Invalid):
        await set_password_by_code(session, code=made.code, password=NEW + "二", now=NOON)


async def test_a_code_for_a_forgotten_password_lasts_an_hour_and_an_invitation_a_day(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    admin = make_work(session, await make_actor(session, Role.ADMINISTRATOR))
    await with_password(session)
    await with_password(session, "invited", password_hash=None)
    for login, hours in (("wang.li", 1), ("invited", 24)):
        made = await make_password_code(admin, login)
        assert made.expires_at == NOON + hours * HOUR
        with pytest.raises(Invalid):
            await set_password_by_code(session, code=made.code, password=NEW, now=made.expires_at)


async def test_a_new_password_by_code_ends_sessions_tokens_and_other_codes(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    account = await with_password(session)
    begun = await begin_session(session, account.id, address="", browser="", now=NOON)
    token = await create_token(session, account_id=account.id, name="x", now=NOON)
    older, newer = await reset(session, account), await reset(session, account)
    with pytest.raises(Invalid):
        await set_password_by_code(session, code=older.code, password=NEW, now=NOON)
    await set_password_by_code(session, code=newer.code, password=NEW, now=NOON)
    assert await actor_of(session, begun.token, now=NOON, below=below) is None
    assert await actor_of_token(session, token, now=NOON, below=below) is None
    assert await session.scalar(select(func.count(OneTimeCode.purpose))) == 0


@pytest.mark.parametrize(
    "change",
    [
        str.swapcase,
        str.lower,
        str.upper,
        lambda _: "",
        lambda _: " ",
        lambda _: "\0",
        lambda code: code + " ",
        lambda code: " " + code,
        lambda code: code + "\0",
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", "－"),
        lambda code: code[:-1],
    ],
)
async def test_nothing_but_the_very_code_opens(session: AsyncSession, with_password: MakeAccount, change: Any) -> None:
    made = await reset(session, await with_password(session))
    with pytest.raises(Invalid) as refused:
        await set_password_by_code(session, code=change(made.code), password=NEW, now=NOON)
    assert [mistake.field for mistake in refused.value.mistakes] == ["code"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(max_size=40) | st.from_regex(r"\A[A-Za-z0-9]{6}(-[A-Za-z0-9]{6}){3}\Z"))
async def test_no_other_code_opens_even_after_one_was_used(session: AsyncSession, code: str) -> None:
    with pytest.raises(Invalid):
        await set_password_by_code(session, code=code, password=NEW, now=NOON)
    with pytest.raises(Invalid):
        await redeem(session, code)


async def test_a_code_opens_only_what_it_was_made_for(session: AsyncSession, with_password: MakeAccount) -> None:
    made = await reset(session, await with_password(session))
    with pytest.raises(Invalid):
        await redeem(session, made.code)
    first = (await make_first_codes(session, now=NOON))[Role.ADMINISTRATOR]
    with pytest.raises(Invalid):
        await set_password_by_code(session, code=first.code, password=NEW, now=NOON)


async def test_a_disabled_account_has_no_use_for_a_code(session: AsyncSession, with_password: MakeAccount) -> None:
    admin = make_work(session, await make_actor(session, Role.ADMINISTRATOR))
    account = await with_password(session)
    made = await reset(session, account)
    account.disabled_at = NOON
    await session.flush()
    with pytest.raises(Invalid):
        await set_password_by_code(session, code=made.code, password=NEW, now=NOON)
    with pytest.raises(Conflict):
        await make_password_code(admin, "wang.li")


async def test_a_refused_password_leaves_the_code_good(database: Database, with_password: MakeAccount) -> None:
    async with database.transaction() as session:
        made = await reset(session, await with_password(session))
    with pytest.raises(Invalid):
        async with database.transaction() as session:
            await set_password_by_code(session, code=made.code, password="wang.li123", now=NOON)
    async with database.transaction() as session:
        assert await set_password_by_code(session, code=made.code, password=NEW, now=NOON) == "wang.li"


async def test_of_two_with_the_same_code_at_once_one_sets_the_password(
    database: Database, with_password: MakeAccount
) -> None:
    async with database.transaction() as session:
        made = await reset(session, await with_password(session))

    async def come(number: int) -> str:
        async with database.transaction() as session:
            return await set_password_by_code(session, code=made.code, password=f"{NEW}{number}", now=NOON)

    came = await asyncio.gather(*(come(number) for number in range(3)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in came) == ["Invalid", "Invalid", "str"]


@pytest.mark.parametrize(
    ("asks", "about", "may"),
    [
        (Role.ADMINISTRATOR, Role.OPERATOR, True),
        (Role.ADMINISTRATOR, Role.ADMINISTRATOR, True),
        (Role.ADMINISTRATOR, Role.SECURITY_OFFICER, False),
        (Role.ADMINISTRATOR, Role.AUDITOR, False),
        (Role.SECURITY_OFFICER, Role.AUDITOR, True),
        (Role.SECURITY_OFFICER, Role.SECURITY_OFFICER, True),
        (Role.SECURITY_OFFICER, Role.OPERATOR, False),
        (Role.SUPERVISOR, Role.OPERATOR, False),
        (Role.AUDITOR, Role.OPERATOR, False),
    ],
)
async def test_an_administrator_starts_a_reset_but_not_of_who_oversees_him(
    session: AsyncSession, asks: Role, about: Role, *, may: bool
) -> None:
    work = make_work(session, await make_actor(session, asks))
    other = await make_actor(session, about)
    if may:
        assert (await make_password_code(work, other.login)).expires_at > NOON
    else:
        with pytest.raises(NotAllowed):
            await make_password_code(work, other.login)


async def test_nobody_resets_the_own_password(session: AsyncSession) -> None:
    work = make_work(session, await make_actor(session, Role.ADMINISTRATOR))
    with pytest.raises(NotAllowed):
        await make_password_code(work, work.actor.login)
    with pytest.raises(NotFound):
        await make_password_code(work, "nobody")


async def test_who_is_invited_signs_in_with_the_role_that_was_given(session: AsyncSession) -> None:
    officer = make_work(session, await make_actor(session, Role.SECURITY_OFFICER))
    added = await add_account(officer, login="chen.jing", name="陈静", role=Role.SUPERVISOR, departments=())
    assert added.code is not None
    assert await set_password_by_code(session, code=added.code.code, password=NEW, now=NOON) == "chen.jing"
    account = await session.get_one(Account, added.account_id)
    assert (account.role, account.password_changed_at) == (Role.SUPERVISOR, NOON)


async def test_codes_whose_time_is_over_are_dropped(session: AsyncSession, with_password: MakeAccount) -> None:
    account = await with_password(session)
    await reset(session, account)
    await prune_codes(session, now=NOON + HOUR - timedelta(seconds=1))
    assert await session.scalar(select(func.count(OneTimeCode.purpose))) == 1
    await prune_codes(session, now=NOON + HOUR)
    assert await session.scalar(select(func.count(OneTimeCode.purpose))) == 0
