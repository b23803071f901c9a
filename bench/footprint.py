"""What the service costs the machine: memory after the run, and how long a start takes."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from bench.children import memory, serving
from bench.results import Figure, at_most

STARTS = 3


def memory_after(pid: int) -> list[Figure]:
    """The proportional set size of the service's one process, after everything that was asked of it."""
    return [at_most("PSS of the service after the run", memory(pid), 160, "MB")]


def grown_by_the_register(pid: int, before: float) -> list[Figure]:
    """What the register, imported while the service ran, its searches and its pages add to the one process, in MB."""
    return [at_most("PSS of the service, grown by the register", memory(pid) - before, 60, "MB")]


async def starts(home: Path) -> list[Figure]:
    """From the start of the process to the first answer; the embedded PostgreSQL starts with it."""
    took = await _started(home)
    return [at_most("first answer after a warm start, embedded PostgreSQL included", took, 1.5, "s")]


async def starts_with_the_register(home: Path) -> list[Figure]:
    """The same with the register, which is read before anybody is answered."""
    return [Figure("first answer after a warm start with the register", f"{await _started(home):.1f} s")]


async def _started(home: Path) -> float:
    took = []
    for _ in range(STARTS):
        async with serving(home) as service:
            took.append(service.first_answer)
    return median(took)
