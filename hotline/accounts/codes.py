"""One-time codes: they make the first administrator and security officer, and let people choose their own password.

A code opens once, for a day (an hour for a forgotten password), and only its hash is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts import key_queries, queries
from hotline.accounts.acts import Act
from hotline.accounts.asking import Asking, demand_right, find_account, is_own, write_down
from hotline.accounts.keys import code_hash, new_code
from hotline.accounts.logins import login_mistakes, login_taken, name_mistakes, plain_login
from hotline.accounts.passwords import check_password, hash_password, weaknesses
from hotline.accounts.permissions import Permission
from hotline.accounts.roles import Role
from hotline.errors import Conflict, Invalid, Mistake, NotAllowed
from hotline.i18n import mark
from hotline.privacy.trail import record


class Purpose(StrEnum):
    """What a code opens."""

    FIRST_ADMINISTRATOR = "first_administrator"
    FIRST_SECURITY_OFFICER = "first_security_officer"
    INVITE = "invite"
    RESET = "reset"


FIRST_ROLES: Final = {
    Purpose.FIRST_ADMINISTRATOR: Role.ADMINISTRATOR,
    Purpose.FIRST_SECURITY_OFFICER: Role.SECURITY_OFFICER,
}
LASTS: Final = {
    Purpose.FIRST_ADMINISTRATOR: timedelta(hours=24),
    Purpose.FIRST_SECURITY_OFFICER: timedelta(hours=24),
    Purpose.INVITE: timedelta(hours=24),
    Purpose.RESET: timedelta(hours=1),
}
_OVERSEEING: Final = frozenset({Role.SECURITY_OFFICER, Role.AUDITOR})
_WRONG_CODE: Final = mark("This code opens nothing (any more). Check every letter, or ask for a new one.")


@dataclass(frozen=True, slots=True)
class CodeMade:
    """A code, to be shown once, and until when it opens."""

    code: str
    expires_at: datetime


async def make_code(session: AsyncSession, purpose: Purpose, *, account_id: int | None, now: datetime) -> CodeMade:
    """Make a code; those made before for the same account and kind of purpose open no more."""
    kind = [purpose] if purpose in FIRST_ROLES else [Purpose.INVITE, Purpose.RESET]
    await key_queries.drop_codes(session, purposes=kind, account_id=account_id)
    made = CodeMade(new_code(), now + LASTS[purpose])
    await key_queries.put_code(
        session,
        code_hash=code_hash(made.code),
        purpose=purpose.value,
        account_id=account_id,
        created_at=now,
        expires_at=made.expires_at,
    )
    return made


async def make_first_codes(session: AsyncSession, *, now: datetime) -> dict[Role, CodeMade]:
    """A code for each role that must have somebody before others can be made, and has nobody yet; empty later on.

    Two people redeem them: who makes accounts and gives roles is not who runs the service.
    """
    return {
        role: await make_code(session, purpose, account_id=None, now=now)
        for purpose, role in FIRST_ROLES.items()
        if not await queries.any_with_role(session, role)
    }


async def redeem_first_code(
    session: AsyncSession,
    *,
    code: str,
    login: str,
    name: str,
    password: str,
    now: datetime,
    address: str = "",
    request_id: str = "",
) -> str:
    """Make the first account of the role the code stands for, and return its login.

    Raises `Invalid` with every mistake and `Conflict` when somebody was faster; the code stays good when the
    transaction is rolled back, as it is for every refusal.
    """
    login = plain_login(login)
    if mistakes := (*login_mistakes(login), *name_mistakes(name), *weaknesses(password, login=login)):
        raise Invalid(*mistakes)
    purpose, _nobody = await _use(session, code, tuple(FIRST_ROLES), now=now)
    role = FIRST_ROLES[purpose]
    await queries.one_at_a_time(session)
    if await queries.any_with_role(session, role):
        raise Conflict(mark("Somebody was faster: this account is made already. Please sign in or ask that person."))
    account_id = await queries.put_account(
        session,
        login=login,
        name=name.strip(),
        role=role,
        password_hash=await hash_password(password),
        password_changed_at=now,
        created_at=now,
    )
    if account_id is None:
        raise Invalid(login_taken(login))
    origin = {"at": now, "address": address, "request_id": request_id}
    await _write(session, Act.ACCOUNT_ADD, account_id, login, details={"role": role.value}, **origin)
    return login


async def make_password_code(work: Asking, login: str) -> CodeMade:
    """A code by which somebody else chooses a new password: the password stays unknown to who asks.

    For who gives roles and who reads the trail only a security officer may ask: an administrator who could become them
    would hold two of the three offices. Raises `NotFound`, `NotAllowed`, `Conflict` for a disabled account.
    """
    account = await find_account(work, login)
    demand_right(work, Permission.ROLES_GIVE if account.role in _OVERSEEING else Permission.ACCOUNTS_MANAGE)
    if is_own(work, account.id):
        raise NotAllowed(mark("Change your own password under “My account”."))
    if account.disabled_at is not None:
        raise Conflict(mark("This account is disabled. Enable it first."))
    purpose = Purpose.INVITE if account.password_hash is None else Purpose.RESET
    made = await make_code(work.session, purpose, account_id=account.id, now=work.now)
    await write_down(work, Act.CODE_MAKE, subject=login, details={"purpose": purpose.value})
    return made


async def set_password_by_code(
    session: AsyncSession, *, code: str, password: str, now: datetime, address: str = "", request_id: str = ""
) -> str:
    """Choose the password of the account the code was made for, and return its login.

    Whatever was open with the account ends: sessions, tokens, other codes. Raises `Invalid` with every mistake; the
    code stays good when the transaction is rolled back, as it is for every refusal.
    """
    _purpose, account_id = await _use(session, code, (Purpose.INVITE, Purpose.RESET), now=now)
    account = None if account_id is None else await queries.account_by_id(session, account_id, lock=True)
    if account is None or account.disabled_at is not None:
        raise Invalid(Mistake("code", _WRONG_CODE))
    check_password(password, login=account.login)
    account.password_hash = await hash_password(password)
    account.password_changed_at = now
    account.must_change_password = False
    await session.flush()
    await key_queries.drop_sessions(session, account.id)
    await key_queries.revoke_tokens(session, account.id, now=now)
    await key_queries.drop_codes(session, purposes=[Purpose.INVITE, Purpose.RESET], account_id=account.id)
    await _write(session, Act.PASSWORD_SET, account.id, account.login, at=now, address=address, request_id=request_id)
    return account.login


async def _write(session: AsyncSession, act: Act, account_id: int, login: str, **more: Any) -> None:
    """Write down what somebody did with a code about the own account."""
    await record(session, act=act, actor_id=account_id, actor=login, subject=login, **more)


async def _use(
    session: AsyncSession, code: str, purposes: tuple[Purpose, ...], *, now: datetime
) -> tuple[Purpose, int | None]:
    kept = code_hash(code)
    used = None if kept is None else await key_queries.use_code(session, kept, purposes=purposes, now=now)
    if used is None:
        raise Invalid(Mistake("code", _WRONG_CODE))
    purpose, account_id = used
    return Purpose(purpose), account_id


async def prune_codes(session: AsyncSession, *, now: datetime) -> None:
    """Drop the codes whose time is over."""
    await key_queries.drop_ended_codes(session, now=now)
