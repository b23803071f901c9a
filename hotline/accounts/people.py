"""Accounts: made and given a role by the security officer, disabled and renamed by the administrator.

Nobody decides about the own account, and the last administrator and the last security officer stay.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from hotline.accounts import key_queries, queries
from hotline.accounts.acts import Act
from hotline.accounts.asking import Asking, demand_right, find_account, is_own, no_account, write_down
from hotline.accounts.codes import CodeMade, Purpose, make_code
from hotline.accounts.logins import is_login, login_mistakes, login_taken, name_mistakes, plain_login
from hotline.accounts.models import Account
from hotline.accounts.passwords import hash_password, weaknesses
from hotline.accounts.permissions import Permission
from hotline.accounts.roles import IN_A_DEPARTMENT, ROLE_LABELS, Role
from hotline.errors import Conflict, Invalid, Mistake, NotAllowed
from hotline.i18n import mark

PAGE: Final = 50
_NEVER_WITHOUT: Final = frozenset({Role.ADMINISTRATOR, Role.SECURITY_OFFICER})


class State(StrEnum):
    """How an account stands."""

    ACTIVE = "active"
    WAITING = "waiting"
    """No password yet: a person who was invited, or a machine that comes with a token."""
    DISABLED = "disabled"


STATE_LABELS: Final = {
    State.ACTIVE: mark("Active"),
    State.WAITING: mark("Without password"),
    State.DISABLED: mark("Disabled"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """An account as lists show it; `last_seen_at` is the last sign of life on a page or in the trail."""

    id: int
    login: str
    name: str
    role: Role
    department: str | None
    language: str
    state: State
    must_change_password: bool
    created_at: datetime
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class People:
    """A page of accounts by login, and where the next one begins (None: this is the last)."""

    people: tuple[Person, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Added:
    """A new account; `code` lets its owner choose a password, None for a machine or where a password was given."""

    account_id: int
    login: str
    code: CodeMade | None


async def list_accounts(work: Asking, *, after: str = "", size: int = PAGE) -> People:
    """One page of all accounts, by login, those behind the login `after`."""
    demand_right(work, Permission.ACCOUNTS_READ)
    rows = await queries.accounts_listed(work.session, after=after if is_login(after) else "", size=size + 1)
    people = tuple(_person(row) for row in rows[:size])
    return People(people, people[-1].login if len(rows) > size else None)


async def get_person(work: Asking, login: str) -> Person:
    """The account of this login as lists show it. Raises `NotFound`."""
    demand_right(work, Permission.ACCOUNTS_READ)
    rows = await queries.accounts_listed(work.session, after="", size=1, login=login) if is_login(login) else ()
    if not rows:
        raise no_account(login)
    return _person(rows[0])


def _person(row: Any) -> Person:
    state = State.ACTIVE if row.has_password else State.WAITING
    return Person(
        id=row.id,
        login=row.login,
        name=row.name,
        role=row.role,
        department=row.department,
        language=row.language,
        state=State.DISABLED if row.disabled_at is not None else state,
        must_change_password=row.must_change_password,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
    )


async def add_account(
    work: Asking,
    *,
    login: str,
    name: str,
    role: Role,
    department: str | None = None,
    departments: Container[str],
    machine: bool = False,
    password: str | None = None,
) -> Added:
    """Make an account with a role, and a code by which its owner chooses the password within a day.

    `departments` knows the codes there are. A `machine` gets no code: it comes with a token. A `password` is given at
    the machine itself only, to be changed at once: nobody chooses one for another person. Raises `Invalid`.
    """
    demand_right(work, Permission.ROLES_GIVE)
    if password is not None and work.actor is not None:
        raise NotAllowed(mark("Everybody chooses the own password. Hand over the one-time code instead."))
    login = plain_login(login)
    mistakes = (*login_mistakes(login), *name_mistakes(name), *_department_mistakes(role, department, departments))
    if mistakes := (*mistakes, *(() if password is None else weaknesses(password, login=login))):
        raise Invalid(*mistakes)
    account_id = await queries.put_account(
        work.session,
        login=login,
        name=name.strip(),
        role=role,
        department=department,
        password_hash=None if password is None else await hash_password(password),
        must_change_password=password is not None,
        created_at=work.now,
    )
    if account_id is None:
        raise Invalid(login_taken(login))
    await write_down(work, Act.ACCOUNT_ADD, subject=login, details={"role": role.value, "machine": machine})
    if machine or password is not None:
        return Added(account_id, login, None)
    code = await make_code(work.session, Purpose.INVITE, account_id=account_id, now=work.now)
    return Added(account_id, login, code)


def _department_mistakes(role: Role, department: str | None, departments: Container[str]) -> tuple[Mistake, ...]:
    if role not in IN_A_DEPARTMENT:
        if department is None:
            return ()
        return (Mistake("department", mark("This role belongs to no department; please leave it empty.")),)
    if department is None:
        return (Mistake("department", mark("Please choose the department this person works in.")),)
    if department not in departments:
        return (Mistake("department", mark("There is no such department. Please choose one of the list.")),)
    return ()


async def give_role(
    work: Asking, login: str, *, role: Role, department: str | None = None, departments: Container[str]
) -> None:
    """Give somebody else another role; sessions and tokens made under the old one end.

    Raises `Invalid`, `NotFound`, `NotAllowed` for one's own account, `Conflict` for the last of a ruling role.
    """
    demand_right(work, Permission.ROLES_GIVE)
    if mistakes := _department_mistakes(role, department, departments):
        raise Invalid(*mistakes)
    await queries.one_at_a_time(work.session)
    account = await find_account(work, login, lock=True)
    if is_own(work, account.id):
        raise NotAllowed(mark("Nobody changes the own role. Ask another security officer."))
    if (account.role, account.department) == (role, department):
        return
    if account.role is not role:
        await _keep_the_last(work, account)
    before = account.role
    account.role, account.department = role, department
    await work.session.flush()
    await _end_keys(work, account)
    await write_down(work, Act.ROLE_GIVE, subject=login, details={"before": before.value, "after": role.value})


async def disable_account(work: Asking, login: str) -> None:
    """Let an account in no more: its sessions, tokens and codes end; what it wrote stays.

    Raises `NotFound`, `NotAllowed` for one's own account, `Conflict` for the last of a ruling role.
    """
    demand_right(work, Permission.ACCOUNTS_MANAGE)
    await queries.one_at_a_time(work.session)
    account = await find_account(work, login, lock=True)
    if is_own(work, account.id):
        raise NotAllowed(mark("Nobody disables the own account. Ask another administrator."))
    if account.disabled_at is not None:
        return
    await _keep_the_last(work, account)
    account.disabled_at = work.now
    await work.session.flush()
    await _end_keys(work, account)
    await write_down(work, Act.ACCOUNT_DISABLE, subject=login)


async def enable_account(work: Asking, login: str) -> None:
    """Let an account in again, with the password it had. Raises `NotFound`."""
    demand_right(work, Permission.ACCOUNTS_MANAGE)
    account = await find_account(work, login, lock=True)
    if account.disabled_at is None:
        return
    account.disabled_at = None
    await work.session.flush()
    await write_down(work, Act.ACCOUNT_ENABLE, subject=login)


async def rename_account(work: Asking, login: str, *, name: str) -> None:
    """Change the name an account is shown under. Raises `NotFound` or `Invalid`."""
    demand_right(work, Permission.ACCOUNTS_MANAGE)
    if mistakes := name_mistakes(name):
        raise Invalid(*mistakes)
    account = await find_account(work, login, lock=True)
    account.name = name.strip()
    await work.session.flush()
    await write_down(work, Act.ACCOUNT_RENAME, subject=login)


async def sign_out_everywhere(work: Asking, login: str) -> int:
    """End every session of an account; how many there were. Raises `NotFound`."""
    demand_right(work, Permission.ACCOUNTS_MANAGE)
    account = await find_account(work, login)
    ended = await key_queries.drop_sessions(work.session, account.id)
    await write_down(work, Act.SESSION_END, subject=login, details={"ended": ended})
    return ended


async def _keep_the_last(work: Asking, account: Account) -> None:
    if account.role not in _NEVER_WITHOUT or account.disabled_at is not None:
        return
    if await queries.enabled_with_role(work.session, account.role) <= {account.id}:
        raise Conflict(
            mark("{name} is the last one with the role “{role}”. Give it to somebody else first."),
            name=account.name,
            role=ROLE_LABELS[account.role],
        )


async def _end_keys(work: Asking, account: Account) -> None:
    await key_queries.drop_sessions(work.session, account.id)
    await key_queries.revoke_tokens(work.session, account.id, now=work.now)
    await key_queries.drop_codes(work.session, purposes=[Purpose.INVITE, Purpose.RESET], account_id=account.id)
