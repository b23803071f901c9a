"""Who is calling: earlier cases of a number, all open ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select

from hotline.accounts.permissions import Permission
from hotline.cases.models import CallRecord, Case
from hotline.cases.queue import read_listed
from hotline.cases.rights import condition
from hotline.work import Work

EARLIER: Final = 10
OPEN_AT_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class KnownCaller:
    """What is on file about a number: the name last given, every open case, the newest ended ones, the calls."""

    name: str
    calls: int
    open: Sequence[Any]
    ended: Sequence[Any]


async def known_caller(work: Work, number: str) -> KnownCaller | None:
    """What is on file about a number in normal form and may be seen by this person; None when nothing is."""
    if not number:
        return None
    of_number = select(CallRecord.case_id).where(CallRecord.caller_number == number, CallRecord.caller_number != "")
    visible = [Case.id.in_(of_number), condition(work.actor, Permission.PEOPLE_SEARCH)]
    open_ids = select(Case.id).where(*visible, Case.ended_at.is_(None)).order_by(Case.id.desc()).limit(OPEN_AT_MOST)
    ended_ids = select(Case.id).where(*visible, Case.ended_at.is_not(None)).order_by(Case.id.desc()).limit(EARLIER)
    still_open = await read_listed(work, list((await work.session.scalars(open_ids)).all()))
    ended = await read_listed(work, list((await work.session.scalars(ended_ids)).all()))
    if not still_open and not ended:
        return None
    calls = await work.session.scalar(select(func.count()).select_from(Case).where(*visible))
    named = [row.caller_name for row in [*still_open, *ended] if row.caller_name]
    return KnownCaller(named[0] if named else "", calls or 0, still_open, ended)
