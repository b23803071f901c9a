"""A report as a workbook: figures, definitions, and the cases behind them, which pass through one by one."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from hotline.documents.children import run_child
from hotline.errors import Unavailable
from hotline.i18n import mark
from hotline.reports.sheets import Field

log = structlog.get_logger(__name__)

SECONDS: Final = 120.0
MOST_CASES: Final = 100_000
WRITE: Final = (sys.executable, "-m", "hotline.reports.workbook")
MOST_WAITING: Final = 8
Rows = list[Sequence[Field]]


class Turns:
    """One workbook at a time: who waits for a turn holds no connection of the database yet."""

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._most_waiting = most_waiting

    @asynccontextmanager
    async def next(self) -> AsyncIterator[None]:
        """Wait for one's turn, and have it while the block runs. Raises `Unavailable` when many wait already."""
        if self._waiting >= self._most_waiting:
            raise Unavailable(mark("Many workbooks are being made just now. Please try again in a minute."))
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet and how it is laid out.

    `widths` of columns in characters, the last one for all that follow; which row has the `headings`, below which the
    rest is scrolled, and which the `total`; the `look` of all others (`workbook.FORMATS`).
    """

    name: str
    rows: Rows
    widths: tuple[int, ...]
    headings: int | None = None
    total: int | None = None
    look: str = ""


@dataclass(frozen=True, slots=True)
class CasesSheet:
    """The sheet of cases: `columns` are heading and kind (text, moment, hours); `widths` as in `Sheet`."""

    name: str
    columns: tuple[tuple[str, str], ...]
    widths: tuple[int, ...]
    headings: int = 0


@asynccontextmanager
async def workbook(sheets: Sequence[Sheet], listed: CasesSheet, cases: AsyncIterator[Rows]) -> AsyncIterator[Path]:
    """The file, which is there while the block runs. Raises `Unavailable` when it cannot be written in time."""
    with tempfile.TemporaryDirectory(prefix="hotline-figures-") as folder:
        kept, out = Path(folder) / "cases.json", Path(folder) / "figures.xlsx"
        with kept.open("w", encoding="utf-8") as file:
            async for rows in cases:
                file.write(json.dumps(rows, ensure_ascii=False) + "\n")
        order = {
            "out": str(out),
            "sheets": [asdict(sheet) for sheet in sheets],
            "cases": {"path": str(kept), **asdict(listed)},
        }
        await _write(order)
        yield out


async def _write(order: dict[str, Any]) -> None:
    ended = await run_child(WRITE, json.dumps(order).encode(), seconds=SECONDS)
    if ended.status != 0:
        log.warning("workbook_not_written", status=ended.status, reason=ended.reason)
        raise Unavailable(mark("The workbook could not be written. Choose a shorter period, or take the CSV."))
