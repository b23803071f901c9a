"""Has charts drawn: by a short-lived child process, one at a time, and kept for those who ask again."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog

from hotline.documents.children import HANDED_ON, run_child
from hotline.errors import Unavailable
from hotline.i18n import mark

log = structlog.get_logger(__name__)

SECONDS: Final = 20.0
KEPT: Final = 64
KEPT_BYTES: Final = 4 * 1024 * 1024
MOST_WAITING: Final = 4
DRAW: Final = (sys.executable, "-m", "hotline.reports.draw")
_HANDED_ON: Final = (*HANDED_ON, "FONTCONFIG_PATH", "FONTCONFIG_FILE", "HOME")
"""Fonts are looked for with these."""


class NotDrawn(Unavailable):
    """The chart could not be drawn; the figures in the table do not depend on it."""


class Drawings:
    """The charts drawn so far, by what they show, and the one pen."""

    def __init__(self, *, command: Sequence[str] = DRAW, seconds: float = SECONDS) -> None:
        self._command = tuple(command)
        self._seconds = seconds
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._pen = asyncio.Lock()
        self._waiting = 0

    async def svg(self, spec: Mapping[str, Any]) -> bytes:
        """The chart as SVG, UTF-8. Raises `NotDrawn` when it fails, takes over 20 s, or too many wait for the pen."""
        text = json.dumps(spec, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
        key = hashlib.sha256(text).digest()
        if (kept := self._find(key)) is not None:
            return kept
        if self._waiting >= MOST_WAITING:
            raise NotDrawn(mark("Several charts are being drawn just now. The table below has the same figures."))
        self._waiting += 1
        try:
            async with self._pen:
                return self._find(key) or self._keep(key, await self._draw(text))
        finally:
            self._waiting -= 1

    def _find(self, key: bytes) -> bytes | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def _keep(self, key: bytes, svg: bytes) -> bytes:
        self._kept[key] = svg
        while len(self._kept) > KEPT or sum(map(len, self._kept.values())) > KEPT_BYTES:
            self._kept.popitem(last=False)
        return svg

    async def _draw(self, text: bytes) -> bytes:
        ended = await run_child(self._command, text, seconds=self._seconds, handed_on=_HANDED_ON)
        if ended.status != 0 or not ended.made.startswith(b"<svg"):
            log.warning("chart_not_drawn", status=ended.status, reason=ended.reason)
            raise NotDrawn(mark("The chart could not be drawn. The table below has the same figures."), retry_after=60)
        return ended.made
