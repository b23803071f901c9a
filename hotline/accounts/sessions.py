"""Signed-in browsers: who comes with this cookie, where else this person is signed in, and ending it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts import key_queries, queries
from hotline.accounts.keys import new_public_id, new_session_key, session_hash
from hotline.accounts.permissions import Actor

IDLE: Final = timedelta(minutes=30)
LIFE: Final = timedelta(hours=12)
"""ASVS 4.0.3, 3.3.2 at level 2: again after 30 minutes without a request, and after 12 hours in any case."""
MOST: Final = 10
"""Sessions one account may have; with one more, the one last seen longest ago ends."""
SEEN_EVERY: Final = timedelta(seconds=60)
"""How exactly it is remembered when a session was last seen: a write per request would be too much."""

Below = Callable[[str], frozenset[str]]
"""A department's code → its own and those of every department below it; empty for one that is no more."""

Conflicts = Callable[[str | None, Collection[int]], tuple[frozenset[int], frozenset[str]]]
"""A department's code and the ids of organisations somebody is tied to → ids and keys of all they have to do with."""


def ties_alone(_department: str | None, ties: Collection[int]) -> tuple[frozenset[int], frozenset[str]]:
    """The ties themselves, where nobody knows of departments or what belongs to an organisation."""
    return frozenset(ties), frozenset()


@dataclass(frozen=True, slots=True)
class Begun:
    """A session just begun: `token` for the cookie, `public_id` for lists."""

    token: str
    public_id: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account is signed in; `current` marks the very session that asks."""

    id: str
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    browser: str
    current: bool


async def actor_of(
    session: AsyncSession,
    token: str,
    *,
    now: datetime,
    below: Below,
    conflicts: Conflicts = ties_alone,
    idle: timedelta = IDLE,
    touch: bool = True,
) -> Actor | None:
    """Who comes with this cookie; None when nobody is signed in with it (any more).

    One round trip, and with `touch` a second one at most once a minute: the session counts as used now. Who must
    change the password first may do nothing else but what concerns the own account.
    """
    kept = session_hash(token)
    if kept is None:
        return None
    row = await queries.who_has_session(session, token_hash=kept, now=now, idle=idle)
    if row is None:
        return None
    if touch and abs(now - row.seen_at) > SEEN_EVERY:  # also when the clock was set back: it was seen now, not later
        await queries.see_session(session, token_hash=kept, now=now)
    return actor_from_row(row, below, conflicts)


async def session_lives(session: AsyncSession, token: str, *, now: datetime, idle: timedelta = IDLE) -> bool:
    """Whether this session lives; looking does not prolong it."""
    kept = session_hash(token)
    if kept is None:
        return False
    return await queries.who_has_session(session, token_hash=kept, now=now, idle=idle) is not None


def actor_from_row(row: Any, below: Below, conflicts: Conflicts) -> Actor:
    """The actor of a row with the columns of an account and `public_id` (a session) or `scopes` (a token)."""
    scopes = getattr(row, "scopes", None)
    if row.must_change_password:
        scopes = ()
    units, names = conflicts(row.department, row.ties or ())
    return Actor(
        account_id=row.account_id,
        login=row.login,
        name=row.name,
        role=row.role,
        department=row.department,
        departments=frozenset() if row.department is None else below(row.department),
        language=row.language,
        scopes=None if scopes is None else frozenset(scopes),
        session_id=getattr(row, "public_id", None),
        conflicts=units,
        conflict_names=names,
    )


async def begin_session(
    session: AsyncSession, account_id: int, *, address: str, browser: str, now: datetime, life: timedelta = LIFE
) -> Begun:
    """Begin a session with a new key, whatever the browser came with."""
    begun = Begun(new_session_key(), new_public_id())
    await key_queries.put_session(
        session,
        token_hash=session_hash(begun.token),
        public_id=begun.public_id,
        account_id=account_id,
        created_at=now,
        seen_at=now,
        ends_at=now + life,
        address=_storable(address, 64),
        browser=_storable(browser, 200),
    )
    await key_queries.drop_oldest_sessions(session, account_id, keep=MOST)
    return begun


def _storable(text: str, longest: int) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)[:longest]


async def places_of(
    session: AsyncSession, account_id: int, *, now: datetime, idle: timedelta = IDLE, current: str | None = None
) -> list[Place]:
    """Where this account is signed in, last seen first; `current` is the name of the session that asks."""
    found = await key_queries.sessions_of(session, account_id, now=now, idle_since=now - idle)
    return [
        Place(
            id=one.public_id,
            begun_at=one.created_at,
            seen_at=one.seen_at,
            ends_at=one.ends_at,
            address=one.address,
            browser=one.browser,
            current=one.public_id == current,
        )
        for one in found
    ]


async def prune_sessions(session: AsyncSession, *, now: datetime) -> None:
    """Drop the sessions whose time is over."""
    await key_queries.drop_ended_sessions(session, now=now)
