"""The register of organisations in this process: read at the start, and again when decisions must know of a change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import structlog
from aiohttp import web

from hotline.errors import Refusal, Unavailable
from hotline.i18n import mark
from hotline.registry.index import UNREAD, Known, read_register, register_as_known
from hotline.registry.notices import CHANGED
from hotline.routing.units import UnitIndex
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.web.keys import DATABASE, LISTENER, RULES

RETRY_SECONDS: Final = 5.0
START_TRIES: Final = 3
NOT_READ: Final = mark(
    "The register of organisations cannot be read, so the service does not start: calls would go to an employer's own "
    "union, and people would see cases that are not theirs to see. The log says why. Please start it again."
)
log = structlog.get_logger(__name__)


async def follow_register(app: web.Application) -> AsyncIterator[None]:
    """Know the organisations before the first request, and follow their changes while the application runs.

    There is no start without them: who belongs to an employer, and which union is an employer's own, stands in the
    register, and a call that was stored meanwhile would never learn its unit. Raises `Unavailable`.
    """
    changed = app[LISTENER].signal(CHANGED)
    task = asyncio.create_task(_follow(app, changed, await _read_first(app)))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _read_first(app: web.Application) -> Known:
    """Read the register before anybody is answered, patiently for a database that is just being started again."""
    for tried in range(START_TRIES):
        if tried:
            await asyncio.sleep(RETRY_SECONDS)
        if (known := await _read(app, UNREAD)) is not None:
            return known
    raise Unavailable(NOT_READ)


async def _follow(app: web.Application, changed: asyncio.Event, known: Known) -> None:
    while True:
        await changed.wait()
        changed.clear()
        read = await _read(app, known)
        if read is None:
            await asyncio.sleep(RETRY_SECONDS)
            changed.set()
        else:
            known = read


async def _read(app: web.Application, known: Known) -> Known | None:
    """Bring what is `known` up to date; the whole register is read only where decisions have to know of a change.

    When it cannot be read (the database is away) the last one stays, and None is returned.
    """
    try:
        async with app[DATABASE].transaction() as session:
            as_known = await register_as_known(session, known)
        if as_known is not None:
            return as_known
        patient = Database(app[DATABASE].url, pool_size=1, command_seconds=PATIENT_SECONDS)
        try:
            async with patient.transaction() as session:
                read = await read_register(session)
        finally:
            await patient.close()
    except Refusal as refusal:
        log.warning("register_not_read", reason=str(refusal))
        return None
    except Exception:
        log.exception("register_not_read")
        return None
    _decide_with(app, read.units)
    return read


def _decide_with(app: web.Application, units: UnitIndex) -> None:
    app[RULES].know_units(units)
    links = app[RULES].policy.routing.links
    log.info("register_read", organisations=len(units), departments=len(links.by_unit))
    if links.unknown:
        log.warning("departments_name_unknown_organisations", codes=list(links.unknown))
