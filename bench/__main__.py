"""`python -m bench [--quick] [--only calls,pages,…]`: measure, print, and keep the table in bench/results/latest.md."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bench import (
    backtest,
    calls,
    classification,
    deadlines,
    employers,
    footprint,
    growth,
    pages,
    registry,
    reminders,
    reports,
    round_trips,
    rule_changes,
    searching,
)
from bench.bare import TABLES
from bench.children import Child, bare_handlers, memory, serving
from bench.counting import wait_until_compared
from bench.ground import Ground
from bench.people import People, make_people
from bench.results import Figure, markdown, table_of, versions
from bench.seeding import seed_cases
from hotline import clock
from hotline.policy import load_policy
from hotline.storage.embedded import EmbeddedServer

CASES: Final = 100_000
SECTIONS: Final = {
    "classification": "Classification",
    "deadlines": "Due dates",
    "pages": "Pages, 100,000 cases",
    "search": "Search, 100,000 cases",
    "calls": "Logging calls, 100,000 cases",
    "rules": "Calls while broken rules are tried",
    "backtest": "Backtest of all of them",
    "footprint": "Memory and start",
    "trips": "Round trips to the database",
    "growth": "Growth",
    "reminders": "Reminders, 1,000,000 cases",
    "registry": "Register, 73,000 units",
    "employers": "Employers of the register, 73,000 organisations",
    "reports": "Reports, 1,000,000 cases and 5,000,000 events",
}
ON_THE_SERVICE: Final = {
    "pages": pages.measure,
    "search": searching.measure,
    "calls": calls.measure,
    "rules": rule_changes.measure,
    "backtest": backtest.measure,
}
RESULTS: Final = Path(__file__).parent / "results" / "latest.md"


@dataclass(slots=True)
class Run:
    """What was asked for and what came out so far."""

    chosen: frozenset[str]
    quick: bool
    progress: Progress
    found: dict[str, list[Figure]] = field(default_factory=dict)
    server: str = ""

    @property
    def seconds(self) -> float:
        """Length of a round."""
        return 1.0 if self.quick else 2.5

    @property
    def cases(self) -> int:
        """How many cases are seeded."""
        return CASES // 10 if self.quick else CASES

    def tell(self, what: str) -> None:
        """Say what is going on."""
        self.progress.update(self.progress.task_ids[0], description=what)

    def keep(self, section: str, figures: Sequence[Figure]) -> None:
        """Keep what a section found, and show it at once."""
        self.found.setdefault(section, []).extend(figures)
        self.progress.console.print(table_of(SECTIONS[section], figures))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the cases and short rounds: to try the bench")
    parser.add_argument("--only", default=",".join(SECTIONS), help=f"some of: {', '.join(SECTIONS)}")
    given = parser.parse_args()
    chosen = frozenset(given.only.split(","))
    if unknown := chosen - set(SECTIONS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    with Progress(*columns, console=Console(width=140), transient=True) as progress:
        progress.add_task("starting")
        run = Run(chosen, given.quick, progress)
        asyncio.run(measure(run))
    write(run)


async def measure(run: Run) -> None:
    if "classification" in run.chosen:
        run.tell("classifying")
        run.keep("classification", await asyncio.to_thread(classification.measure, run.seconds))
    if "deadlines" in run.chosen:
        run.tell("counting due dates")
        run.keep("deadlines", await asyncio.to_thread(deadlines.measure))
    if "reports" in run.chosen:
        with tempfile.TemporaryDirectory(prefix="hotline-bench-", ignore_cleanup_errors=True) as folder:
            os.chmod(folder, 0o755)  # noqa: PTH101, S103 - as below
            cases = 100_000 if run.quick else 1_000_000
            found = await reports.measure(Path(folder) / "home", cases=cases, seconds=run.seconds, tell=run.tell)
            run.keep("reports", found)
    if run.chosen <= {"classification", "deadlines", "reports"}:
        return
    with tempfile.TemporaryDirectory(prefix="hotline-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - the account PostgreSQL runs under has to reach its files
        await measure_service(run, Path(folder) / "home")


async def measure_service(run: Run, home: Path) -> None:
    async with await EmbeddedServer.start(home) as server:
        people = await fill(run, server.url)
        if run.chosen & {*ON_THE_SERVICE, "footprint"}:
            async with running(run, home, server.url, people) as (ground, service):
                for section, ask in ON_THE_SERVICE.items():
                    if section in run.chosen:
                        run.keep(section, await ask(ground))
                if "footprint" in run.chosen:
                    run.keep("footprint", footprint.memory_after(service.pid))
        still = Ground(home, server.url, run.cases, people, None, None, run.seconds, run.tell)
        if "trips" in run.chosen:
            run.keep("trips", await round_trips.measure(still))
        if "growth" in run.chosen:
            run.keep("growth", await growth.measure(still))
        if "reminders" in run.chosen:
            run.keep("reminders", await reminders.measure(still))
    if "footprint" in run.chosen:
        run.tell("starting the service")
        run.keep("footprint", await footprint.starts(home))
    if run.chosen & {"registry", "employers"}:
        await measure_register(run, home, people)


async def measure_register(run: Run, home: Path, people: People) -> None:
    """What the register costs, on a server started anew: what was measured before knew none."""
    async with await EmbeddedServer.start(home) as server:
        if "registry" in run.chosen:
            async with running(run, home, server.url, people) as (ground, service):
                before = memory(service.pid)
                run.keep("registry", await registry.measure(ground))
                run.keep("registry", footprint.grown_by_the_register(service.pid, before))
        if "employers" in run.chosen:
            still = Ground(home, server.url, run.cases, people, None, None, run.seconds, run.tell)
            run.keep("employers", await employers.measure(still))
    if "registry" in run.chosen:
        run.tell("starting the service with the register")
        run.keep("registry", await footprint.starts_with_the_register(home))


async def fill(run: Run, url: str) -> People:
    made = 0

    def told(more: int) -> None:
        nonlocal made
        made += more
        run.tell(f"seeding {made:,} of {run.cases:,} cases")

    people = await make_people(url, load_policy())
    told(0)
    await seed_cases(url, run.cases, people=people.accounts, now=clock.now(), told=told)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(TABLES, timeout=600)
        await connection.execute("vacuum analyze bare_cases")
        run.server = await connection.fetchval("show server_version")
    finally:
        await connection.close()
    return people


@asynccontextmanager
async def running(run: Run, home: Path, url: str, people: People) -> AsyncIterator[tuple[Ground, Child]]:
    async with AsyncExitStack() as stack:
        run.tell("starting the service")
        begun = clock.now()
        service = await stack.enter_async_context(serving(home))
        bare = await stack.enter_async_context(bare_handlers(url, home.parent))
        run.tell("waiting until the figures of the new cases are made")
        await wait_until_compared(url, begun)
        yield Ground(home, url, run.cases, people, service, bare, run.seconds, run.tell), service


def write(run: Run) -> None:
    ground = [
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        f"{versions()}, PostgreSQL {run.server} with the settings that ship",
    ]
    if run.quick:
        ground.append(f"a quick run: {run.cases:,} cases instead of {CASES:,}")
    RESULTS.parent.mkdir(exist_ok=True)
    sections = [(title, run.found[name]) for name, title in SECTIONS.items() if name in run.found]
    RESULTS.write_text(markdown(sections, ground=ground), "utf-8")
    print(f"kept in {RESULTS}")


if __name__ == "__main__":
    main()
