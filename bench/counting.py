"""Figures of cases that were put into a database behind the back of the service: made, or waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

import asyncpg

from hotline.policy import load_policy
from hotline.reports.running import rebuild
from hotline.reports.working_time import clock_of
from hotline.storage.database import PATIENT_SECONDS, Database

PATIENCE: Final = 900
_COMPARED: Final = "select exists (select from figure_state where checked_at >= $1)"


async def count_anew(url: str, tell: Callable[[str], None]) -> float:
    """Make all figures anew, as `hotline figures rebuild` does; how many seconds that took."""
    patient = Database(url, command_seconds=PATIENT_SECONDS)
    began = time.perf_counter()
    await rebuild(patient, clock_of(load_policy().calendar), lambda last: tell(f"counted up to case {last:,}"))
    took = time.perf_counter() - began
    await patient.close()
    return took


async def wait_until_compared(url: str, since: datetime) -> None:
    """Until the service begun at this moment has compared every case with its figures: pages see no usual hour before.

    Raises TimeoutError after a quarter of an hour.
    """
    connection = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(PATIENCE):
            while not await connection.fetchval(_COMPARED, since):  # noqa: ASYNC110 - nobody is told of it
                await asyncio.sleep(1)
    finally:
        await connection.close()
