"""Has documents set: by a short-lived child process, a few at a time, each within a limit of time.

The setting engine maps fonts of twenty megabytes and holds a processor; in the child it delays no answer, and whatever
is wrong with a document ends that process and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import structlog

from hotline.documents.children import run_child
from hotline.documents.paper import LetterPaper
from hotline.errors import Unavailable
from hotline.i18n import mark

log = structlog.get_logger(__name__)

SECONDS: Final = 20.0
MOST_WAITING: Final = 16
SET: Final = (sys.executable, "-m", "hotline.documents.child")
_AT_ONCE: Final = 2


class NotSet(Unavailable):
    """The document could not be set; nothing is lost, it can be asked for again."""


class Press:
    """The one place of a process where documents are set."""

    def __init__(self, *, command: tuple[str, ...] = SET, seconds: float = SECONDS) -> None:
        self._command = command
        self._seconds = seconds
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def letter(self, letter: LetterPaper, *, as_docx: bool = False) -> bytes:
        """The letter as PDF, or as DOCX. Raises `NotSet`."""
        return await self.paper("letter", letter.data(), dated=letter.signed_on, kind="docx" if as_docx else "pdf")

    async def paper(
        self, template: str, data: Mapping[str, Any], *, dated: date | None = None, kind: str = "pdf"
    ) -> bytes:
        """`templates/<template>.typ` with this data. Raises `NotSet` when it fails, takes too long or many wait."""
        if self._waiting >= MOST_WAITING:
            raise NotSet(mark("Many documents are being made just now. Please try again in a few seconds."))
        order = {"template": template, "data": data, "dated": dated and dated.isoformat(), "kind": kind}
        self._waiting += 1
        try:
            async with self._turns:
                return await self._set(json.dumps(order, allow_nan=False).encode())
        finally:
            self._waiting -= 1

    async def _set(self, order: bytes) -> bytes:
        ended = await run_child(self._command, order, seconds=self._seconds)
        if ended.status != 0 or not ended.made:
            log.warning("document_not_set", status=ended.status, reason=ended.reason)
            raise NotSet(mark("The document could not be made. Please try again; nothing is lost."), retry_after=30)
        return ended.made
