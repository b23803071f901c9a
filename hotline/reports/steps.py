"""Times in steps: minutes rounded up so far that a distribution is a short table, and never by more than 1/29.

A minute in the first two hours, five minutes until 8, a quarter of an hour until 40, an hour until 200, four hours
until 1,000, a day after that; what takes more than three years takes three years. A step has a number, its place in
`UPPER`; rows of the database and their sums carry the numbers.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from sys import byteorder
from typing import Final

_DAY: Final = 24 * 60
_RANGES: Final = ((120, 1), (480, 5), (2_400, 15), (12_000, 60), (60_000, 240), (3 * 366 * _DAY, _DAY))
"""Until so many minutes, a step of so many."""


def _upper_ends() -> Iterator[int]:
    end = 0
    yield end
    for until, step in _RANGES:
        while end < until:
            end += step
            yield end


UPPER: Final = tuple(_upper_ends())
"""The upper end of each step in minutes."""


def step_of(minutes: int) -> int:
    """The number of the step into which so many minutes fall; what is negative takes no time at all."""
    return min(bisect_left(UPPER, minutes), len(UPPER) - 1)


def minutes_of(step: int) -> int:
    """How many minutes a step stands for: its upper end."""
    return UPPER[step]


def counted(steps: bytes | None) -> Counter[int]:
    """How many there are of each time in minutes; `steps` are numbers of two bytes each, as PostgreSQL sends them."""
    numbers = array("H")
    numbers.frombytes(steps or b"")
    if byteorder == "little":
        numbers.byteswap()
    return Counter({UPPER[number]: count for number, count in Counter(numbers).items()})


def vector(steps: bytes) -> bytes:
    """The same counted: four bytes for each step there is, how many there are of it."""
    numbers = array("H")
    numbers.frombytes(steps)
    if byteorder == "little":
        numbers.byteswap()
    counts = Counter(numbers)
    lanes = array("I", (counts[number] for number in range(len(UPPER))))
    if byteorder == "big":
        lanes.byteswap()
    return lanes.tobytes()


def added(vectors: Iterable[bytes]) -> Counter[int]:
    """How many there are of each time in minutes, of all these together: added as one long number, lane by lane."""
    total = sum(int.from_bytes(vector, "little") for vector in vectors)
    lanes = array("I")
    lanes.frombytes(total.to_bytes(lanes.itemsize * len(UPPER), "little"))
    if byteorder == "big":
        lanes.byteswap()
    return Counter({UPPER[number]: count for number, count in enumerate(lanes) if count})
