"""Tokens: what a machine may do with one, and who makes one for whom."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.asking import AtTheMachine
from hotline.accounts.models import ApiToken
from hotline.accounts.permissions import Actor, Permission, may
from hotline.accounts.roles import Role
from hotline.accounts.tokens import actor_of_token, create_token, end_token, list_tokens, make_token, scopes_for
from hotline.errors import Conflict, Invalid, NotAllowed, NotFound
from hotline.privacy.models import TrailEntry
from hotline.work import Work
from tests.accounts.conftest import MakeAccount
from tests.factories import NOON, make_actor, make_work

DAY = timedelta(days=1)


def below(code: str) -> frozenset[str]:
    return frozenset({code})


async def somebody(session: AsyncSession, role: Role = Role.OPERATOR) -> Work:
    return make_work(session, await make_actor(session, role))


async def who(session: AsyncSession, token: str, **more: Any) -> Actor | None:
    return await actor_of_token(session, token, **{"now": NOON, "below": below, **more})


async def test_a_token_may_do_what_its_account_may(session: AsyncSession) -> None:
    work = await somebody(session)
    made = await make_token(work, name="接口")
    actor = await who(session, made.token)
    assert actor is not None
    assert actor == work.actor
    assert made.token.startswith("hl_")
    assert len(made.token) == 46


async def test_a_telephone_system_may_log_calls_and_read_no_case(session: AsyncSession) -> None:
    work = await somebody(session)
    actor = await who(session, (await make_token(work, name="PBX", scopes=["call.take"])).token)
    assert actor is not None
    assert {permission for permission in Permission if may(actor, permission)} == {
        Permission.CALL_TAKE,
        Permission.SELF,
    }


async def test_only_the_hash_of_a_token_is_kept_and_nothing_shows_it_again(session: AsyncSession) -> None:
    work = await somebody(session)
    made = await make_token(work, name="接口")
    kept = (await session.execute(select(ApiToken.__table__))).one()
    assert kept.token_hash == hashlib.sha256(made.token.encode()).digest()
    await session.flush()
    trail = (await session.scalars(select(TrailEntry))).all()
    assert len(trail) == 1
    shown = repr((tuple(kept), await list_tokens(work), [(one.act, one.subject, one.details) for one in trail]))
    assert made.token not in shown
    assert made.token.removeprefix("hl_") not in shown


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, lambda t: t[3:], lambda t: t + " ", lambda _: "hl_", lambda _: ""]
)
async def test_a_token_opens_only_exactly_as_it_is(session: AsyncSession, change: Any) -> None:
    made = await make_token(await somebody(session), name="接口")
    assert await who(session, change(made.token)) is None
    assert await who(session, made.token) is not None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(max_size=60) | st.from_regex(r"\Ahl_[A-Za-z0-9_-]{43}\Z"))
async def test_no_other_token_opens_anything(session: AsyncSession, token: str) -> None:
    assert await who(session, token) is None


async def test_a_token_ends_on_its_day_when_revoked_and_with_its_account(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    account = await with_password(session)
    at_the_machine = AtTheMachine(session, NOON)
    made = await make_token(at_the_machine, name="接口", login=account.login, expires_at=NOON + DAY)
    assert await who(session, made.token, now=NOON + DAY) is None
    assert await who(session, made.token) is not None
    account.disabled_at = NOON
    await session.flush()
    assert await who(session, made.token) is None
    account.disabled_at = None
    await session.flush()
    await end_token(at_the_machine, made.id)
    assert await who(session, made.token) is None
    assert await list_tokens(at_the_machine, login=account.login) == []


async def test_every_mistake_of_a_token_is_named_at_once(session: AsyncSession) -> None:
    with pytest.raises(Invalid) as refused:
        await make_token(await somebody(session), name=" ", scopes=["trail.read", "nonsense"], expires_at=NOON)
    assert [mistake.field for mistake in refused.value.mistakes] == ["name", "scopes", "expires_at"]
    assert "nonsense, trail.read" in str(refused.value.mistakes[1])
    with pytest.raises(Invalid):
        await make_token(await somebody(session), name="nothing", scopes=[])


@pytest.mark.parametrize("role", Role)
async def test_a_token_can_be_given_every_right_of_its_account_and_no_other(session: AsyncSession, role: Role) -> None:
    work = make_work(
        session, await make_actor(session, role, department="city-legal" if role in {"staff", "lead"} else None)
    )
    possible = scopes_for(role)
    own = {one for one in Permission if may(work.actor, one)} - {Permission.SELF, Permission.EVERYBODY}
    assert set(possible) == own
    made = await make_token(work, name="all", scopes=[one.value for one in possible])
    actor = await who(session, made.token)
    assert actor is not None
    assert {one for one in Permission if may(actor, one)} - {Permission.SELF} == own


async def test_an_administrator_makes_tokens_of_machines_and_names_what_they_may_do(session: AsyncSession) -> None:
    work = await somebody(session, Role.ADMINISTRATOR)
    machine = await make_actor(session, login="pbx")
    made = await make_token(work, name="PBX", login="pbx", scopes=["call.take"])
    actor = await who(session, made.token)
    assert actor is not None
    assert actor.account_id == machine.account_id
    with pytest.raises(Invalid):
        await make_token(work, name="PBX", login="pbx")


@pytest.mark.parametrize(
    "scope", sorted({one.value for one in scopes_for(Role.SUPERVISOR)} - {"call.take", "policy.read"})
)
async def test_an_administrator_reads_no_case_through_a_token_for_a_machine_or_an_invited_person(
    session: AsyncSession, scope: str
) -> None:
    work = await somebody(session, Role.ADMINISTRATOR)
    await make_actor(session, Role.SUPERVISOR, login="invited")
    with pytest.raises(Invalid) as refused:
        await make_token(work, name="PBX", login="invited", scopes=["call.take", scope])
    assert [mistake.field for mistake in refused.value.mistakes] == ["scopes"]
    assert await list_tokens(work, login="invited") == []
    await make_token(AtTheMachine(session, NOON), name="statistics", login="invited", scopes=[scope])


async def test_an_administrator_cannot_become_somebody_by_a_token(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    work = await somebody(session, Role.ADMINISTRATOR)
    await with_password(session, role=Role.SUPERVISOR)
    officer = await make_actor(session, Role.SECURITY_OFFICER)
    for login, scope in (("wang.li", "case.read"), (officer.login, "roles.give")):
        with pytest.raises(NotAllowed):
            await make_token(work, name="mine", login=login, scopes=[scope])


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.STAFF, Role.LEAD}))
async def test_nobody_else_makes_or_ends_tokens_for_others(session: AsyncSession, role: Role) -> None:
    work, other = await somebody(session, role), await somebody(session)
    made = await make_token(other, name="接口")
    with pytest.raises(NotAllowed):
        await make_token(work, name="x", login=other.actor.login, scopes=["call.take"])
    with pytest.raises(NotFound):
        await end_token(work, made.id)
    assert await who(session, made.token) is not None


async def test_a_token_makes_no_tokens(session: AsyncSession) -> None:
    work = await somebody(session)
    actor = await who(session, (await make_token(work, name="PBX", scopes=["call.take"])).token)
    assert actor is not None
    with pytest.raises(NotAllowed):
        await make_token(make_work(session, actor), name="more")


@pytest.mark.parametrize("token_id", [0, -1, 12351, 2**63, 10**30])
async def test_ending_a_token_that_is_not_there_says_so(session: AsyncSession, token_id: int) -> None:
    with pytest.raises(NotFound):
        await end_token(await somebody(session), token_id)


async def test_the_command_line_makes_a_token_for_anybody_who_is_not_disabled(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    account = await with_password(session, role=Role.AUDITOR)
    token = await create_token(session, account_id=account.id, name="cli", now=NOON)
    assert await who(session, token) is not None
    await session.flush()
    entry = (await session.scalars(select(TrailEntry))).one()
    assert (entry.actor, entry.actor_id, entry.act, entry.subject) == ("hotline", None, "token.make", "wang.li")
    account.disabled_at = NOON
    await session.flush()
    with pytest.raises(Conflict):
        await create_token(session, account_id=account.id, name="cli", now=NOON)
    with pytest.raises(NotFound):
        await create_token(session, account_id=0, name="cli", now=NOON)
