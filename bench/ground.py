"""What the parts of a run stand on: the server, the database of 100,000 cases, the running service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.children import load
from bench.load import Order, Pace, Target
from bench.people import People


@dataclass(frozen=True, slots=True)
class Ground:
    """`service` and `bare` are addresses; `seconds` is the length of a round; `tell` says what is going on."""

    home: Path
    database_url: str
    cases: int
    people: People
    service: str
    bare: str
    seconds: float
    tell: Callable[[str], None]

    async def compare(self, *targets: Target, clients: int) -> dict[str, Pace]:
        """The pace of these targets, round by round in turn. Ends the run when one answers with another status."""
        paces = await load(Order(list(targets), clients, self.seconds))
        for name, pace in paces.items():
            if pace.errors:
                raise SystemExit(f"{name}: {pace.errors} of {pace.answers} answers were not what was asked for")
        return paces

    async def rows(self, query: str, *values: object) -> list[asyncpg.Record]:
        """What the database itself says."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()


def latencies(pace: Pace) -> str:
    """Three percentiles on one line."""
    return f"p50 {pace.p50:.1f}, p95 {pace.p95:.1f}, p99 {pace.p99:.1f} ms"
