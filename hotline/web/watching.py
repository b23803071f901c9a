"""Looking at what comes in: new cases are heard of as every screen hears of them, and looked at together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import Final

import structlog
from aiohttp import web

from hotline import clock
from hotline.errors import Refusal
from hotline.incidents.watch import look_at, look_at_everything
from hotline.storage.listener import END, MISSED, Heard
from hotline.web.keys import DATABASE, LISTENER, RULES

log = structlog.get_logger(__name__)

GATHER_SECONDS: Final = 1.0
"""What comes in within this time is looked at with the same few queries, however busy the day."""
REST: Final = 10
"""So many times as long as it looked it waits at least before it looks again: live work goes first."""
RETRY_SECONDS: Final = 5.0


async def watch(app: web.Application) -> None:
    """Raise warnings of mass incidents until the listener ends. Every process does; a warning is raised once."""
    everything, took = False, 0.0
    async with app[LISTENER].subscription() as queue:
        while True:
            heard = [await queue.get()]
            await asyncio.sleep(max(GATHER_SECONDS, REST * took))
            while not queue.empty():
                heard.append(queue.get_nowait())
            if END in heard:
                return
            began = monotonic()
            everything = not await _look(app, heard, everything=everything or MISSED in heard)
            took = monotonic() - began
            if everything:
                await asyncio.sleep(RETRY_SECONDS)
                queue.put_nowait(MISSED)


async def _look(app: web.Application, heard: Iterable[Heard], *, everything: bool) -> bool:
    """Whether it could be looked at."""
    numbers = {one.facts["number"] for one in heard if one.facts.get("version") == 1}
    limits = app[RULES].policy.crowds
    if not numbers and not everything:
        return True
    try:
        async with app[DATABASE].transaction() as session:
            if everything:
                await look_at_everything(session, limits, now=clock.now())
            else:
                await look_at(session, numbers, limits, now=clock.now())
    except Refusal as refusal:
        log.warning("incidents_not_looked_at", reason=str(refusal))
        return False
    except Exception:
        log.exception("incidents_not_looked_at")
        return False
    return True
