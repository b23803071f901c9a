"""What the parts of a run stand on: the server, the database of 100,000 cases, the running service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from sqlalchemy.engine import make_url

from bench.children import Child, load, processor_time
from bench.load import Order, Pace, Target
from bench.people import People


@dataclass(frozen=True, slots=True)
class Ground:
    """`service` and `bare` run only while something is asked of them.

    `seconds` is the length of a round, `tell` says what is going on.
    """

    home: Path
    database_url: str
    cases: int
    people: People
    service: Child | None
    bare: Child | None
    seconds: float
    tell: Callable[[str], None]

    async def compare(self, *targets: Target, clients: int) -> dict[str, Pace]:
        """The pace of these targets, round by round in turn. Ends the run when one answers with another status."""
        servers = [child for child in (self.service, self.bare) if child is not None]
        before = {child.url: processor_time(child.pid) for child in servers}
        paces = await load(Order(list(targets), clients, self.seconds))
        spent = {child.url: processor_time(child.pid) - before[child.url] for child in servers}
        for name, pace in paces.items():
            if pace.errors:
                raise SystemExit(f"{name}: {pace.errors} of {pace.answers} answers were wrong: {pace.complaint}")
        by_name = {target.name: urlsplit(target.urls[0]) for target in targets}
        hosts = {name: f"{url.scheme}://{url.netloc}" for name, url in by_name.items()}
        return {
            name: replace(pace, cpu=1000 * spent.get(hosts[name], 0) / pace.answers) for name, pace in paces.items()
        }

    def address(self, path: str) -> str:
        """An address of the running service."""
        assert self.service is not None
        return self.service.url + path

    def bare_address(self, path: str) -> str:
        """An address of the bare handlers."""
        assert self.bare is not None
        return self.bare.url + path

    def new_calls(self, seed: int, *, url: str = "", per_second: float = 0.0) -> Target:
        """Calls which the operator logs over the API, with bodies and keys from `seed` on; `url` is another service."""
        where = f"{url}/api/v1/calls" if url else self.address("/api/v1/calls")
        headers = self.people.operator
        return Target("calls", [where], headers, calls=True, expected=201, seed=seed, per_second=per_second)

    async def rows(self, query: str, *values: object) -> list[asyncpg.Record]:
        """What the database itself says."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    async def beside(self, name: str, *, template: str = "template1") -> str:
        """The address of a new database on the same server; nobody may be connected to the template meanwhile."""
        here = make_url(self.database_url)
        connection = await asyncpg.connect(here.set(database="postgres").render_as_string(hide_password=False))
        try:
            await connection.execute(f"create database bench_{name} template {template}", timeout=600)
        finally:
            await connection.close()
        return here.set(database=f"bench_{name}").render_as_string(hide_password=False)


def latencies(pace: Pace) -> str:
    """Three percentiles and the processor time of one answer, on one line."""
    return f"p50 {pace.p50:.1f}, p95 {pace.p95:.1f}, p99 {pace.p99:.1f} ms; cpu {pace.cpu:.2f} ms"
