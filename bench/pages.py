"""Pages of a signed-in person: the queue beside a bare list page, a case, the supervisor's figures and board."""

from __future__ import annotations

from bench.ground import Ground, latencies
from bench.load import Target
from bench.results import Figure, at_least, at_most

CASES_OPENED = 300


async def measure(ground: Ground) -> list[Figure]:
    """All of them on the database as it was seeded."""
    return [*await _queue(ground), *await _single_pages(ground)]


async def _queue(ground: Ground) -> list[Figure]:
    figures = []
    queue = Target("queue", [ground.address("/desks/queue")], ground.people.staff_page)
    bare = Target("bare list", [ground.bare_address("/list")])
    for clients in (1, 8):
        ground.tell(f"queue page, {clients} clients")
        paces = await ground.compare(queue, bare, clients=clients)
        mine, least = paces["queue"], paces["bare list"]
        many = f"{clients} client" + ("s" if clients > 1 else "")
        figures += [
            Figure(f"queue page, 50 rows, {many}", f"{mine.per_second:,.0f}/s ({latencies(mine)})"),
            Figure(f"bare list page, {many}", f"{least.per_second:,.0f}/s ({latencies(least)})"),
        ]
        cost = 100 * least.cpu / mine.cpu
        share = 100 * mine.per_second / least.per_second
        if clients == 8:
            figures.append(
                at_least(
                    "of the bare list page, 8 clients",
                    share,
                    25,
                    "%",
                    aim=35,
                    more=f" ({cost:.1f} % by processor time)",
                )
            )
        else:
            figures.append(Figure(f"of the bare list page, {many}", f"{share:.1f} % ({cost:.1f} % by processor time)"))
    return figures


async def _single_pages(ground: Ground) -> list[Figure]:
    step = max(ground.cases // CASES_OPENED, 1)
    numbers = await ground.rows("select number from cases where id % $1 = 0", step)
    pages = [ground.address(f"/cases/{row['number']}") for row in numbers]
    answers = [page.replace("/cases/", "/api/v1/cases/") for page in pages]
    wanted = (
        (Target("case page", pages, ground.people.supervisor_page), 10),
        (Target("case over the API", answers, ground.people.supervisor), 10),
        (Target("supervisor's figures page", [ground.address("/figures")], ground.people.supervisor_page), 150),
        (Target("chart of the figures", [ground.address("/figures/chart.svg")], ground.people.supervisor_page), None),
        (Target("supervisor's board", [ground.address("/board")], ground.people.supervisor_page), 150),
    )
    figures = []
    for target, limit in wanted:
        ground.tell(target.name)
        pace = (await ground.compare(target, clients=1))[target.name]
        if limit is None:
            figures.append(Figure(f"{target.name}, 1 client", latencies(pace)))
        else:
            figures.append(
                at_most(f"{target.name}, p95 at 1 client", pace.p95, limit, "ms", more=f" (p50 {pace.p50:.1f})")
            )
    return figures
