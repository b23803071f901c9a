"""Logging calls over the API, the whole way: token, key, validation, rules, clocks, case, event, trail, notice."""

from __future__ import annotations

from bench.ground import Ground, latencies
from bench.load import Target
from bench.results import Figure, at_least, at_most


async def measure(ground: Ground) -> list[Figure]:
    """Pace at 1, 8 and 32 clients beside the bare handler, which takes its turns in between."""
    figures = []
    for clients in (1, 8, 32):
        ground.tell(f"POST /api/v1/calls, {clients} clients")
        ours = Target(
            "calls",
            [ground.address("/api/v1/calls")],
            ground.people.operator,
            calls=True,
            expected=201,
            seed=clients * 10_000_000,
        )
        bare = Target("bare insert", [ground.bare_address("/insert")], calls=True, expected=201)
        paces = await ground.compare(ours, bare, clients=clients)
        mine, least = paces["calls"], paces["bare insert"]
        many = f"{clients} client" + ("s" if clients > 1 else "")
        figures += [
            Figure(f"calls logged, {many}", f"{mine.per_second:,.0f}/s ({latencies(mine)})"),
            Figure(f"bare insert handler, {many}", f"{least.per_second:,.0f}/s ({latencies(least)})"),
        ]
        cost = 100 * least.cpu / mine.cpu
        share = 100 * mine.per_second / least.per_second
        if clients == 8:
            figures.append(
                at_least(
                    "of the bare insert handler, 8 clients",
                    share,
                    15,
                    "%",
                    aim=30,
                    more=f" ({cost:.1f} % by processor time)",
                )
            )
        else:
            figures.append(
                Figure(f"of the bare insert handler, {many}", f"{share:.1f} % ({cost:.1f} % by processor time)")
            )
        if clients == 32:
            figures.append(at_most("p99 of a call, 32 clients", mine.p99, 150, "ms", aim=100))
    return figures
