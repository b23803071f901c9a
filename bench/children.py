"""Processes of a run: the service as it ships, the bare handlers, the load generator."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp

from bench.load import Order, Pace

SERVE = ["-m", "hotline", "serve"]
PATIENCE = 60.0
STOPPING = 90.0
"""Longer than the service gives its PostgreSQL to write everything down."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running server: where it answers, its process, seconds from its start to its first answer."""

    url: str
    pid: int
    first_answer: float


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@asynccontextmanager
async def serving(home: Path, *, database_url: str | None = None) -> AsyncIterator[Child]:
    """`hotline serve` on the embedded database of this home, or on another database, until the block ends."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HOTLINE_")}
    if database_url is not None:
        environment["HOTLINE_DATABASE_URL"] = database_url
    command = [sys.executable, *SERVE, "--home", str(home), "--port", str(port)]
    async with _child(command, f"http://127.0.0.1:{port}", "/health", home.parent, environment) as child:
        yield child


@asynccontextmanager
async def bare_handlers(url: str, folder: Path) -> AsyncIterator[Child]:
    """The bare handlers on this database, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "bench.bare", url, str(port)]
    async with _child(command, f"http://127.0.0.1:{port}", "/list", folder, dict(os.environ)) as child:
        yield child


@asynccontextmanager
async def _child(
    command: list[str], url: str, path: str, folder: Path, environment: dict[str, str]
) -> AsyncIterator[Child]:
    kept = folder / f"{command[2]}-{url.rpartition(':')[2]}.log"
    began = time.perf_counter()
    with kept.open("wb") as said:
        process = await asyncio.create_subprocess_exec(*command, stdout=said, stderr=said, env=environment)
        try:
            await _wait_for_answer(process, url + path, kept)
            yield Child(url, process.pid, time.perf_counter() - began)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(STOPPING):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
                raise


async def _wait_for_answer(process: asyncio.subprocess.Process, url: str, said: Path) -> None:
    until = time.monotonic() + PATIENCE
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < until and process.returncode is None:
            with suppress(aiohttp.ClientError):
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.01)
    raise SystemExit(f"{url} does not answer; what it said stands in {said}:\n{_end_of(said)}")


def _end_of(said: Path) -> str:
    return said.read_text("utf-8", "replace")[-2000:]


async def load(order: Order) -> dict[str, Pace]:
    """Have the load generator carry out this order. Ends the run when requests were refused."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    answered, _ = await process.communicate(json.dumps(asdict(order)).encode())
    if process.returncode:
        raise SystemExit("the load generator failed")
    return {name: Pace(**pace) for name, pace in json.loads(answered).items()}


def processor_time(pid: int) -> float:
    """Seconds of processor time a process has taken so far."""
    told = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def database_time(home: Path) -> float:
    """Seconds of processor time the embedded PostgreSQL of this home has taken so far, in all its processes."""
    server = int((home / "pgdata" / "postmaster.pid").read_text("utf-8").split("\n")[0])
    children = Path(f"/proc/{server}/task/{server}/children").read_text("ascii").split()
    told = Path(f"/proc/{server}/stat").read_text("ascii").rpartition(")")[2].split()
    ended = (int(told[13]) + int(told[14])) / os.sysconf("SC_CLK_TCK")
    return ended + sum(processor_time(int(child)) for child in children)


def memory(pid: int) -> float:
    """The proportional set size of a process in MB (10^6 bytes): what it alone costs the machine."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(pid)
