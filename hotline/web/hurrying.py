"""What the passing of time alone makes urgent: statutory clocks that come under 30 days, looked for all day long."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from aiohttp import web

from hotline import clock
from hotline.cases.statutory_hurry import MOST_AT_ONCE, hurry_all
from hotline.errors import Refusal
from hotline.web.keys import DATABASE, RULES

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 900.0
SHORTEST: Final = 5.0


async def hurry(app: web.Application) -> None:
    """Make cases urgent as their clocks call for it, in every process: whoever is second finds nothing to do."""
    while True:
        try:
            while True:
                async with app[DATABASE].transaction() as session:
                    done = await hurry_all(session, app[RULES].policy, now=clock.now())
                if done:
                    log.info("statutory_clocks_pressing", cases=done)
                if done < MOST_AT_ONCE:
                    break
        except Refusal as refusal:
            log.warning("statutory_clocks_not_looked_at", reason=str(refusal))
        except Exception:
            log.exception("statutory_clocks_not_looked_at")
        await asyncio.sleep(clock.real_seconds(EVERY_SECONDS, least=SHORTEST))
