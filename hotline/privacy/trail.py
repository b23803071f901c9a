"""Writing and reading the trail. Rows are only ever added; a trigger (see the first migration) refuses the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, column, insert, literal, or_, select, table, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.privacy.masking import mask_text
from hotline.privacy.models import TrailEntry

PAGE: Final = 50
_LONGEST_REASON: Final = 500
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_CODE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_ADD: Final = insert(TrailEntry).inline()
"""An entry is read from no object and asked for its id by nobody: every look at a case writes one."""


@dataclass(frozen=True, slots=True)
class TrailFilters:
    """What narrows the trail; None means everything. `since` is included, `until` is not."""

    actor: str | None = None
    act: str | None = None
    case_id: int | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailKey:
    """Where a page of the trail ended."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Entries, newest first, and where the next page begins (None: this is the last)."""

    entries: Sequence[TrailEntry]
    next: TrailKey | None


async def record(
    session: AsyncSession,
    *,
    act: str,
    actor_id: int | None,
    actor: str,
    at: datetime,
    address: str,
    request_id: str,
    case_id: int | None = None,
    subject: str = "",
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add one entry to the trail, in the transaction of `session`.

    `details` says which things were touched, never what stood in them: whole numbers, truth values and codes, or lists
    of them. Raises `ValueError` for anything else, for it would keep in the trail what must be erasable elsewhere.
    Numbers of people in `reason`, which somebody typed, are masked; `subject` is a number of a case or a login.
    """
    details = dict(details or {})
    for key, value in details.items():
        if not _is_plain(value):
            raise ValueError(f"The trail keeps codes and counts, no values; {key} is neither.")
    entry = {
        "at": at,
        "actor_id": actor_id,
        "actor": _storable(actor, 64),
        "act": act,
        "case_id": case_id,
        "subject": _storable(subject, 120),
        "reason": None if reason is None else mask_text(_storable(reason, _LONGEST_REASON)),
        "details": details,
        "address": _storable(address, 64),
        "request_id": _storable(request_id, 40),
    }
    await (await session.connection()).execute(_ADD, entry)


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple | set | frozenset):
        return all(_is_plain(one) for one in value)
    if isinstance(value, str):
        return value == "" or (_CODE.fullmatch(value) is not None and mask_text(value) == value)
    return value is None or isinstance(value, bool | int)


def _storable(text: str, longest: int) -> str:
    # What cannot be stored must not make the act, or its trace, fail.
    return _UNSTORABLE.sub("\ufffd", text)[:longest]


_ACCOUNTS: Final = table("accounts", column("id"), column("login"))


async def find_trail(
    session: AsyncSession, *, filters: TrailFilters, after: TrailKey | None = None, size: int = PAGE
) -> TrailPage:
    """One page of the trail for the auditor, newest first, paged by key."""
    where = _wanted(filters)
    if after is not None:
        where.append(tuple_(TrailEntry.at, TrailEntry.id) < tuple_(literal(after.at), literal(after.id)))
    query = select(TrailEntry).where(*where).order_by(TrailEntry.at.desc(), TrailEntry.id.desc()).limit(size + 1)
    found = (await session.scalars(query)).all()
    entries = found[:size]
    more = len(found) > size
    return TrailPage(entries, TrailKey(entries[-1].at, entries[-1].id) if more else None)


def _wanted(filters: TrailFilters) -> list[Any]:
    where: list[Any] = []
    if filters.actor is not None:
        # An account's entries are found by its id, which is indexed; the service itself has none.
        account = select(_ACCOUNTS.c.id).where(_ACCOUNTS.c.login == filters.actor).scalar_subquery()
        nobody = and_(TrailEntry.actor_id.is_(None), TrailEntry.actor == filters.actor)
        where.append(or_(TrailEntry.actor_id == account, nobody))
    if filters.act is not None:
        where.append(TrailEntry.act == filters.act)
    if filters.case_id is not None:
        where.append(TrailEntry.case_id == filters.case_id)
    if filters.subject is not None:
        where.append(TrailEntry.subject == filters.subject)
    if filters.since is not None:
        where.append(TrailEntry.at >= filters.since)
    if filters.until is not None:
        where.append(TrailEntry.at < filters.until)
    return where
