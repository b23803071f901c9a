"""The real service as a child process whose clock a test sets (libfaketime); the database keeps the true time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from hotline.storage.database import Database
from tests import sweep
from tests.service import Service

LIBRARY: Final = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
MISSING: Final = "there is no libfaketime on this machine: install the package faketime to run the tests of clocks"
ROUNDS_EVERY: Final = 2.0
"""Seconds between two rounds of reminders of these children, which a service makes once a minute."""
PATIENCE: Final = 60.0
"""Seconds until what should come counts as never coming, also on a busy machine."""
_COMMAND: Final = """
import sys
from hotline.cli import main
from hotline.web import reminding
reminding.EVERY_SECONDS = float(sys.argv.pop(1))
main()
"""
_WRONG: Final = frozenset({"error", "critical"})


def demand_library() -> Path:
    """The library; without it the test is skipped, or fails where everything has to be run."""
    if LIBRARY is None and os.environ.get("HOTLINE_REQUIRE_BROWSER"):
        pytest.fail(f"HOTLINE_REQUIRE_BROWSER is set, but {MISSING}")
    if LIBRARY is None:
        pytest.skip(MISSING)
    return LIBRARY


@dataclass(slots=True)
class FakedClock:
    """The clock of the children that are started with `environment`: set while they run, and runs on from there."""

    folder: Path
    database_url: str
    home: Path
    off: timedelta = timedelta()

    def set(self, at: datetime) -> None:
        """It is this moment now."""
        self.off = at - datetime.now(UTC)
        written = self.folder / "offset.new"
        written.write_text(f"{self.off.total_seconds():+.3f}\n", encoding="ascii")
        written.rename(self.folder / "offset")  # at once: the library reads it with every look at the clock

    def go_on(self, by: timedelta) -> None:
        """It is later by so much; earlier when negative."""
        self.set(self.now() + by)

    def now(self) -> datetime:
        """What these processes take for now."""
        return datetime.now(UTC) + self.off

    @property
    def environment(self) -> dict[str, str]:
        """What a child has to be started with."""
        return {
            **os.environ,
            "HOTLINE_DATABASE_URL": self.database_url,
            "HOTLINE_HOME": str(self.home),
            "LD_PRELOAD": str(demand_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "offset"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DISABLE_SHM": "1",
            "DONT_FAKE_MONOTONIC": "1",  # how long something takes is nobody's clock
            "NO_FAKE_STAT": "1",
        }

    async def run(self, *command: str) -> tuple[int, str]:
        """A command of the product, to its end: how it ended and what it printed."""
        started = await self.start(*command, out=asyncio.subprocess.PIPE)
        printed, _ = await started.communicate()
        assert started.returncode is not None
        return started.returncode, printed.decode()

    async def start(self, *command: str, out: int) -> asyncio.subprocess.Process:
        """A command of the product that is still running."""
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-c", _COMMAND, str(ROUNDS_EVERY), *command, stdout=out, stderr=log,
                env=self.environment,
            )  # fmt: skip

    @property
    def log(self) -> Path:
        """What they log: the sweep at the end of the run reads it."""
        return sweep.folder() / f"clock-{self.folder.name}.log"

    def complaints(self) -> list[dict[str, Any]]:
        """Whatever was logged as an error."""
        lines = self.log.read_text("utf-8").splitlines()
        return [line for line in map(_line, lines) if line.get("level") in _WRONG]


def _line(logged: str) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        return dict(json.loads(logged))
    return {"level": "error" if "Traceback" in logged else "", "event": logged}


@asynccontextmanager
async def serving(clock: FakedClock, database: Database) -> AsyncIterator[Service]:
    """`hotline serve` by this clock until the block ends; what went wrong in the background fails the test."""
    process = await clock.start("serve", "--port", "0", out=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            ready = (await process.stdout.readline()).decode()
        assert ready.startswith("ready http://"), ready
        async with aiohttp.ClientSession() as http:
            yield Service(ready.split()[1], database, http)
    finally:
        process.terminate()
        await process.wait()
    assert process.returncode == 0
    assert clock.complaints() == []
