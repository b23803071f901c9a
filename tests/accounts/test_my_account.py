"""The own account: password, language, sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.asking import AtTheMachine
from hotline.accounts.attempts import PER_ACCOUNT, WINDOW
from hotline.accounts.models import Account
from hotline.accounts.my_account import (
    change_password,
    choose_language,
    confirm_password,
    end_other_sessions,
    end_session,
    sign_out,
)
from hotline.accounts.roles import Role
from hotline.accounts.sessions import Begun, actor_of, begin_session, session_lives
from hotline.accounts.sign_in import Refused, SignedIn, sign_in
from hotline.errors import Conflict, Invalid, NotAllowed, NotFound
from hotline.privacy.models import TrailEntry
from hotline.work import Work
from tests.accounts.conftest import PASSWORD, MakeAccount
from tests.factories import NOON, make_actor, make_work

NEW = "河边的风筝断了线以后"


def below(code: str) -> frozenset[str]:
    return frozenset({code})


async def signed_in(session: AsyncSession, account: Account) -> tuple[Work, Begun]:
    begun = await begin_session(session, account.id, address="::1", browser="Firefox", now=NOON)
    actor = await actor_of(session, begun.token, now=NOON, below=below)
    assert actor is not None
    return make_work(session, actor), begun


async def lives(session: AsyncSession, *begun: Begun) -> list[bool]:
    return [await session_lives(session, one.token, now=NOON) for one in begun]


async def test_a_new_password_ends_every_session_and_begins_a_new_one(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    account = await with_password(session, must_change_password=True)
    _, elsewhere = await signed_in(session, account)
    work, here = await signed_in(session, account)
    fresh = await change_password(work, current=PASSWORD, password=NEW, browser="Firefox")
    assert await lives(session, elsewhere, here, fresh) == [False, False, True]
    assert fresh.token != here.token
    actor = await actor_of(session, fresh.token, now=NOON, below=below)
    assert actor is not None
    assert actor.scopes is None, "who had to change the password may work again"
    values: dict[str, Any] = {"login": "wang.li", "address": "", "browser": "", "now": NOON}
    assert isinstance(await sign_in(session, password=PASSWORD, **values), Refused)
    assert isinstance(await sign_in(session, password=NEW, **values), SignedIn)


async def test_every_mistake_of_a_new_password_is_named_at_once(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    work, here = await signed_in(session, await with_password(session))
    with pytest.raises(Invalid) as refused:
        await change_password(work, current="错", password="wang.li1", browser="")
    assert [mistake.field for mistake in refused.value.mistakes] == ["current", "password"]
    with pytest.raises(Invalid) as refused:
        await change_password(work, current=PASSWORD, password=PASSWORD, browser="")
    assert [mistake.field for mistake in refused.value.mistakes] == ["password"]
    assert await lives(session, here) == [True]


async def test_who_finds_an_unlocked_screen_gets_five_guesses(
    session: AsyncSession, with_password: MakeAccount, checks: list[str]
) -> None:
    work, _ = await signed_in(session, await with_password(session))
    for number in range(PER_ACCOUNT):
        with pytest.raises(Invalid):
            await change_password(work, current=f"猜 {number}", password=NEW, browser="")
    with pytest.raises(Conflict) as refused:
        await change_password(work, current=PASSWORD, password=NEW, browser="")
    assert refused.value.params == {"at": NOON + WINDOW}
    assert len(checks) == PER_ACCOUNT
    later = replace(work, now=NOON + WINDOW)
    assert await change_password(later, current=PASSWORD, password=NEW, browser="")


async def test_a_password_confirms_who_is_at_the_screen(session: AsyncSession, with_password: MakeAccount) -> None:
    work, here = await signed_in(session, await with_password(session))
    with pytest.raises(Invalid):
        await confirm_password(work, current=NEW)
    await confirm_password(work, current=PASSWORD)
    assert await lives(session, here) == [True]


async def test_the_machine_itself_has_no_password_to_change(session: AsyncSession) -> None:
    machine = AtTheMachine(session, NOON)
    with pytest.raises(NotAllowed):
        await change_password(machine, current="", password=NEW, browser="")
    with pytest.raises(NotAllowed):
        await sign_out(machine)


async def test_signing_out_ends_this_session_alone(session: AsyncSession, with_password: MakeAccount) -> None:
    account = await with_password(session)
    _, elsewhere = await signed_in(session, account)
    work, here = await signed_in(session, account)
    await sign_out(work)
    assert await lives(session, elsewhere, here) == [True, False]


async def test_a_person_ends_the_other_sessions(session: AsyncSession, with_password: MakeAccount) -> None:
    account = await with_password(session)
    others = [(await signed_in(session, account))[1] for _ in range(3)]
    work, here = await signed_in(session, account)
    await end_session(work, others[0].public_id)
    assert await lives(session, *others, here) == [False, True, True, True]
    assert await end_other_sessions(work) == 2
    assert await lives(session, *others, here) == [False, False, False, True]


async def test_a_session_of_somebody_else_is_not_to_be_found(session: AsyncSession, with_password: MakeAccount) -> None:
    _, other = await signed_in(session, await with_password(session))
    work = make_work(session, await make_actor(session, Role.SUPERVISOR))
    admin = make_work(session, await make_actor(session, Role.ADMINISTRATOR))
    for session_id in (other.public_id, other.token, "", "\0", "\ud800", "x" * 4000):
        with pytest.raises(NotFound):
            await end_session(work, session_id)
    assert await lives(session, other) == [True]
    await end_session(admin, other.public_id)
    assert await lives(session, other) == [False]


async def test_what_concerns_the_own_account_leaves_a_trace(session: AsyncSession, with_password: MakeAccount) -> None:
    work, _ = await signed_in(session, await with_password(session))
    await end_other_sessions(work)
    await change_password(work, current=PASSWORD, password=NEW, browser="")
    await session.flush()
    trail = (await session.scalars(select(TrailEntry).order_by(TrailEntry.id))).all()
    assert [one.act for one in trail] == ["session.end", "password.change"]
    assert {one.actor for one in trail} == {"wang.li"}


async def test_a_language_is_kept_and_only_those_there_are(session: AsyncSession, with_password: MakeAccount) -> None:
    account = await with_password(session)
    work, here = await signed_in(session, account)
    await choose_language(work, "en")
    actor = await actor_of(session, here.token, now=NOON, below=below)
    assert actor is not None
    assert actor.language == "en"
    with pytest.raises(Invalid):
        await choose_language(work, "tlh")
