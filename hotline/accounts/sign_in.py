"""Signing in: guessing is slowed down per account, per address and in total, and absence looks like a mistake.

Who has signed in from an address within the last 30 days is counted apart from strangers: guessing from outside shuts
an account, or the whole service, to strangers, but not to people at their usual place.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts import queries
from hotline.accounts.acts import Act
from hotline.accounts.attempts import (
    IN_TOTAL,
    KNOWN,
    KNOWN_FOR,
    PER_ACCOUNT,
    PER_ADDRESS,
    TOO_MANY,
    forgive,
    try_password,
)
from hotline.accounts.logins import is_login, plain_login
from hotline.accounts.models import Account
from hotline.accounts.passwords import hash_password, needs_rehash
from hotline.accounts.roles import Role
from hotline.accounts.sessions import LIFE, begin_session
from hotline.errors import Unavailable
from hotline.i18n import mark
from hotline.privacy.trail import record

WRONG: Final = mark("Login or password is not right. Check both, or ask your administrator for a new password.")
_NO_LOGIN: Final = "-"
"""Asked for where what was typed cannot be a login: an account of this name cannot be."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. `token` goes into the cookie and is kept nowhere else; `session_id` names it in lists."""

    token: str
    session_id: str
    account_id: int
    login: str
    name: str
    role: Role
    language: str
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """No session, and why, as a msgid with its values. `retry_at` is set after too many attempts."""

    message: str
    params: dict[str, datetime]
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Visitor:
    login: str
    address: str
    browser: str
    now: datetime
    request_id: str


async def sign_in(
    session: AsyncSession,
    *,
    login: str,
    password: str,
    address: str,
    browser: str,
    now: datetime,
    request_id: str = "",
    life: timedelta = LIFE,
) -> SignedIn | Refused:
    """Begin a session for who knows the password; the refusal is the same for absent, disabled and wrong.

    The refusal is a value, so that its trace is committed. Commits by itself what counts the attempt (see
    `hotline.accounts.attempts`); what comes after is the caller's to commit. Raises `Unavailable` when too many wait.
    """
    visitor = _Visitor(plain_login(login), address, browser, now, request_id)
    limits = await _limits(session, visitor)
    account = await queries.account_by_login(session, visitor.login if is_login(visitor.login) else _NO_LOGIN)
    password_hash = None if account is None or account.disabled_at is not None else account.password_hash
    tried = await try_password(session, password=password, password_hash=password_hash, limits=limits, now=now)
    if tried.until is not None:
        return Refused(TOO_MANY, {"at": tried.until}, tried.until)
    if tried.right and account is not None and password_hash is not None:
        # The account may have been disabled, or its password changed, while the hash was computed.
        unchanged = await queries.account_unchanged(session, account.id, password_hash)
        if unchanged is not None:
            await forgive(session, limits)
            return await _begin(session, visitor, unchanged, password=password, life=life)
    await _write(session, visitor, Act.SIGN_IN_BLOCKED if tried.shuts else Act.SIGN_IN_FAILED, account)
    return Refused(WRONG, {})


async def _limits(session: AsyncSession, visitor: _Visitor) -> dict[str, int]:
    """Where this attempt is counted and how many are let through, in the order in which rows are locked everywhere."""
    address = f"address:{_network(visitor.address)}"
    if await queries.is_known(session, _known(visitor), since=visitor.now - KNOWN_FOR):
        return {f"at_home:{_digest(visitor.login, visitor.address)}": PER_ACCOUNT, address: PER_ADDRESS}
    return {f"account:{_digest(visitor.login)}": PER_ACCOUNT, address: PER_ADDRESS, "everybody": IN_TOTAL}


def _known(visitor: _Visitor) -> str:
    return KNOWN + _digest(visitor.login, visitor.address)


def _digest(*parts: str) -> str:
    # What was typed as a login may be a password: it is not kept in the clear.
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _network(address: str) -> str:
    """The address; of IPv6 the first half, for the other half is anybody's to choose."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return _digest(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Network((int(parsed), 64), strict=False))
    return str(parsed)


async def _begin(
    session: AsyncSession, visitor: _Visitor, account: Account, *, password: str, life: timedelta
) -> SignedIn:
    if account.password_hash is not None and needs_rehash(account.password_hash):
        with contextlib.suppress(Unavailable):  # there will be another sign-in
            account.password_hash = await hash_password(password)
    await queries.put_known(session, _known(visitor), now=visitor.now)
    begun = await begin_session(
        session, account.id, address=visitor.address, browser=visitor.browser, now=visitor.now, life=life
    )
    await _write(session, visitor, Act.SIGN_IN, account)
    return SignedIn(
        token=begun.token,
        session_id=begun.public_id,
        account_id=account.id,
        login=account.login,
        name=account.name,
        role=account.role,
        language=account.language,
        must_change_password=account.must_change_password,
    )


async def _write(session: AsyncSession, visitor: _Visitor, act: Act, account: Account | None) -> None:
    login = "" if account is None else account.login
    await record(
        session,
        act=act,
        actor_id=None if account is None else account.id,
        actor=login,
        at=visitor.now,
        address=visitor.address,
        request_id=visitor.request_id,
        subject=login,
    )
    await session.flush()
