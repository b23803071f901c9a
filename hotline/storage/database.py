"""The engine and the one shape of a piece of work: one transaction, committed before anybody hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from sqlalchemy import exc
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from hotline.errors import Unavailable
from hotline.i18n import mark
from hotline.storage.moving_line import MovingLine

CONNECT_SECONDS: Final = 2.0
COMMAND_SECONDS: Final = 2.5
"""How long one statement may take while somebody waits for an answer: then it is 503, and nothing was changed."""
STILL_SECONDS: Final = 1.0
"""How long somebody waits for a connection while none is given back: then it is 503 too."""
LONGEST_SECONDS: Final = 5.0
"""How long somebody waits while they are: very many calls at once are logged late rather than refused."""
PATIENT_SECONDS: Final = 600.0
"""How long a statement may take that nobody waits for: migrations, filling the demo."""
ONE_PROCESS: Final = {"jit": "off", "max_parallel_workers_per_gather": "0"}
"""A statement is carried out by one process and as it is: helpers and compiled code are made anew each time, which
takes about as long as the statement, and they take the processors the next request waits for."""


class Database:
    """The engine of one process and the maker of its sessions."""

    def __init__(self, url: str, *, pool_size: int = 10, command_seconds: float = COMMAND_SECONDS) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=STILL_SECONDS,
            pool_pre_ping=False,
            hide_parameters=True,
            connect_args={
                "timeout": CONNECT_SECONDS,
                "command_timeout": command_seconds,
                "server_settings": {"application_name": "hotline", "timezone": "UTC", **ONE_PROCESS},
            },
        )
        self._line = MovingLine(pool_size, still=STILL_SECONDS, longest=LONGEST_SECONDS)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    def session(self) -> AsyncSession:
        """A session that is not in a transaction yet."""
        return self._sessions()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends well, rolled back when it does not.

        Raises `Unavailable` when the database does not answer; what a caller did not hear to be committed may be
        asked for again with the same Idempotency-Key.
        """
        said = UNAVAILABLE
        try:
            # The pool itself lets newcomers pass those who wait.
            async with self._line.turn(), self._sessions() as session:
                yield session
                said = UNCERTAIN
                await session.commit()
        except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, OSError, TimeoutError) as problem:
            raise Unavailable(said) from problem
        except exc.DBAPIError as problem:
            if problem.connection_invalidated or is_passing(problem.orig):
                raise Unavailable(said) from problem
            raise
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as problem:  # of what went past the engine
            if is_passing(problem):
                raise Unavailable(said) from problem
            raise

    async def ping(self) -> None:
        """Return when the database answers. Raises `Unavailable` when it does not."""
        async with self.transaction() as session:
            await (await session.connection()).exec_driver_sql("select 1")

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


UNAVAILABLE = mark("The database does not answer just now. Nothing was changed; please try again in a moment.")

UNCERTAIN = mark(
    "The database did not confirm in time. Look whether it was carried out before you send it again; "
    "a program sends it again with the same Idempotency-Key."
)

PASSING_STATES: Final = ("08", "53", "57P", "40001", "40P01", "25006")
"""SQLSTATE prefixes of trouble that passes: connection, resources, shutdown, serialisation, deadlock, read-only."""


def is_passing(problem: BaseException | None) -> bool:
    """Whether this trouble with the database passes by itself, so that asking again later helps."""
    while problem is not None:
        state: Any = getattr(problem, "sqlstate", None)
        if isinstance(state, str) and state.startswith(PASSING_STATES):
            return True
        if isinstance(problem, OSError | asyncio.TimeoutError | asyncpg.InterfaceError):
            return True
        problem = problem.__cause__
    return False
