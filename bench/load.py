"""The load generator: a process of its own, so that it takes nothing from the event loop it measures.

Reads one `Order` as JSON on standard input; takes turns at the targets, round by round, so that what else happens on
the machine meets all of them; answers with one line of JSON on standard output.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Final

import aiohttp

from bench.texts import call_body

BODIES: Final = 2000
"""Calls composed before the clock runs, sent in turn, each time under a new key."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked: addresses in turn. With `calls` each request is a POST of a new call under a key of its own.

    With `per_second` so many requests begin each second, whatever the earlier ones take, instead of by so many clients.
    """

    name: str
    urls: list[str]
    headers: dict[str, str] = field(default_factory=dict)
    calls: bool = False
    expected: int = 200
    seed: int = 0
    per_second: float = 0.0


@dataclass(frozen=True, slots=True)
class Order:
    """Targets, how many clients ask at a time, rounds and their length, and how long to warm each target up."""

    targets: list[Target]
    clients: int
    seconds: float
    rounds: int = 3
    warm_up: float = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """What a target answered: requests per second and latencies in milliseconds, medians of the rounds."""

    per_second: float
    p50: float
    p95: float
    p99: float
    errors: int
    answers: int
    """Of all rounds and the warm-up."""
    complaint: str = ""
    """The first answer that was not what was asked for: its status and how it begins."""
    cpu: float = 0.0
    """Milliseconds of processor time the server's process took for each answer; filled in by who knows the process."""


class Asking:
    """One target with its connections and the bodies still to be sent."""

    def __init__(self, target: Target, clients: int) -> None:
        self.target = target
        self.clients = clients
        self._turns = itertools.cycle(target.urls)
        self._numbers = itertools.count(target.seed)
        self._bodies = [_encoded(target.seed + at) for at in range(BODIES)] if target.calls else []
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=target.headers)
        self.errors = 0
        self.answers = 0
        self.complaint = ""

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.close()

    async def run(self, seconds: float) -> list[float]:
        """Ask for so long; the latencies in milliseconds, of requests at a rate from when they were due."""
        took: list[float] = []
        until = time.perf_counter() + seconds
        if self.target.per_second:
            await self._at_its_rate(seconds, took)
        else:
            await asyncio.gather(*(self._client(until, took) for _ in range(self.clients)))
        return took

    async def _client(self, until: float, took: list[float]) -> None:
        while (began := time.perf_counter()) < until:
            await self._ask(began, took)

    async def _at_its_rate(self, seconds: float, took: list[float]) -> None:
        began, rate = time.perf_counter(), self.target.per_second
        async with asyncio.TaskGroup() as asked:
            for at in range(int(seconds * rate)):
                due = began + at / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                asked.create_task(self._ask(due, took))

    async def _ask(self, began: float, took: list[float]) -> None:
        url = next(self._turns)
        method, data, headers = "GET", None, None
        if self.target.calls:
            number = next(self._numbers)
            method, data = "POST", self._bodies[number % BODIES]
            headers = {"Content-Type": "application/json", "Idempotency-Key": f"bench-{number}"}
        wrong = ""
        try:
            async with self._http.request(method, url, data=data, headers=headers, allow_redirects=False) as answer:
                said = await answer.read()
                if answer.status != self.target.expected:
                    wrong = f"{answer.status} {said[:400].decode('utf-8', 'replace')}"
        except (aiohttp.ClientError, TimeoutError) as problem:
            wrong = f"{type(problem).__name__}: {problem}"
        self.answers += 1
        self.errors += bool(wrong)
        self.complaint = self.complaint or wrong
        took.append((time.perf_counter() - began) * 1000)


def _encoded(seed: int) -> bytes:
    return json.dumps(call_body(seed), ensure_ascii=False).encode()


async def carry_out(order: Order) -> dict[str, Pace]:
    """The pace of every target by name."""
    asking = [Asking(target, order.clients) for target in order.targets]
    rounds: dict[str, list[tuple[float, list[float]]]] = {target.name: [] for target in order.targets}
    try:
        for each in asking:
            await each.run(order.warm_up)
        for _ in range(order.rounds):
            for each in asking:
                began = time.perf_counter()
                took = sorted(await each.run(order.seconds))
                rounds[each.target.name].append((time.perf_counter() - began, took))
    finally:
        for each in asking:
            await each.close()
    return {each.target.name: _pace(rounds[each.target.name], each) for each in asking}


def _pace(rounds: list[tuple[float, list[float]]], asked: Asking) -> Pace:
    return Pace(
        per_second=median(len(took) / seconds for seconds, took in rounds),
        p50=median(at(took, 0.50) for _, took in rounds),
        p95=median(at(took, 0.95) for _, took in rounds),
        p99=median(at(took, 0.99) for _, took in rounds),
        errors=asked.errors,
        answers=asked.answers,
        complaint=asked.complaint,
    )


def at(ordered: list[float], share: float) -> float:
    """The value below which this share of the ordered values lies (nearest rank)."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _order(text: str) -> Order:
    given = json.loads(text)
    return Order(**{**given, "targets": [Target(**target) for target in given["targets"]]})


if __name__ == "__main__":
    paces = asyncio.run(carry_out(_order(sys.stdin.read())))
    print(json.dumps({name: asdict(pace) for name, pace in paces.items()}))
