"""Statutory clocks as they are read, with everything on record about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Subquery, bindparam, exists, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from hotline.accounts.models import Account
from hotline.cases.models import Case
from hotline.cases.statutory_models import CallReceipt, ClockEntry, EntryKind, WatchedClock
from hotline.cases.task_queries import records
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar
from hotline.deadlines.lapsing import Lapse, lapse
from hotline.deadlines.statutes import (
    Ended,
    Interruption,
    InterruptionKind,
    Kind,
    Source,
    StatutoryClock,
    Suspension,
    SuspensionKind,
)

_BY, _ENDER = aliased(Account), aliased(Account)


class Entry(NamedTuple):
    """A fact on record about a clock; `withdrawn_at` says that it no longer counts."""

    id: int
    clock_id: int
    what: EntryKind
    code: str
    from_on: date | None
    until_on: date | None
    candidate: bool
    words: str
    recorded_at: datetime
    recorded_by: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None


class Receipt(NamedTuple):
    """A receipt that was given out."""

    id: int
    ordinal: int
    called_at: datetime
    claimed: str
    with_name: bool
    made_at: datetime
    made_by: str | None


@dataclass(frozen=True, slots=True)
class RecordedClock:
    """A clock with everything on record about it, oldest first."""

    id: int
    kind: Kind
    hurried_at: datetime | None
    recorded_at: datetime
    recorded_by: str | None
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_as: Ended | None = None
    ended_reason: str | None = None
    entries: tuple[Entry, ...] = ()

    @property
    def clock(self) -> StatutoryClock:
        """What of it counts."""
        counts = [entry for entry in self.entries if entry.withdrawn_at is None]
        trigger = next(entry for entry in counts if entry.what is EntryKind.TRIGGER)
        return StatutoryClock(
            self.kind,
            trigger.from_on,
            Source(trigger.code),
            tuple(
                Interruption(entry.from_on, InterruptionKind(entry.code), entry.candidate)
                for entry in counts
                if entry.what is EntryKind.INTERRUPTION and entry.from_on is not None
            ),
            tuple(
                Suspension(entry.from_on, entry.until_on, SuspensionKind(entry.code))
                for entry in counts
                if entry.what is EntryKind.SUSPENSION and entry.from_on is not None
            ),
        )

    def lapse(self, *, now: datetime, calendar: Calendar) -> Lapse:
        """Until when, as things stand now."""
        return lapse(self.clock, today=day_of(now), calendar=calendar)


@dataclass(frozen=True, slots=True)
class Statutory:
    """What a case has of statutory clocks: those that are watched first, then those that have ended; and receipts."""

    clocks: Sequence[RecordedClock] = ()
    receipts: Sequence[Receipt] = field(default=())


def day_of(now: datetime) -> date:
    """The day it is in China."""
    return now.astimezone(SHANGHAI).date()


_CLOCK: Final = func.row(
    WatchedClock.id, WatchedClock.kind, WatchedClock.hurried_at, WatchedClock.recorded_at, _BY.name,
    WatchedClock.ended_at, _ENDER.name, WatchedClock.ended_as, WatchedClock.ended_reason,
)  # fmt: skip
_CLOCKS: Final = (
    select(_CLOCK)
    .select_from(WatchedClock)
    .outerjoin(_BY, _BY.id == WatchedClock.recorded_by_id)
    .outerjoin(_ENDER, _ENDER.id == WatchedClock.ended_by_id)
    .order_by(WatchedClock.ended_at.is_not(None), WatchedClock.ends_on.nulls_last(), WatchedClock.id)
)
_ENTRIES: Final = (
    select(
        func.row(
            ClockEntry.id, ClockEntry.clock_id, ClockEntry.what, ClockEntry.code, ClockEntry.from_on,
            ClockEntry.until_on, ClockEntry.candidate, ClockEntry.words, ClockEntry.recorded_at, _BY.name,
            ClockEntry.withdrawn_at, _ENDER.name, ClockEntry.withdrawn_reason,
        )
    )
    .select_from(ClockEntry)
    .join(WatchedClock, WatchedClock.id == ClockEntry.clock_id)
    .outerjoin(_BY, _BY.id == ClockEntry.recorded_by_id)
    .outerjoin(_ENDER, _ENDER.id == ClockEntry.withdrawn_by_id)
    .order_by(ClockEntry.id)
)  # fmt: skip
_RECEIPTS: Final = (
    select(
        func.row(
            CallReceipt.id, CallReceipt.ordinal, CallReceipt.called_at, CallReceipt.claimed, CallReceipt.with_name,
            CallReceipt.made_at, Account.name,
        )
    )
    .select_from(CallReceipt)
    .outerjoin(Account, Account.id == CallReceipt.made_by_id)
    .order_by(CallReceipt.id)
)  # fmt: skip
_IDS: Final = bindparam("ids", type_=ARRAY(BigInteger))
_THESE: Final = select(
    records(_CLOCKS.where(WatchedClock.id == func.any(_IDS))).label("clocks"),
    records(_ENTRIES.where(WatchedClock.id == func.any(_IDS))).label("entries"),
)


def statutory_of(found: Subquery) -> tuple[ColumnElement[Any], ...]:
    """Columns with everything about statutory clocks of the found case; `statutory_in` reads them."""
    return (
        records(_CLOCKS.where(WatchedClock.case_id == found.c.id)).label("clocks"),
        records(_ENTRIES.where(WatchedClock.case_id == found.c.id)).label("entries"),
        records(_RECEIPTS.where(CallReceipt.case_id == found.c.id)).label("receipts"),
    )


def statutory_in(row: Any) -> Statutory:
    """What the columns of `statutory_of` said."""
    return Statutory(_put_together(row), [Receipt(*record) for record in row.receipts])


async def clocks_by_id(session: AsyncSession, ids: Sequence[int]) -> dict[int, RecordedClock]:
    """These clocks with what is on record about them."""
    if not ids:
        return {}
    row = (await (await session.connection()).execute(_THESE, {"ids": list(ids)})).one()
    return {clock.id: clock for clock in _put_together(row)}


def _put_together(row: Any) -> list[RecordedClock]:
    entries: dict[int, list[Entry]] = {}
    for number, clock_id, what, *more in row.entries:
        entries.setdefault(clock_id, []).append(Entry(number, clock_id, EntryKind(what), *more))
    return [
        RecordedClock(
            number, Kind(kind), hurried_at, recorded_at, by, ended_at, ended_by,
            Ended(ended_as) if ended_as else None, reason, tuple(entries.get(number, ())),
        )
        for number, kind, hurried_at, recorded_at, by, ended_at, ended_by, ended_as, reason in row.clocks
    ]  # fmt: skip


async def clock_and_case(session: AsyncSession, clock_id: int) -> tuple[WatchedClock, Case] | None:
    """A clock that is watched, with its case locked until the transaction ends.

    The case first, as everybody locks it who changes a clock, and only then what the clock says.
    """
    of_clock = select(WatchedClock.case_id).where(WatchedClock.id == clock_id).scalar_subquery()
    locked = select(Case).where(Case.id == of_clock).with_for_update().execution_options(populate_existing=True)
    case = await session.scalar(locked)
    clock = await session.get(WatchedClock, clock_id, populate_existing=True)
    if case is None or clock is None or clock.ended_at is not None or clock.case_id != case.id:
        return None
    return clock, case


async def receipts_made(session: AsyncSession, case_id: int) -> int:
    """How many receipts there are of this case."""
    return await session.scalar(select(func.count()).where(CallReceipt.case_id == case_id)) or 0


async def receipt_of(session: AsyncSession, case_id: int, receipt_id: int) -> CallReceipt | None:
    """A receipt of this case."""
    return await session.scalar(select(CallReceipt).where(CallReceipt.id == receipt_id, CallReceipt.case_id == case_id))


async def is_watched(session: AsyncSession, case_id: int) -> bool:
    """Whether a statutory clock of this case is watched."""
    watched = exists().where(WatchedClock.case_id == case_id, WatchedClock.ended_at.is_(None))
    return bool(await session.scalar(select(watched)))


async def hand_on_clocks(session: AsyncSession, case_id: int, *, to: int) -> None:
    """Let the case that goes on watch what a merged one has watched: a matter that is merged must not lapse unseen."""
    await session.execute(
        update(WatchedClock)
        .where(WatchedClock.case_id == case_id, WatchedClock.ended_at.is_(None))
        .values(case_id=to, hurried_at=None)  # it may make the other case urgent too
        .execution_options(synchronize_session=False)
    )
