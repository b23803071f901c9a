"""Listening for notices: one LISTEN connection a process, handed on to every open screen."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import structlog

from hotline.storage.notices import CHANNEL

RETRY_SECONDS: Final = 1.0
PING_SECONDS: Final = 10.0
QUEUE_LENGTH: Final = 200
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """A notice as it arrived; `id` 0 means that some may have been missed and the screen should look again."""

    id: int
    kind: str
    facts: dict[str, Any]


MISSED = Heard(0, "missed", {})
END = Heard(-1, "end", {})


class Listener:
    """Keeps the connection, reconnects when it is lost, and fans out to the queues of open screens."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._queues: set[asyncio.Queue[Heard]] = set()
        self._signals: dict[str, asyncio.Event] = {}
        self._lost = asyncio.Event()

    @asynccontextmanager
    async def subscription(self) -> AsyncIterator[asyncio.Queue[Heard]]:
        """A queue of everything heard while the block runs; bounded: a slow reader gets `MISSED` instead."""
        queue: asyncio.Queue[Heard] = asyncio.Queue(QUEUE_LENGTH)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    def signal(self, channel: str) -> asyncio.Event:
        """An event that is set when anything is said on this channel, and after every (re)connection: then look.

        Asked for before `run`; whoever waits for it clears it.
        """
        return self._signals.setdefault(channel, asyncio.Event())

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as problem:
                log.warning("notices_connection_lost", reason=type(problem).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=3, command_timeout=5)
        try:
            self._lost.clear()
            connection.add_termination_listener(lambda _connection: self._lost.set())
            await connection.add_listener(CHANNEL, self._heard)
            for channel in self._signals:
                await connection.add_listener(channel, self._signalled)
            self._hand_on(MISSED)  # only now: what moves before this moment is heard by nobody
            for event in self._signals.values():
                event.set()
            while not self._lost.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PING_SECONDS):
                        await self._lost.wait()
                if not self._lost.is_set():
                    await connection.execute("select 1")
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        said = json.loads(str(payload))
        self._hand_on(Heard(said["id"], said["kind"], said["facts"]))

    def _signalled(self, _connection: object, _pid: int, channel: str, _payload: object) -> None:
        self._signals[channel].set()

    def _hand_on(self, heard: Heard) -> None:
        for queue in self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(MISSED)
            else:
                queue.put_nowait(heard)

    def end(self) -> None:
        """Tell every open screen that this process goes down, so that shutting down does not wait for them."""
        for queue in self._queues:
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(END)
