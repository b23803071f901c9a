"""Round trips of one request, counted on the wire: a proxy before PostgreSQL reads what the service sends.

A round trip ends where the service has to wait for an answer: at Sync, Flush or a simple Query of the protocol
(version 3). Nothing in the service knows of it.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count

from sqlalchemy.engine import make_url

from bench.children import load, serving
from bench.ground import Ground
from bench.load import Order, Target
from bench.results import Figure, at_most
from hotline.web.watching import GATHER_SECONDS

WAITING = frozenset({b"S", b"H", b"Q"})
_SEEDS = count(1_000_000, 1_000_000)
"""No call of one count has the key of a call of another."""
_SSL_REQUEST = 80877103
_HEAD = 5


@dataclass(slots=True)
class Counter:
    """How often a client had to wait."""

    waits: int = 0


async def measure(ground: Ground) -> list[Figure]:
    """Round trips of logging a call and of opening the queue, once every statement is prepared."""
    counter = Counter()
    async with _proxy(ground.database_url, counter) as url, serving(ground.home, database_url=url) as service:
        calls = ground.new_calls(900_000_000, url=service.url)
        ground.tell("counting round trips")
        with_looks = await _waits(counter, calls, seconds=5.0)
        await asyncio.sleep(GATHER_SECONDS + 2.0)
        per_call = await _waits(counter, calls, seconds=GATHER_SECONDS / 2)
        per_page = await _waits(counter, Target("queue", [f"{service.url}/desks/queue"], ground.people.staff_page))
    return [
        at_most("round trips of POST /api/v1/calls, BEGIN and COMMIT included", per_call, 6, ""),
        Figure("the same with those of the looks for mass incidents afterwards, 1 client", f"{with_looks:.2f}"),
        Figure("round trips of the queue page (counts of the navigation are remembered 5 s)", f"{per_page:.2f}"),
    ]


async def _waits(counter: Counter, target: Target, *, seconds: float = 1.0) -> float:
    """Waits of a request once every statement is prepared: one client first fills what is kept, then it is counted.

    Incidents are looked for when `GATHER_SECONDS` have passed since the first call: counted for a shorter time, and
    begun after a pause, what is counted belongs to the calls alone.
    """
    order = Order([target], clients=1, seconds=seconds, rounds=1, warm_up=0.0)
    await load(replace(order, targets=[replace(target, seed=target.seed + next(_SEEDS))]))
    if seconds < GATHER_SECONDS:
        await asyncio.sleep(GATHER_SECONDS + 2.0)
    before = counter.waits
    counted = replace(target, seed=target.seed + next(_SEEDS))
    pace = (await load(replace(order, targets=[counted])))[target.name]
    if pace.errors:
        raise SystemExit(f"{target.name}: {pace.errors} of {pace.answers} answers were wrong: {pace.complaint}")
    return (counter.waits - before) / pace.answers


@asynccontextmanager
async def _proxy(database_url: str, counter: Counter) -> AsyncIterator[str]:
    there = make_url(database_url)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, to_upstream = await asyncio.open_connection(there.host, there.port)
        back = asyncio.create_task(_pass(upstream, writer))
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await _forward(reader, to_upstream, counter)
        to_upstream.close()
        back.cancel()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield there.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
    finally:
        server.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()  # who said goodbye to the database waits for it to hang up


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counter: Counter) -> None:
    """Pass messages on and count those the client waits behind; the first ones carry no type."""
    started = False
    while not started:
        head = await reader.readexactly(8)
        length, kind = struct.unpack("!II", head)
        started = kind != _SSL_REQUEST
        writer.write(head + await reader.readexactly(length - 8))
    while True:
        head = await reader.readexactly(_HEAD)
        counter.waits += head[:1] in WAITING
        writer.write(head + await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4))
        await writer.drain()
