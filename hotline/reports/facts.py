"""What of one case is counted, worked out from its row and its events: pure, the same however often it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from hotline.cases.details import Disposition
from hotline.cases.lifecycle import Status
from hotline.clock import SHANGHAI
from hotline.reports.models import Flag
from hotline.reports.steps import step_of
from hotline.reports.working_time import WorkingClock, minutes_between

ASIDE: Final = frozenset({Status.MERGED, Status.REFERRED, Status.WITHDRAWN})
"""Ends without a resolution."""
UNRESOLVED: Final = frozenset({Status.RECEIVED, Status.REVIEW, Status.ROUTED, Status.ACCEPTED})
"""Where a case stands of which nothing is resolved yet."""
SOLVING: Final = {
    Disposition.SATISFIED_CLAIM: Flag.CLAIM_MET,
    Disposition.PARTLY: Flag.CLAIM_MET_PARTLY,
    Disposition.MEDIATED: Flag.MEDIATED,
    Disposition.AIDED: Flag.AIDED,
}
"""Results that solve a matter, as the department says it."""
_RESULTS: Final = {**SOLVING, Disposition.ADVISED: Flag.ADVISED}
LONGEST: Final = 2**31 - 1

COLUMNS: Final = (
    "case_id", "opened_at", "resolve_by", "accept_by", "contact_by", "waits_since", "opened_on", "version",
    "fingerprint", "opened_mark", "waits_mark", "flags", "paused", "people", "letters", "resolve_work", "resolve_clock",
    "accept_work", "accept_clock", "contact_work", "contact_clock", "open", "confidential", "department", "category",
    "territory", "difficulty", "channel", "employer_kind", "rule_set", "money", "unit_id", "employer_key",
)  # fmt: skip


def figures_of(row: Any, clock: WorkingClock) -> tuple[Any, ...]:
    """The row of `case_figures` for a row of `keeping.READ`, in the order of `COLUMNS`."""
    opened: datetime = row.opened_at
    resolved = row.status not in ASIDE and row.resolved_at is not None
    waits = row.routed_at if row.status == Status.ROUTED and row.accepted_at is None else None
    flags = sum({1 << flag for flag in _flags(row, resolved=resolved)})
    counts = resolved and row.routed_at is not None
    return (
        row.id, opened, row.resolve_by, row.accept_by, None if row.contacted_at else row.contact_by, waits,
        opened.astimezone(SHANGHAI).date(), row.version,
        clock.fingerprint, clock.mark(opened), None if waits is None else clock.mark(waits), flags,
        _paused(row, clock), min(row.people_helped or 0, LONGEST) if resolved else 0, row.letters,
        *_steps(clock, opened, row.resolved_at if counts else None),
        *_steps(clock, row.routed_at, row.accepted_at),
        *_steps(clock, opened, row.contact_at if row.routed_at is not None and row.status not in ASIDE else None),
        row.status not in ASIDE and row.resolved_at is None, row.confidential, row.department or "",
        row.category or "", row.territory or "", row.difficulty, row.channel, row.employer_kind or "",
        row.rule_set or "", Decimal(row.money_recovered or 0) if resolved else Decimal(0), row.unit_id,
        row.employer_key,
    )  # fmt: skip


def _steps(clock: WorkingClock, begun: datetime | None, ended: datetime | None) -> tuple[int | None, int | None]:
    """The steps of the working time and of the time on the clock; nothing for what has not begun or not ended."""
    if begun is None or ended is None:
        return None, None
    return step_of(clock.mark(ended) - clock.mark(begun)), step_of(minutes_between(begun, ended))


def _flags(row: Any, *, resolved: bool) -> Iterator[Flag]:
    routed = row.routed_at is not None
    if routed:
        yield Flag.ROUTED
        yield from _on_the_way(row)
        if row.status in ASIDE:
            yield Flag.ASIDE
        if resolved:
            yield from _in_the_end(row)
    elif row.status == Status.ANSWERED:
        yield Flag.INSTANT
    if row.rerouted:
        yield Flag.REROUTED
    if row.matters_before:
        yield Flag.REPEATED
    if row.matters_before == 1:
        yield Flag.SECOND


def _on_the_way(row: Any) -> Iterator[Flag]:
    """What of a case that was routed can be said wherever it stands."""
    if row.accepted_at is not None:
        yield Flag.ACCEPTED
        if row.accept_by is not None:
            yield Flag.ACCEPT_DATED
            if row.accepted_at <= row.accept_by:
                yield Flag.ACCEPTED_IN_TIME
    if row.contact_at is not None and row.status not in ASIDE:
        yield Flag.CONTACTED
    if row.contact_by is not None:
        yield from _first_contact(row)
    if row.returns:
        yield Flag.RETURNED
    if row.reopened:
        yield Flag.REOPENED
    if row.reopened or row.resolved_at is not None:
        yield Flag.EVER_RESOLVED
    if row.extended:
        yield Flag.EXTENDED


def _first_contact(row: Any) -> Iterator[Flag]:
    """Whether the contact on record kept its date. What was resolved before any was due says nothing."""
    ended = row.resolved_at
    if row.contacted_at is not None and (ended is None or row.contacted_at <= ended):
        yield Flag.CONTACT_DATED
        if row.contacted_at <= row.contact_by:
            yield Flag.CONTACTED_IN_TIME
    elif ended is not None and row.contact_by < ended:
        yield Flag.CONTACT_DATED


def _in_the_end(row: Any) -> Iterator[Flag]:
    yield Flag.RESOLVED
    if row.resolve_by is not None:
        yield Flag.DATED
        if row.resolved_at <= row.resolve_by:
            yield Flag.IN_TIME
    if row.disposition in _RESULTS:
        yield _RESULTS[row.disposition]
    if row.solved if row.solved is not None else row.disposition in SOLVING:
        yield Flag.SOLVED
    if row.reachable:
        yield Flag.TO_CALL_BACK
        if row.follow_up_attempts:
            yield Flag.CALLED_BACK
    if row.satisfied is not None:
        yield Flag.REACHED
        if row.satisfied:
            yield Flag.SATISFIED


def _paused(row: Any, clock: WorkingClock) -> int:
    """Working minutes it waited for its worker, wherever it was then, until the last resolution at the latest."""
    minutes = 0
    for since, until in zip(row.paused_since or (), row.paused_until or (), strict=True):
        ended = until if row.resolved_at is None else min(until, row.resolved_at)
        minutes += max(clock.mark(ended) - clock.mark(since), 0)
    return minutes
