"""A line before something there is little of: in the order of coming, and only while it moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from hotline.errors import Refusal


class MovingLine:
    """So many have a turn at once; the others wait in the order of coming.

    A line that moves is waited in for `longest` seconds: when very many come at once they are answered late rather than
    sent away. A line in which no turn has ended well, or with a refusal, for `still` seconds is given up: a turn which
    ends because nothing answers promises nothing to those behind it.
    """

    def __init__(self, at_once: int, *, still: float, longest: float) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._still = still
        self._longest = longest
        self._moved = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Have a turn for this block. Raises `TimeoutError` when the line stands still, or is too long."""
        if self._turns.locked():
            await self._wait()
        else:
            await self._turns.acquire()
        try:
            yield
        except Refusal:
            self._moved = monotonic()
            raise
        else:
            self._moved = monotonic()
        finally:
            self._turns.release()

    async def _wait(self) -> None:
        came = monotonic()
        waiting = asyncio.ensure_future(self._turns.acquire())
        try:
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=self._patience(came))
        except BaseException:
            if not waiting.cancel() and not waiting.cancelled():
                self._turns.release()  # the turn came in the very moment it was given up
            raise
        waiting.result()

    def _patience(self, came: float) -> float:
        """Seconds for which it is still worth waiting. Raises `TimeoutError` when it is not."""
        left = min(max(self._moved, came) + self._still, came + self._longest) - monotonic()
        if left <= 0:
            raise TimeoutError
        return left
