"""Statutory clocks of a case: begun, corrected, interrupted, suspended, ended; every change is told on the case.

Nothing is deleted: what no longer holds is withdrawn with a reason and stays on record beside what took its place.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from hotline.accounts.permissions import Permission, allows
from hotline.cases import statutory_details as d
from hotline.cases.handling import StepRefused, case_to_work_on, changed_since, notice_facts
from hotline.cases.lifecycle import OPEN, Action
from hotline.cases.models import Case
from hotline.cases.rights import facts_of
from hotline.cases.statutory_hurry import hurried, note_on
from hotline.cases.statutory_models import ClockEntry, EntryKind, WatchedClock
from hotline.cases.statutory_queries import clocks_by_id, day_of
from hotline.deadlines.statutes import STATUTES, SuspensionKind
from hotline.errors import Conflict, Invalid, Mistake, NotAllowed, NotFound
from hotline.i18n import mark
from hotline.storage.notices import announce
from hotline.work import Work, leave_trace

FIRST_DAY: Final = date(1950, 1, 1)
_ENDED: Final = mark("the obstacle ended")
_COUNTS: Final = mark("it counts")


async def begin_clock(work: Work, number: str, asked: d.Begin, *, version: str = "") -> WatchedClock:
    """Watch a clock on this case. Raises `Invalid`, `Changed`, `NotAllowed` or `StepRefused`."""
    case = await open_case(work, number, version)
    _check_trigger(work, asked.trigger_on, may_go_on=bool(STATUTES[asked.kind].may_go_on))
    clock = WatchedClock(case_id=case.id, kind=asked.kind, recorded_at=work.now, recorded_by_id=work.actor.account_id)
    work.session.add(clock)
    await work.session.flush()
    _add(work, clock, EntryKind.TRIGGER, asked.source, asked.trigger_on, words=asked.words)
    await bring_up(work, case, clock, asked.did, reason=asked.words)
    return clock


async def change_clock(
    work: Work, number: str, clock_id: int, asked: d.ClockDetails, *, version: str = ""
) -> WatchedClock:
    """Change a clock of this case. Raises `Invalid`, `Changed`, `NotAllowed`, `NotFound` or `StepRefused`."""
    case = await open_case(work, number, version)
    clock = await clock_of(work, case, clock_id)
    change: Callable[[Work, WatchedClock, Any], Any] = _CHANGES[type(asked)]
    reason: str = await change(work, clock, asked)
    await bring_up(work, case, clock, asked.did, reason=reason)
    return clock


async def open_case(work: Work, number: str, version: str) -> Case:
    """The case, locked, if this person may work on it, as they have read it, and it is not over."""
    case = await case_to_work_on(work, number)
    if not allows(work.actor, Permission.CASE_WORK, facts_of(case)):
        raise NotAllowed(mark("This case is in other hands; you may read it, but not work on it."))
    if version.isascii() and version.isdigit() and version != str(case.version):
        raise await changed_since(work, case)
    if case.status not in OPEN:
        raise StepRefused(mark("This case has ended. Reopen it to watch its statutory clocks."))
    return case


async def clock_of(work: Work, case: Case, clock_id: int) -> WatchedClock:
    """A clock of this case that is still watched. Raises `NotFound` or `Conflict`."""
    clock = await work.session.get(WatchedClock, clock_id, populate_existing=True)
    if clock is None or clock.case_id != case.id:
        raise NotFound(mark("This case has no such clock."))
    if clock.ended_at is not None:
        raise Conflict(mark("This clock has been ended. Begin another one if it is needed after all."))
    return clock


async def bring_up(work: Work, case: Case, clock: WatchedClock, did: str, *, reason: str | None) -> None:
    """After a change: count anew, write it down on the case, and make the case urgent where little time is left."""
    await work.session.flush()
    told = (await clocks_by_id(work.session, [clock.id]))[clock.id].lapse(now=work.now, calendar=work.policy.calendar)
    clock.ends_on = told.ends_on
    lapses_on = told.lapses_on.isoformat() if told.lapses_on and clock.ended_at is None else None
    fast_lane = hurried(case, clock, told, at=work.now)
    recorded = {"statutory": {"did": did, "kind": clock.kind.value, "lapses_on": lapses_on}} | fast_lane
    event = note_on(case, at=work.now, actor_id=work.actor.account_id, recorded=recorded, reason=reason or None)
    work.session.add(event)
    details = {"clock": clock.id, "kind": clock.kind.value, "hurried": bool(fast_lane)}
    await leave_trace(work, f"statutory.{did}", case_id=case.id, subject=case.number, reason=reason, details=details)
    await announce(work.session, at=work.now, kind=Action.NOTE.value, case_id=case.id, facts=notice_facts(case))
    await work.session.flush()


async def _correct(work: Work, clock: WatchedClock, asked: d.Correct) -> str:
    _check_trigger(work, asked.trigger_on, may_go_on=bool(STATUTES[clock.kind].may_go_on))
    recorded = (await clocks_by_id(work.session, [clock.id]))[clock.id]
    live = next(one for one in recorded.entries if one.what is EntryKind.TRIGGER and one.withdrawn_at is None)
    await _withdraw(work, await _entry(work, clock, live.id), asked.reason)
    _add(work, clock, EntryKind.TRIGGER, asked.source, asked.trigger_on, words=asked.words)
    return asked.reason


async def _interrupt(work: Work, clock: WatchedClock, asked: d.Interrupt) -> str:
    if asked.interruption not in STATUTES[clock.kind].interruptions:
        raise Invalid(Mistake("interruption", mark("This law knows no such interruption.")))
    await _check_day(work, clock, "on", asked.on)
    _add(work, clock, EntryKind.INTERRUPTION, asked.interruption, asked.on, words=asked.words)
    return asked.words


async def _suspend(work: Work, clock: WatchedClock, asked: d.Suspend) -> str:
    if asked.suspension not in STATUTES[clock.kind].suspensions:
        raise Invalid(Mistake("suspension", mark("This law knows no such suspension.")))
    await _check_day(work, clock, "first_on", asked.first_on)
    extended = asked.suspension is SuspensionKind.EXTENDED
    if extended and asked.last_on is None:
        raise Invalid(Mistake("last_on", mark("Give the last day of the extension.")))
    if asked.last_on is not None:
        _check_last(work, asked.first_on, asked.last_on, may_come=extended)
    _add(work, clock, EntryKind.SUSPENSION, asked.suspension, asked.first_on, until_on=asked.last_on, words=asked.words)
    return asked.words


async def _resume(work: Work, clock: WatchedClock, asked: d.EndSuspension) -> str:
    entry = await _entry(work, clock, asked.entry)
    if entry.what is not EntryKind.SUSPENSION or entry.until_on is not None or entry.from_on is None:
        raise Conflict(mark("This suspension has ended already."))
    _check_last(work, entry.from_on, asked.last_on, may_come=False)
    await _withdraw(work, entry, _ENDED)
    _add(work, clock, EntryKind.SUSPENSION, entry.code, entry.from_on, until_on=asked.last_on, words=entry.words)
    return entry.words


async def _take_back(work: Work, clock: WatchedClock, asked: d.TakeBack) -> str:
    entry = await _entry(work, clock, asked.entry)
    if entry.what is EntryKind.TRIGGER:
        raise Conflict(mark("Correct the day it counts from instead."))
    await _withdraw(work, entry, asked.reason)
    return asked.reason


async def _confirm(work: Work, clock: WatchedClock, asked: d.Confirm) -> str:
    entry = await _entry(work, clock, asked.entry)
    if not entry.candidate:
        raise Conflict(mark("This counts already."))
    await _withdraw(work, entry, _COUNTS)
    words = f"{entry.words}; {asked.reason}"
    _add(work, clock, entry.what, entry.code, entry.from_on, words=words, receipt_id=entry.receipt_id)
    return asked.reason


async def _end(work: Work, clock: WatchedClock, asked: d.End) -> str:
    clock.ended_at, clock.ended_by_id = work.now, work.actor.account_id
    clock.ended_as, clock.ended_reason = asked.ended_as, asked.reason
    return asked.reason


_CHANGES: Final[dict[type[d.ClockDetails], Callable[[Work, WatchedClock, Any], Any]]] = {
    d.Correct: _correct,
    d.Interrupt: _interrupt,
    d.Suspend: _suspend,
    d.EndSuspension: _resume,
    d.TakeBack: _take_back,
    d.Confirm: _confirm,
    d.End: _end,
}


def add_candidate(work: Work, clock: WatchedClock, code: str, on: date, *, words: str, receipt_id: int) -> None:
    """Put a call on record as what may interrupt this clock; dates are not based on it until somebody confirms it."""
    _add(work, clock, EntryKind.INTERRUPTION, code, on, words=words, receipt_id=receipt_id, candidate=True)


def _add(
    work: Work, clock: WatchedClock, what: EntryKind, code: str, from_on: date | None, *, words: str, **more: Any
) -> None:
    recorded = {"recorded_at": work.now, "recorded_by_id": work.actor.account_id, "candidate": False} | more
    work.session.add(ClockEntry(clock_id=clock.id, what=what, code=code, from_on=from_on, words=words, **recorded))


async def _entry(work: Work, clock: WatchedClock, entry_id: int) -> ClockEntry:
    entry = await work.session.get(ClockEntry, entry_id, populate_existing=True)
    if entry is None or entry.clock_id != clock.id:
        raise NotFound(mark("This clock has no such entry."))
    if entry.withdrawn_at is not None:
        raise Conflict(mark("This entry has been withdrawn already."))
    return entry


async def _withdraw(work: Work, entry: ClockEntry, reason: str) -> None:
    entry.withdrawn_at, entry.withdrawn_by_id, entry.withdrawn_reason = work.now, work.actor.account_id, reason
    await work.session.flush()  # before another one takes its place: a clock counts from one day only


def _check_trigger(work: Work, on: date | None, *, may_go_on: bool) -> None:
    if on is None:
        if not may_go_on:
            raise Invalid(Mistake("trigger_on", mark("Give the day. If nobody knows it, ask the worker first.")))
        return
    _check_range(work, "trigger_on", on)


async def _check_day(work: Work, clock: WatchedClock, field: str, on: date) -> None:
    _check_range(work, field, on)
    trigger_on = (await clocks_by_id(work.session, [clock.id]))[clock.id].clock.trigger_on
    if trigger_on is not None and on < trigger_on:
        raise Invalid(Mistake(field, mark("This is before the day the clock counts from. Correct that day first.")))


def _check_range(work: Work, field: str, on: date) -> None:
    if on < FIRST_DAY:
        raise Invalid(Mistake(field, mark("This is too long ago: days are taken from 1950 on.")))
    if on > day_of(work.now):
        raise Invalid(Mistake(field, mark("This day has not come yet.")))


def _check_last(work: Work, first_on: date, last_on: date, *, may_come: bool) -> None:
    if last_on < first_on:
        raise Invalid(Mistake("last_on", mark("The last day must not be before the first.")))
    if last_on > (date(2100, 1, 1) if may_come else day_of(work.now)):
        message = mark("This day has not come yet. Leave it empty while the obstacle goes on.")
        raise Invalid(Mistake("last_on", message))
