"""Seeing to it that backtests run: one process takes what waits, starts its runner, and notices when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import Final

import structlog

from hotline import clock
from hotline.errors import Refusal
from hotline.rulebook import backtest_queries as asked
from hotline.rulebook.models import Progress
from hotline.rulebook.replaying import CONFIG, URL
from hotline.storage.database import Database

LOOK_SECONDS: Final = 20.0
"""How often every process looks for runners that have died with their service."""
log = structlog.get_logger(__name__)


async def see_to_backtests(database: Database, asked_for: asyncio.Event, config: Path | None) -> None:
    """Run what waits, one at a time in the whole service, until cancelled; `asked_for` is set when there is news."""
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await asked_for.wait()
        asked_for.clear()
        try:
            while (backtest := await _next(database)) is not None:
                await _see_through(database, backtest, config)
        except Refusal as refusal:
            log.warning("backtests_not_looked_at", reason=type(refusal).__name__)


async def _next(database: Database) -> int | None:
    async with database.transaction() as session:
        if await asked.give_up_dead(session, now=clock.now()):
            log.warning("backtest_runner_dead")
        return await asked.claim(session, now=clock.now())


async def _see_through(database: Database, backtest_id: int, config: Path | None) -> None:
    """Start the runner and wait for it; when it goes without having ended its row, that is ended here."""
    environment = os.environ | {URL: database.url} | ({CONFIG: str(config)} if config is not None else {})
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hotline.rulebook.replaying", str(backtest_id)),
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        with contextlib.suppress(Refusal):
            await _broken_off(database, backtest_id)
        raise
    if await _broken_off(database, backtest_id):
        log.warning("backtest_runner_died", backtest=backtest_id, code=code)


async def _broken_off(database: Database, backtest_id: int) -> bool:
    async with database.transaction() as session:
        return await asked.end(session, backtest_id, Progress.FAILED, now=clock.now())
