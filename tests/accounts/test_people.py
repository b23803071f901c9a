"""Accounts: who makes, changes and disables them, and what nobody can do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.asking import AtTheMachine
from hotline.accounts.codes import set_password_by_code
from hotline.accounts.models import Account
from hotline.accounts.people import (
    State,
    add_account,
    disable_account,
    enable_account,
    get_person,
    give_role,
    list_accounts,
    rename_account,
    sign_out_everywhere,
)
from hotline.accounts.permissions import TABLE, Permission
from hotline.accounts.roles import Role
from hotline.accounts.sessions import actor_of, begin_session, session_lives
from hotline.accounts.sign_in import SignedIn, sign_in
from hotline.accounts.tokens import actor_of_token, create_token
from hotline.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from hotline.privacy.models import TrailEntry
from hotline.storage.database import Database
from hotline.work import Work
from tests.accounts.conftest import PASSWORD, MakeAccount
from tests.factories import NOON, make_actor, make_work

DEPARTMENTS = frozenset({"city-legal", "city-mediation"})
RULING = (Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR)


async def somebody(session: AsyncSession, role: Role) -> Work:
    return make_work(session, await make_actor(session, role))


async def add(work: Any, login: str = "chen.jing", role: Role = Role.OPERATOR, **more: Any) -> Any:
    return await add_account(work, **{"login": login, "name": "陈静", "role": role, "departments": DEPARTMENTS, **more})


async def acts(session: AsyncSession) -> list[tuple[str, str]]:
    await session.flush()
    found = (await session.scalars(select(TrailEntry).order_by(TrailEntry.id))).all()
    return [(one.act, one.subject) for one in found]


def test_the_three_offices_share_no_power_and_read_no_case() -> None:
    may = {role: {permission for permission, roles in TABLE.items() if role in roles} for role in RULING}
    common = {Permission.SELF, Permission.EVERYBODY, Permission.ACCOUNTS_READ, Permission.POLICY_READ}
    for role in RULING:
        assert not {one for one in may[role] if one.value.startswith(("case.", "call.", "people.", "review."))}
        for other in set(RULING) - {role}:
            assert may[role] & may[other] <= common
    assert may[Role.AUDITOR] == {Permission.SELF, Permission.EVERYBODY, Permission.TRAIL_READ}


async def test_a_security_officer_makes_an_account_with_a_role(session: AsyncSession) -> None:
    officer = await somebody(session, Role.SECURITY_OFFICER)
    added = await add(officer, "Ｃhen.Jing ", Role.STAFF, department="city-legal")
    person = await get_person(officer, "chen.jing")
    assert (person.id, person.role, person.department) == (added.account_id, Role.STAFF, "city-legal")
    assert person.state is State.WAITING
    assert await acts(session) == [("account.add", "chen.jing")]


async def test_a_machine_gets_no_code(session: AsyncSession) -> None:
    officer = await somebody(session, Role.SECURITY_OFFICER)
    assert (await add(officer, "pbx", machine=True)).code is None
    assert (await add(officer)).code is not None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_OFFICER, Role.STAFF, Role.LEAD}))
async def test_nobody_else_makes_accounts_or_gives_roles(session: AsyncSession, role: Role) -> None:
    work, other = await somebody(session, role), await make_actor(session)
    with pytest.raises(NotAllowed):
        await add(work)
    with pytest.raises(NotAllowed):
        await give_role(work, other.login, role=Role.SUPERVISOR, departments=DEPARTMENTS)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.STAFF, Role.LEAD}))
async def test_nobody_but_an_administrator_manages_accounts(session: AsyncSession, role: Role) -> None:
    work, other = await somebody(session, role), await make_actor(session)
    for act in (
        disable_account(work, other.login),
        enable_account(work, other.login),
        rename_account(work, other.login, name="别人"),
        sign_out_everywhere(work, other.login),
    ):
        with pytest.raises(NotAllowed):
            await act
    assert await acts(session) == []


async def test_every_mistake_of_a_new_account_is_named_at_once(session: AsyncSession) -> None:
    officer = await somebody(session, Role.SECURITY_OFFICER)
    with pytest.raises(Invalid) as refused:
        await add(officer, "王 丽", Role.STAFF, name=" \0", department="nowhere")
    assert [mistake.field for mistake in refused.value.mistakes] == ["login", "name", "department"]


@pytest.mark.parametrize("login", ["", "ab", "-abc", "abc-", "a b c", "王丽王丽", "a" * 65, "a\nbc", "a_b", "abc\0d"])
async def test_a_login_is_small_latin_letters_digits_dots_and_dashes(session: AsyncSession, login: str) -> None:
    with pytest.raises(Invalid) as refused:
        await add(await somebody(session, Role.SECURITY_OFFICER), login)
    assert [mistake.field for mistake in refused.value.mistakes] == ["login"]


@pytest.mark.parametrize(
    ("role", "department"), [(Role.STAFF, None), (Role.LEAD, "nowhere"), (Role.OPERATOR, "city-legal")]
)
async def test_a_department_goes_with_roles_in_one_and_with_no_other(
    session: AsyncSession, role: Role, department: str | None
) -> None:
    officer, other = await somebody(session, Role.SECURITY_OFFICER), await make_actor(session)
    with pytest.raises(Invalid):
        await add(officer, role=role, department=department)
    with pytest.raises(Invalid):
        await give_role(officer, other.login, role=role, department=department, departments=DEPARTMENTS)


async def test_a_login_is_given_once(session: AsyncSession) -> None:
    officer = await somebody(session, Role.SECURITY_OFFICER)
    await add(officer)
    with pytest.raises(Invalid) as refused:
        await add(officer, "CHEN.jing")
    assert [mistake.field for mistake in refused.value.mistakes] == ["login"]


async def test_nobody_at_a_screen_chooses_the_password_of_another(session: AsyncSession) -> None:
    with pytest.raises(NotAllowed):
        await add(await somebody(session, Role.SECURITY_OFFICER), password="河边的风筝断了线以后")


async def test_the_machine_itself_makes_an_account_with_a_password_that_must_be_changed(session: AsyncSession) -> None:
    machine = AtTheMachine(session, NOON)
    with pytest.raises(Invalid):
        await add(machine, password="hotline2026")
    assert (await add(machine, password="河边的风筝断了线以后")).code is None
    signed_in = await sign_in(
        session, login="chen.jing", password="河边的风筝断了线以后", address="", browser="", now=NOON
    )
    assert isinstance(signed_in, SignedIn)
    assert signed_in.must_change_password


async def keys(session: AsyncSession, account_id: int) -> tuple[str, str]:
    begun = await begin_session(session, account_id, address="", browser="", now=NOON)
    return begun.token, await create_token(session, account_id=account_id, name="x", now=NOON)


async def open_keys(session: AsyncSession, both: tuple[str, str]) -> list[bool]:
    return [
        await session_lives(session, both[0], now=NOON),
        await actor_of(session, both[0], now=NOON, below=lambda code: frozenset({code})) is not None,
        await actor_of_token(session, both[1], now=NOON, below=lambda code: frozenset({code})) is not None,
    ]


async def test_a_disabled_account_is_out_everywhere_and_its_code_is_dead(session: AsyncSession) -> None:
    officer, admin = await somebody(session, Role.SECURITY_OFFICER), await somebody(session, Role.ADMINISTRATOR)
    added = await add(officer)
    both = await keys(session, added.account_id)
    assert await open_keys(session, both) == [True] * 3
    await disable_account(admin, "chen.jing")
    assert await open_keys(session, both) == [False] * 3
    await enable_account(admin, "chen.jing")
    assert await open_keys(session, both) == [False] * 3, "what was open before does not come back"
    with pytest.raises(Invalid):
        await set_password_by_code(session, code=added.code.code, password="河边的风筝断了线以后", now=NOON)


async def test_enabling_lets_the_person_in_with_the_password_as_before(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    admin = await somebody(session, Role.ADMINISTRATOR)
    await with_password(session)
    await disable_account(admin, "wang.li")
    await enable_account(admin, "wang.li")
    signed_in = await sign_in(session, login="wang.li", password=PASSWORD, address="", browser="", now=NOON)
    assert isinstance(signed_in, SignedIn)


async def test_another_role_ends_sessions_and_tokens(session: AsyncSession) -> None:
    officer, other = await somebody(session, Role.SECURITY_OFFICER), await make_actor(session)
    both = await keys(session, other.account_id)
    await give_role(officer, other.login, role=Role.OPERATOR, departments=DEPARTMENTS)
    assert await open_keys(session, both) == [True] * 3, "the same role again changes nothing"
    await give_role(officer, other.login, role=Role.LEAD, department="city-legal", departments=DEPARTMENTS)
    assert await open_keys(session, both) == [False] * 3
    person = await get_person(officer, other.login)
    assert (person.role, person.department) == (Role.LEAD, "city-legal")
    await session.flush()
    entry = (await session.scalars(select(TrailEntry).where(TrailEntry.act == "role.give"))).one()
    assert entry.details == {"before": "operator", "after": "lead"}


async def test_signing_out_everywhere_ends_sessions_and_leaves_tokens(session: AsyncSession) -> None:
    admin, other = await somebody(session, Role.ADMINISTRATOR), await make_actor(session)
    both = await keys(session, other.account_id)
    assert await sign_out_everywhere(admin, other.login) == 1
    assert await open_keys(session, both) == [False, False, True]


async def test_nobody_decides_about_the_own_account(session: AsyncSession) -> None:
    officer, admin = await somebody(session, Role.SECURITY_OFFICER), await somebody(session, Role.ADMINISTRATOR)
    await make_actor(session, Role.SECURITY_OFFICER)
    await make_actor(session, Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        await give_role(officer, officer.actor.login, role=Role.SUPERVISOR, departments=DEPARTMENTS)
    with pytest.raises(NotAllowed):
        await disable_account(admin, admin.actor.login)


async def test_the_last_security_officer_and_administrator_stay(session: AsyncSession) -> None:
    machine = AtTheMachine(session, NOON)
    officer, admin = await somebody(session, Role.SECURITY_OFFICER), await somebody(session, Role.ADMINISTRATOR)
    await make_actor(session, Role.AUDITOR, login="spare")
    for last in (officer.actor.login, admin.actor.login):
        with pytest.raises(Conflict):
            await give_role(machine, last, role=Role.AUDITOR, departments=DEPARTMENTS)
        with pytest.raises(Conflict):
            await disable_account(machine, last)
    await give_role(machine, "spare", role=Role.SECURITY_OFFICER, departments=DEPARTMENTS)
    await disable_account(machine, officer.actor.login)
    with pytest.raises(Conflict):
        await disable_account(machine, "spare")


async def test_two_security_officers_who_remove_each_other_at_once_leave_one(database: Database) -> None:
    async with database.transaction() as session:
        pair = [await make_actor(session, Role.SECURITY_OFFICER) for _ in range(2)]

    async def remove(by: int) -> None:
        async with database.transaction() as session:
            work = make_work(session, pair[by])
            await give_role(work, pair[1 - by].login, role=Role.AUDITOR, departments=DEPARTMENTS)

    came = await asyncio.gather(remove(0), remove(1), return_exceptions=True)
    assert sorted(type(one).__name__ for one in came) == ["Conflict", "NoneType"]
    async with database.transaction() as session:
        left = (await session.scalars(select(Account.role))).all()
    assert sorted(left) == [Role.AUDITOR, Role.SECURITY_OFFICER]


async def test_an_account_is_renamed_and_the_trail_does_not_keep_the_name(session: AsyncSession) -> None:
    admin, other = await somebody(session, Role.ADMINISTRATOR), await make_actor(session)
    await rename_account(admin, other.login, name=" 欧阳晓红 ")
    assert (await get_person(admin, other.login)).name == "欧阳晓红"
    await session.flush()
    entry = (await session.scalars(select(TrailEntry))).one()
    assert "欧阳" not in f"{entry.subject}{entry.details}{entry.reason}"
    with pytest.raises(Invalid):
        await rename_account(admin, other.login, name="长" * 101)


@pytest.mark.parametrize("login", ["nobody", "", "\0", "王丽", "\ud800", "x" * 5000])
async def test_an_account_that_is_not_there_is_not_found(session: AsyncSession, login: str) -> None:
    machine = AtTheMachine(session, NOON)
    for act in (
        get_person(machine, login),
        disable_account(machine, login),
        enable_account(machine, login),
        rename_account(machine, login, name="某人"),
        give_role(machine, login, role=Role.OPERATOR, departments=DEPARTMENTS),
    ):
        with pytest.raises(NotFound):
            await act


async def test_accounts_are_listed_page_by_page_and_each_once(
    session: AsyncSession, with_password: MakeAccount
) -> None:
    admin = await somebody(session, Role.ADMINISTRATOR)
    await with_password(session, "b.active")
    await with_password(session, "c.disabled", disabled_at=NOON)
    await with_password(session, "d.waiting", password_hash=None)
    seen, after = [], ""
    while True:
        page = await list_accounts(admin, after=after, size=2)
        seen += [(person.login, person.state.value) for person in page.people]
        if page.next is None:
            break
        after = page.next
    assert seen == sorted(seen)
    assert seen[1:] == [("b.active", "active"), ("c.disabled", "disabled"), ("d.waiting", "waiting")]
    assert "argon2" not in repr(page)


async def test_a_list_tells_when_somebody_was_last_seen(session: AsyncSession, with_password: MakeAccount) -> None:
    admin = await somebody(session, Role.ADMINISTRATOR)
    await with_password(session)
    assert (await get_person(admin, "wang.li")).last_seen_at is None
    await sign_in(session, login="wang.li", password=PASSWORD, address="", browser="", now=NOON)
    assert (await get_person(admin, "wang.li")).last_seen_at == NOON


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR])
async def test_who_may_not_read_accounts_is_refused(session: AsyncSession, role: Role) -> None:
    work = await somebody(session, role)
    for act in (list_accounts(work), get_person(work, work.actor.login)):
        with pytest.raises(Refusal):
            await act
