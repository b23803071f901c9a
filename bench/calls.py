"""Logging calls over the API, the whole way: token, key, validation, rules, clocks, case, event, trail, notice."""

from __future__ import annotations

from bench.ground import Ground, latencies
from bench.load import Pace, Target
from bench.results import Figure, at_least, at_most

COMPARED = 8
CROWD = 32


async def measure(ground: Ground) -> list[Figure]:
    """Pace at 1, 8 and 32 clients beside the bare handler, which takes its turns in between."""
    figures = []
    for clients in (1, COMPARED, CROWD):
        ground.tell(f"POST /api/v1/calls, {clients} clients")
        ours = ground.new_calls(clients * 10_000_000)
        bare = Target("bare insert", [ground.bare_address("/insert")], calls=True, expected=201)
        paces = await ground.compare(ours, bare, clients=clients)
        mine, least = paces["calls"], paces["bare insert"]
        figures += [*_figures(mine, least, clients), *_tail(mine, clients)]
    return figures


def _figures(mine: Pace, least: Pace, clients: int) -> list[Figure]:
    many = f"{clients} client" + ("s" if clients > 1 else "")
    share, cost = 100 * mine.per_second / least.per_second, 100 * least.cpu / mine.cpu
    of_bare, by_cost = f"of the bare insert handler, {many}", f" ({cost:.1f} % by processor time)"
    return [
        Figure(f"calls logged, {many}", f"{mine.per_second:,.0f}/s ({latencies(mine)})"),
        Figure(f"bare insert handler, {many}", f"{least.per_second:,.0f}/s ({latencies(least)})"),
        at_least(of_bare, share, 15, "%", aim=30, more=by_cost)
        if clients == COMPARED
        else Figure(of_bare, f"{share:.1f} %{by_cost}"),
    ]


def _tail(mine: Pace, clients: int) -> list[Figure]:
    return [at_most("p99 of a call, 32 clients", mine.p99, 150, "ms", aim=100)] if clients == CROWD else []
