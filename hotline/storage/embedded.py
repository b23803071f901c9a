"""The PostgreSQL hotline brings along: made at the first start, shared by its users, watched, stopped by the last.

Two locks carry it. `start.lock` is held alone while the server is made, started or stopped. `use.lock` is held together
by every process that uses the server; who gets it alone is the last one. The kernel drops both when a process dies, so
`kill -9` leaves nothing stale. A server whose users all died goes on, and the next start takes it over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

import structlog

from hotline.settings import Settings
from hotline.storage.postgres_files import UNUSABLE, Home, Lock, NoServer, default_home, open_home, starting
from hotline.storage.postgres_process import is_stopping, server_process
from hotline.storage.postgres_programs import Programs, find_binaries, ready_programs
from hotline.storage.postgres_server import ensure_running, make_database, read_password, runs_with, stop_server

__all__ = [
    "EmbeddedServer",
    "Home",
    "NoServer",
    "database_address",
    "default_home",
    "find_binaries",
    "running_server",
]

log = structlog.get_logger(__name__)

WATCH_EVERY = 0.25
"""Seconds between two looks at the server."""


class EmbeddedServer:
    """One process's share in the embedded server of a home: `url` is good until `stop`."""

    def __init__(
        self, home: Home, programs: Programs, options: Mapping[str, str], in_use: Lock, *, port: int, password: str
    ) -> None:
        self.home = home
        self.port = port
        self.url = f"postgresql://hotline:{quote(password, safe='')}@127.0.0.1:{port}/hotline"
        self._programs = programs
        self._options = options
        self._in_use: Lock | None = in_use

    @classmethod
    async def start(
        cls, home: Path, *, options: Mapping[str, str] | None = None, meanwhile: Callable[[], object] | None = None
    ) -> Self:
        """Use the server of this home: made if need be, started if it does not run. Raises NoServer.

        `options` are settings of PostgreSQL which win over ours; tests turn `fsync` off with them. `meanwhile` is
        called once while the server starts: that is mostly waiting.
        """
        joining = asyncio.create_task(asyncio.to_thread(cls._join, home, dict(options or {})))
        try:
            if meanwhile is not None:
                await asyncio.sleep(0)  # the thread is on its way from here on
                meanwhile()
            return await asyncio.shield(joining)
        except BaseException:
            with suppress(NoServer):
                await (await joining).stop()
            raise

    @classmethod
    def _join(cls, path: Path, options: dict[str, str]) -> Self:
        home = open_home(path)
        with starting(home):
            in_use = Lock(home.use_lock)
            try:
                alone = in_use.take_alone()
                in_use.take_together()
                programs = ready_programs(home)
                make_database(home, programs, options)
                password = read_password(home)
                if alone and server_process(home) and not runs_with(home, options):
                    stop_server(home, programs)
                port = ensure_running(home, programs, options, new_port=alone)
                return cls(home, programs, options, in_use, port=port, password=password)
            except OSError as error:
                in_use.release()
                raise NoServer(UNUSABLE, path=home.path, reason=error) from error
            except BaseException:
                in_use.release()
                raise

    async def watch(self) -> None:
        """Bring the server back on its port whenever it died, until cancelled."""
        while True:
            await asyncio.sleep(WATCH_EVERY)
            if await asyncio.to_thread(self._is_well):
                continue
            log.warning("database_server_died", port=self.port)
            try:
                await asyncio.to_thread(self._revive)
            except (NoServer, OSError) as error:
                log.error("database_server_does_not_start", reason=str(error))  # noqa: TRY400 - the reason says it all
                await asyncio.sleep(1)
            else:
                log.info("database_server_is_back", port=self.port)

    def _is_well(self) -> bool:
        return server_process(self.home) is not None and not is_stopping(self.home)

    def _revive(self) -> None:
        with starting(self.home):
            if self._in_use is not None:  # stopped in the meantime: then nobody wants it back
                ensure_running(self.home, self._programs, self._options, new_port=False)

    async def stop(self) -> None:
        """Use the server no longer; the last who does so stops it."""
        await asyncio.to_thread(self._leave)

    def _leave(self) -> None:
        with starting(self.home):
            in_use, self._in_use = self._in_use, None
            if in_use is None:
                return
            with in_use:
                if in_use.take_alone():
                    stop_server(self.home, self._programs)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


@asynccontextmanager
async def running_server(
    home: Path, *, options: Mapping[str, str] | None = None, meanwhile: Callable[[], object] | None = None
) -> AsyncIterator[EmbeddedServer]:
    """The embedded server of this home, watched while the block runs; `meanwhile` as in `start`. Raises NoServer."""
    async with await EmbeddedServer.start(home, options=options, meanwhile=meanwhile) as server:
        watching = asyncio.create_task(server.watch())
        try:
            yield server
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching


@asynccontextmanager
async def database_address(settings: Settings, *, meanwhile: Callable[[], object] | None = None) -> AsyncIterator[str]:
    """The address of the database these settings name, or of the embedded one, which runs while the block does.

    `meanwhile` is called once before there is an answer. Raises NoServer.
    """
    if settings.database_url is None:
        async with running_server(settings.home or default_home(), meanwhile=meanwhile) as server:
            yield server.url
        return
    if meanwhile is not None:
        meanwhile()
    yield settings.database_url.get_secret_value()
