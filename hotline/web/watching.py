"""Looking at what comes in: new cases are heard of as every screen hears of them, and looked at together."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from time import monotonic
from typing import Final

import structlog
from aiohttp import web

from hotline import clock
from hotline.errors import Refusal
from hotline.incidents.watch import look_at, look_at_everything
from hotline.routing.crowds import CrowdLimits
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.storage.listener import END, MISSED, Heard
from hotline.web.keys import DATABASE, LISTENER, RULES

log = structlog.get_logger(__name__)

GATHER_SECONDS: Final = 1.0
"""What comes in within this time is looked at with the same few queries, however busy the day."""
REST: Final = 10
"""So many times as long as it looked it waits at least before it looks again: live work goes first."""
LONGEST_REST: Final = 60.0
RETRY_SECONDS: Final = 5.0


class ToLookAt:
    """What was heard of and not looked at yet: of notices nothing is kept but the numbers of new cases."""

    def __init__(self) -> None:
        self.waits = asyncio.Event()
        self.ended = False
        self._numbers: set[str] = set()
        self._everything = False

    async def hear(self, queue: asyncio.Queue[Heard]) -> None:
        """Empty the queue as it fills, also while it is looked or rested: it is short, and what overflows is missed."""
        while not self.ended:
            heard = await queue.get()
            if heard == END:
                self.ended = True
            elif heard == MISSED:
                self._everything = True
            elif heard.facts.get("version") == 1:
                self._numbers.add(heard.facts["number"])
            else:
                continue
            self.waits.set()

    def again(self) -> None:
        """It could not be looked at: next time at everything."""
        self._everything = True
        self.waits.set()

    def take(self) -> Collection[str] | None:
        """The numbers of new cases, None for everything there is; from now on only what comes after."""
        taken = None if self._everything else frozenset(self._numbers)
        self._numbers.clear()
        self._everything = False
        self.waits.clear()
        return taken


async def watch(app: web.Application) -> None:
    """Raise warnings of mass incidents until the listener ends. Every process does; a warning is raised once."""
    told, took = ToLookAt(), 0.0
    async with app[LISTENER].subscription() as queue, asyncio.TaskGroup() as beside:
        hearing = beside.create_task(told.hear(queue))
        while True:
            await told.waits.wait()
            await asyncio.sleep(max(GATHER_SECONDS, min(REST * took, LONGEST_REST)))
            if told.ended:
                break
            began = monotonic()
            done = await look(app, told.take())
            took = monotonic() - began
            if not done:
                told.again()
                await asyncio.sleep(RETRY_SECONDS)
        hearing.cancel()


async def look(app: web.Application, numbers: Collection[str] | None) -> bool:
    """Whether it could be looked at: at these new cases, or at everything (None)."""
    limits = app[RULES].policy.crowds
    try:
        if numbers is None:
            await _look_at_everything(app[DATABASE].url, limits)
        else:
            async with app[DATABASE].transaction() as session:
                await look_at(session, numbers, limits, now=clock.now())
    except Refusal as refusal:
        log.warning("incidents_not_looked_at", reason=str(refusal))
        return False
    except Exception:
        log.exception("incidents_not_looked_at")
        return False
    return True


async def _look_at_everything(url: str, limits: CrowdLimits) -> None:
    """On a connection of its own, with patience: nobody waits, and all recent cases take longer than a page may."""
    patient = Database(url, pool_size=1, command_seconds=PATIENT_SECONDS)
    try:
        async with patient.transaction() as session:
            await look_at_everything(session, limits, now=clock.now())
    finally:
        await patient.close()
