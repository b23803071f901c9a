"""Who is calling: earlier cases of a number, all open ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import bindparam, select

from hotline.accounts.permissions import Actor, Permission, may
from hotline.cases.models import NO_NUMBER, CallRecord, Case
from hotline.cases.queue import KEPT_LISTS, read_listed
from hotline.cases.rights import condition
from hotline.storage.base import fixed
from hotline.storage.prepared import Prepared
from hotline.work import Work

EARLIER: Final = 10
OPEN_AT_MOST: Final = 50
COUNTED: Final = 500


@dataclass(frozen=True, slots=True)
class KnownCaller:
    """What is on file about a number: the name last given, every open case, the newest ended ones, the calls."""

    name: str
    calls: int
    open: Sequence[Any]
    ended: Sequence[Any]


async def known_caller(work: Work, number: str) -> KnownCaller | None:
    """What is on file about a number in normal form and may be seen by this person; None when nothing is."""
    if not number or not may(work.actor, Permission.PEOPLE_SEARCH):
        return None
    found = await _cases_of(work, number)
    if not found:
        return None
    still_open = [row.id for row in found if row.ended_at is None][:OPEN_AT_MOST]
    ended = [row.id for row in found if row.ended_at is not None][:EARLIER]
    rows = {row.id: row for row in await read_listed(work, [*still_open, *ended])}
    listed = [rows[case_id] for case_id in [*still_open, *ended] if case_id in rows]
    named = [row.caller_name for row in listed if row.caller_name]
    return KnownCaller(
        named[0] if named else "",
        len(found),
        [row for row in listed if row.id in still_open],
        [row for row in listed if row.id not in still_open],
    )


async def _cases_of(work: Work, number: str) -> Sequence[Any]:
    """Cases of this number, open ones first, then the newest; at most 500."""
    return await _numbered(work.actor).rows(work.session, {"number": number})


@lru_cache(maxsize=KEPT_LISTS)
def _numbered(actor: Actor) -> Prepared:
    of_number = select(CallRecord.case_id).where(
        CallRecord.caller_number == bindparam("number"), CallRecord.caller_number != NO_NUMBER
    )
    return Prepared(
        select(Case.id, Case.ended_at)
        .where(Case.id.in_(of_number), condition(actor, Permission.PEOPLE_SEARCH))
        .order_by(Case.ended_at.is_not(None), Case.id.desc())
        .limit(fixed(COUNTED))
    )
