"""Trying a password: counted before it is looked at, so that many at once get no more guesses than one after another.

The count is one statement over all buckets and is committed at once: a failure stays counted whatever becomes of the
request, no row stays locked and no connection is held while the hash is computed. A right password gives it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts import queries
from hotline.accounts.passwords import verify_password
from hotline.errors import Unavailable
from hotline.i18n import mark

WINDOW: Final = timedelta(minutes=15)
"""How long failures are remembered, and how long a full bucket stays shut."""
PER_ACCOUNT: Final = 5
PER_ADDRESS: Final = 20
IN_TOTAL: Final = 300
KNOWN_FOR: Final = timedelta(days=30)
KNOWN: Final = "known:"

TOO_MANY: Final = mark("Too many failed attempts. Please try again after {at}, or ask your administrator.")


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of it: `right`; or wrong (`shuts`: it filled a bucket); or not looked at, and not before `until`."""

    right: bool = False
    shuts: bool = False
    until: datetime | None = None


async def try_password(
    session: AsyncSession, *, password: str, password_hash: str | None, limits: dict[str, int], now: datetime
) -> Tried:
    """Look at a password unless one of the buckets is full (`limits`: bucket → attempts let through).

    Commits the transaction, which must hold nothing yet that may have to be taken back. Raises `Unavailable`, counting
    nothing, when too many wait for their turn. The first bucket is that of the account.
    """
    counted = await queries.count_attempt(session, limits, now=now, window=WINDOW)
    if len(counted) < len(limits):
        # Nothing is looked at, so nothing is counted: a shut account must not shut the office behind one address.
        if counted:
            await queries.give_attempt_back(session, list(counted))
        until = await queries.blocked_until(session, [name for name in limits if name not in counted])
        await session.commit()
        return Tried(until=until or now + WINDOW)
    await session.commit()
    try:
        right = await verify_password(password, password_hash)
    except Unavailable:
        await queries.give_attempt_back(session, list(limits))
        await session.commit()
        raise
    return Tried(right=right, shuts=not right and any(counted[name] >= limit for name, limit in limits.items()))


async def forgive(session: AsyncSession, limits: dict[str, int]) -> None:
    """After a right password: forget the failures of the account and take the attempt off the other buckets."""
    account, *others = limits
    await queries.drop_bucket(session, account)
    if others:
        await queries.give_attempt_back(session, others)


async def prune_attempts(session: AsyncSession, *, now: datetime) -> None:
    """Drop counts that have served their time, and places nobody has come from for long."""
    await queries.drop_old_buckets(session, counted_before=now - 2 * WINDOW, known=KNOWN, known_before=now - KNOWN_FOR)
