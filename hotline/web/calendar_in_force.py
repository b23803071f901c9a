"""The calendar this process counts by: what was imported, within a second; and dates counted again behind it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

import structlog
from aiohttp import web

from hotline import clock
from hotline.calendars.in_force import tables_of
from hotline.calendars.queries import is_anything_to_count, list_notices, newest_notice
from hotline.calendars.recounting import HEARD_AFTER, recount
from hotline.errors import Refusal
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.web.keys import DATABASE, RULES

LOOK_SECONDS: Final = 60.0
"""Looked at even when nothing was heard: one short question."""
AGAIN_SECONDS: Final = 1.0
log = structlog.get_logger(__name__)


async def begin_with_calendar(app: web.Application) -> None:
    """Start with the calendar in force."""
    await look_again(app)


async def follow_calendar(app: web.Application, said: asyncio.Event) -> None:
    """Put into force what is imported and count open dates again, until cancelled."""
    said.set()  # what was imported while no service ran is still to be counted
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await said.wait()
        said.clear()
        try:
            await look_again(app)
            await _recount(app)
        except Refusal:  # the database is away: when it is back, look
            said.set()
            await asyncio.sleep(AGAIN_SECONDS)
        except Exception:
            log.exception("dates_not_counted_again")


async def look_again(app: web.Application) -> None:
    """Count by the newest notices, unless this is so already."""
    rules = app[RULES]
    async with app[DATABASE].transaction() as session:
        newest = await newest_notice(session)
        if newest == rules.newest_notice:
            return
        tables = tables_of(await list_notices(session))
    rules.know_tables(tables, newest)
    log.info("calendar_in_force", years=[table.year for table in tables])


async def _recount(app: web.Application) -> None:
    """On a connection of its own, with patience: the first batch may wait for that of another process."""
    now = clock.now()
    async with app[DATABASE].transaction() as session:
        if not await is_anything_to_count(session, heard_before=now - HEARD_AFTER):
            return
    patient = Database(app[DATABASE].url, pool_size=1, command_seconds=PATIENT_SECONDS)
    try:
        batches = await recount(patient, app[RULES].policy, now=now)
    finally:
        await patient.close()
    if batches:
        log.info("dates_counted_again", batches=batches)
