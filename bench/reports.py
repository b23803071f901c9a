"""Reports over a million cases and five million events: the supervisor's pages, each report, the workbook.

A home of its own; with `python -m bench.reports HOME` one that is kept, so that a second run need not fill it again.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import aiohttp
import asyncpg

from bench.children import database_time, load, memory, processor_time, serving
from bench.counting import count_anew
from bench.load import Order, Target
from bench.million import make_million
from bench.people import make_people
from bench.results import Figure, at_most
from hotline import clock
from hotline.accounts.sessions import begin_session
from hotline.accounts.tokens import create_token
from hotline.policy import load_policy
from hotline.reports.files import MOST_CASES
from hotline.reports.tables import Report
from hotline.storage.database import Database
from hotline.storage.embedded import EmbeddedServer

MINUTES = 3
SETTLED_SECONDS = 30.0
"""After its start a service compares all cases with their figures, and looks for mass incidents."""
Tell = Callable[[str], None]


async def measure(home: Path, *, cases: int, seconds: float, tell: Tell) -> list[Figure]:
    """Fill the home unless it is filled, then ask everything of a service on it."""
    async with await EmbeddedServer.start(home) as server:
        figures = await _fill(server.url, cases, tell)
        keys = await _keys(server.url)
        async with serving(home) as service:
            tell("waiting until everything has been compared")
            await asyncio.sleep(SETTLED_SECONDS)
            await _as_on_a_working_day(server.url)
            for target in _targets(service.url, keys):
                tell(target.name)
                before = processor_time(service.pid), database_time(home)
                pace = (await load(Order([target], 1, seconds)))[target.name]
                if pace.errors:
                    raise SystemExit(f"{target.name}: {pace.complaint}")
                after = processor_time(service.pid), database_time(home)
                ours, its = (1000 * (end - begin) / pace.answers for begin, end in zip(before, after, strict=True))
                more = f" (p50 {pace.p50:.0f}; processor time of the service {ours:.0f}, of the database {its:.0f})"
                figures.append(at_most(f"{target.name}, p95", pace.p95, 300, "ms", more=more))
                tell(figures[-1].measured)
            figures.append(await _workbook(service.url, service.pid, keys[0], tell))
    return figures


async def _fill(url: str, cases: int, tell: Tell) -> list[Figure]:
    connection = await asyncpg.connect(url)
    filled = await connection.fetchval("select to_regclass('case_figures')") and await connection.fetchval(
        "select count(*) from case_figures"
    )
    await connection.close()
    if filled:
        return []
    policy, made = load_policy(), 0

    def told(more: int) -> None:
        nonlocal made
        made += more
        tell(f"made {made:,} of {cases:,} cases")

    people = await make_people(url, policy)
    began = time.perf_counter()
    await make_million(url, cases, operator=people.accounts["operator"], now=clock.now(), told=told)
    took = time.perf_counter() - began
    counted = await count_anew(url, tell)
    connection = await asyncpg.connect(url)
    events = await connection.fetchval("select count(*) from case_events")
    await connection.execute("vacuum analyze", timeout=600)
    await connection.close()
    return [
        at_most(f"{cases:,} cases with {events:,} events, made and sent with COPY", took, MINUTES * 60, "s"),
        Figure("all of them counted anew (`hotline figures rebuild`)", f"{counted:.0f} s"),
    ]


async def _as_on_a_working_day(url: str) -> None:
    """As it is between two rounds of vacuum and of counting months.

    One in sixteen of the newest cases has just had a step, so that rows have to be looked at where an index would do;
    months in which something has changed are not counted as wholes, which the last three hardly ever are.
    """
    connection = await asyncpg.connect(url)
    await connection.execute(
        "update cases set version = version where id % 16 = 0 and id > (select max(id) - 80000 from cases)"
    )
    await connection.execute(
        "delete from figure_months where month >= date_trunc('month', current_date) - interval '2 months'"
    )
    await connection.close()


async def _keys(url: str) -> tuple[dict[str, str], dict[str, str]]:
    """The headers of a supervisor's browser, and of a program with a supervisor's token."""
    database, now = Database(url), clock.now()
    connection = await asyncpg.connect(url)
    account = await connection.fetchval("select id from accounts where login = 'supervisor'")
    await connection.close()
    async with database.transaction() as session:
        begun = await begin_session(session, account, address="127.0.0.1", browser="bench", now=now)
        token = await create_token(session, account_id=account, name="bench", now=now)
    await database.close()
    return (
        {"Cookie": f"hotline_session={begun.token}", "Accept": "text/html"},
        {"Authorization": f"Bearer {token}"},
    )


def _targets(url: str, keys: tuple[dict[str, str], dict[str, str]]) -> list[Target]:
    """Pages with the usual 90 days; every report over everything there is, by department and by category."""
    browser, program = keys
    today = clock.now().date()
    everything = f"from={today - timedelta(days=800)}&to={today}"
    targets = [Target("supervisor's board", [f"{url}/board"], browser)]
    targets += [Target(f"page of {r.value}, 90 days", [f"{url}/figures?report={r.value}"], browser) for r in Report]
    for report in Report:
        for by in ("department", "category"):
            name = f"{report.value} by {by}, two years, over the API"
            targets.append(Target(name, [f"{url}/api/v1/reports/{report.value}?{everything}&by={by}"], program))
    year = f"since={today - timedelta(days=364)}&until={today}"
    targets.append(Target("page of resolution-times, a year", [f"{url}/figures?{year}"], browser))
    behind = f"{url}/figures/behind?{year}&what=returned"
    targets.append(Target("cases behind a figure, a year", [behind], browser))
    return targets


async def _workbook(url: str, pid: int, browser: dict[str, str], tell: Tell) -> Figure:
    """The memory of the service and of the children it starts, at most, above what it was before."""
    tell("workbook")
    today = clock.now().date()
    asked = f"since={today - timedelta(days=364)}&until={today}"
    async with aiohttp.ClientSession(headers=browser) as http:
        async with http.get(f"{url}/me") as page:
            csrf = (await page.text()).partition('name="csrf" value="')[2][:32]
        before = memory(pid)
        began = time.perf_counter()
        posted = http.post(f"{url}/figures/report.xlsx?{asked}", data={"csrf": csrf})
        async with _highest(pid) as most, posted as answer:
            size = len(await answer.read())
            assert answer.status == 200, answer.status
        took = time.perf_counter() - began
    more = f" ({size / 1e6:.1f} MB in {took:.1f} s; the process that writes it included)"
    return at_most(f"workbook of {MOST_CASES:,} cases: memory grown by", most[0] - before, 100, "MB", more=more)


@asynccontextmanager
async def _highest(pid: int) -> AsyncIterator[list[float]]:
    most = [0.0]

    def children() -> list[str]:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()

    async def watch() -> None:
        while True:
            with suppress(OSError):
                most[0] = max(most[0], memory(pid) + sum(memory(int(child)) for child in children()))
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    try:
        yield most
    finally:
        watching.cancel()


if __name__ == "__main__":
    for figure in asyncio.run(
        measure(Path(sys.argv[1]), cases=1_000_000, seconds=4.0, tell=lambda said: print(said, flush=True))
    ):
        print(figure.what, "|", figure.measured, "|", figure.goal, "|", figure.held, flush=True)
