"""Signing in: guessing is slowed down per account, per address and in total, and absence looks like a mistake.

An attempt is counted *before* the password is looked at, in one statement, and committed at once; a right password
gives it back. So a hundred attempts at the same moment get no more guesses than one after the other, a failure stays
counted whatever becomes of the request, and no row stays locked while the hash is computed.

Who has signed in from an address in the last 30 days is counted apart from strangers: guessing from outside can lock
an account and the whole service for strangers, but not for people at their usual place.
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
from hotline.accounts.models import Account
from hotline.accounts.passwords import hash_password, needs_rehash, verify_password
from hotline.accounts.roles import Role
from hotline.accounts.sessions import LIFE, begin_session
from hotline.errors import Unavailable
from hotline.i18n import mark
from hotline.privacy.trail import record

WINDOW: Final = timedelta(minutes=15)
PER_ACCOUNT: Final = 5
PER_ADDRESS: Final = 20
IN_TOTAL: Final = 300
KNOWN_FOR: Final = timedelta(days=30)
EVERYBODY: Final = "everybody"

WRONG: Final = mark("Login or password is not right. Check both, or ask your administrator for a new password.")
TOO_MANY: Final = mark("Too many failed attempts. Please try again after {at}, or ask your administrator.")


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
    """No session, and why, as a msgid. `retry_at` tells when to try again after too many attempts."""

    message: str
    params: dict[str, datetime]
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Attempt:
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

    The one service that commits by itself: the counted attempt, before the password is looked at. What comes after it
    is left to the caller to commit. Raises `Unavailable` (and counts nothing) when too many wait for their check.
    """
    attempt = _Attempt(login.strip().lower(), address, browser, now, request_id)
    buckets = await _buckets(session, attempt)
    counted = await queries.count_attempt(session, buckets, now=now, window=WINDOW)
    if len(counted) < len(buckets):
        return await _too_many(session, buckets, counted)
    account = await queries.account_by_login(session, attempt.login)
    password_hash = None if account is None or account.disabled_at is not None else account.password_hash
    await session.commit()
    try:
        right = await verify_password(password, password_hash)
    except Unavailable:
        await queries.give_attempt_back(session, list(buckets))
        await session.commit()
        raise
    if account is not None and password_hash is not None and right:
        # The account may have been disabled, or its password changed, while the hash was computed.
        kept = await queries.account_unchanged(session, account.id, password_hash)
        if kept is not None:
            await _refresh_hash(kept, password)
            return await _begin(session, attempt, kept, buckets, life=life)
    await _write_failure(session, attempt, account, blocked=any(counted[name] >= buckets[name] for name in buckets))
    return Refused(WRONG, {})


async def _buckets(session: AsyncSession, attempt: _Attempt) -> dict[str, int]:
    """Where this attempt is counted, and how many are let through; always in this order."""
    address = f"address:{_network(attempt.address)}"
    if await queries.is_known(session, _known(attempt), since=attempt.now - KNOWN_FOR):
        return {f"at_home:{_digest(attempt.login, attempt.address)}": PER_ACCOUNT, address: PER_ADDRESS}
    return {f"account:{_digest(attempt.login)}": PER_ACCOUNT, address: PER_ADDRESS, EVERYBODY: IN_TOTAL}


def _known(attempt: _Attempt) -> str:
    return f"known:{_digest(attempt.login, attempt.address)}"


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


async def _too_many(session: AsyncSession, buckets: dict[str, int], counted: dict[str, int]) -> Refused:
    # Nothing was guessed, so nothing is counted: a blocked account must not block an office behind one address.
    if counted:
        await queries.give_attempt_back(session, list(counted))
    at = await queries.blocked_until(session, [name for name in buckets if name not in counted])
    await session.commit()
    return Refused(TOO_MANY, {"at": at} if at else {}, at)


async def _refresh_hash(account: Account, password: str) -> None:
    if account.password_hash is not None and needs_rehash(account.password_hash):
        with contextlib.suppress(Unavailable):  # there will be another sign-in
            account.password_hash = await hash_password(password)


async def _begin(
    session: AsyncSession, attempt: _Attempt, account: Account, buckets: dict[str, int], *, life: timedelta
) -> SignedIn:
    mine, *others = buckets
    await queries.drop_bucket(session, mine)
    await queries.give_attempt_back(session, others)
    await queries.put_known(session, _known(attempt), now=attempt.now)
    begun = await begin_session(
        session, account.id, address=attempt.address, browser=attempt.browser, now=attempt.now, life=life
    )
    await _write(session, attempt, Act.SIGN_IN, account)
    await session.flush()
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


async def _write_failure(session: AsyncSession, attempt: _Attempt, account: Account | None, *, blocked: bool) -> None:
    await _write(session, attempt, Act.SIGN_IN_BLOCKED if blocked else Act.SIGN_IN_FAILED, account)
    await session.flush()


async def _write(session: AsyncSession, attempt: _Attempt, act: Act, account: Account | None) -> None:
    await record(
        session,
        act=act,
        actor_id=None if account is None else account.id,
        actor="" if account is None else account.login,
        at=attempt.now,
        address=attempt.address,
        request_id=attempt.request_id,
        subject="" if account is None else account.login,
    )


async def prune_attempts(session: AsyncSession, *, now: datetime) -> None:
    """Drop counters that have served their time."""
    await queries.drop_old_buckets(session, counted_before=now - 2 * WINDOW, known_before=now - KNOWN_FOR)
