"""Reminding while the service runs: a round every minute, in every process; each thing is told once all the same."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from aiohttp import web

from hotline import clock
from hotline.errors import Refusal
from hotline.reminders.engine import run_round
from hotline.storage.database import Database
from hotline.web.keys import DATABASE, RULES

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 60.0
SHORTEST: Final = 2.0
STATEMENT_SECONDS: Final = 60.0
"""How long one question may take: nobody waits for it, and it holds nothing while it looks."""


async def remind(app: web.Application) -> None:
    """Look round after round until cancelled; what fails is logged, and the next round comes all the same."""
    while True:
        await asyncio.sleep(clock.real_seconds(EVERY_SECONDS, least=SHORTEST))
        await look_round(app)


async def look_round(app: web.Application) -> None:
    """One round, on a connection of its own, so that no page waits for one."""
    database = Database(app[DATABASE].url, pool_size=1, command_seconds=STATEMENT_SECONDS)
    try:
        done = await run_round(database, app[RULES].policy, now=clock.now())
    except Refusal as refusal:
        log.warning("reminders_not_sent", reason=str(refusal))
    except Exception:
        log.exception("reminders_not_sent")
    else:
        if done.total:
            log.info("reminders_sent", letters=done.letters, **{step.value: n for step, n in done.told.items() if n})
    finally:
        await database.close()
