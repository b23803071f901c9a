"""Seeing to the figures while the service runs: every few seconds what has happened, from time to time everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Final

import structlog

from hotline import clock
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar
from hotline.errors import Refusal
from hotline.reports.keeping import (
    BATCH,
    COMPARE_EVERY,
    LARGE_BATCH,
    compare,
    compared,
    follow_events,
    forget_everything,
    get_state,
    hold_figures,
    last_event,
)
from hotline.reports.months import count_month, find_uncounted
from hotline.reports.working_time import WorkingClock, clock_of
from hotline.storage.database import PATIENT_SECONDS, Database

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 5.0
REST: Final = 10
"""So many times as long as it worked it waits at least before it looks again: live work goes first."""
LONGEST_REST: Final = 60.0
Told = Callable[[int], None]


async def see_to_figures(url: str, calendar: Callable[[], Calendar]) -> None:
    """Keep the figures current until cancelled, on a connection of its own; `calendar` gives the one in force."""
    patient = Database(url, pool_size=1, command_seconds=PATIENT_SECONDS)
    try:
        while True:
            began = monotonic()
            try:
                await bring_up_to_date(patient, clock_of(calendar()))
            except Refusal as refusal:
                log.warning("figures_not_kept", reason=type(refusal).__name__)
            except Exception:
                log.exception("figures_not_kept")
            await asyncio.sleep(max(LOOK_SECONDS, min(REST * (monotonic() - began), LONGEST_REST)))
    finally:
        await patient.close()


async def bring_up_to_date(database: Database, office: WorkingClock) -> None:
    """Once: everything that differs when it is time or the calendar has changed, then what events tell."""
    async with database.transaction() as session:
        checked = (await get_state(session)).checked_at
    if is_due(checked, now=clock.now()) or office.fingerprint != _compared_by.get(database.url):
        await compare_everything(database, office)
        await count_months(database)
    more = True
    while more:
        now = clock.now()
        async with database.transaction() as session:
            more = await hold_figures(session) and await follow_events(session, office, now=now)


_compared_by: dict[str, int] = {}
"""By which calendar this process has seen everything compared."""


def is_due(checked_at: datetime | None, *, now: datetime) -> bool:
    """Whether all cases should be compared again; a clock that is set back or runs fast changes nothing in that."""
    return checked_at is None or not checked_at <= now < checked_at + COMPARE_EVERY * clock.speed()


async def compare_everything(
    database: Database, office: WorkingClock, told: Told = lambda _last: None, *, most: int = BATCH
) -> bool:
    """Measure whatever differs from its case, a batch a transaction; False when another process is at it."""
    now = clock.now()
    async with database.transaction() as session:
        until = await last_event(session)
    after: int | None = 0
    while after is not None:
        async with database.transaction() as session:
            if not await hold_figures(session):
                return False
            after = await compare(session, office, after=after, most=most)
            if after is None:
                await compared(session, now=now, events_until=until)
        told(after or 0)
    _compared_by[database.url] = office.fingerprint
    return True


async def count_months(database: Database) -> None:
    """Count the months that are over and have changed, each in a transaction of its own."""
    today = clock.now().astimezone(SHANGHAI).date()
    async with database.transaction() as session:
        months = await find_uncounted(session, today=today)
    for month in months:
        async with database.transaction() as session:
            if not await hold_figures(session):
                return
            if month in await find_uncounted(session, today=today):
                await count_month(session, month)


async def rebuild(database: Database, office: WorkingClock, told: Told = lambda _last: None) -> bool:
    """Forget all figures and make them anew; False when another process is at it, and nothing was forgotten."""
    async with database.transaction() as session:
        if not await hold_figures(session):
            return False
        await forget_everything(session)
    done = await compare_everything(database, office, told, most=LARGE_BATCH)
    await count_months(database)
    return done
