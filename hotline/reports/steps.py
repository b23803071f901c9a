"""Times in steps: minutes rounded up so far that a distribution is a short table, and never by more than 1/29.

A minute in the first two hours, five minutes until 8, a quarter of an hour until 40, an hour until 200, four hours
until 1,000, a day after that; what takes more than three years takes three years. A step has a number, its place in
`UPPER`; rows of the database and their sums carry the numbers.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from sys import byteorder
from typing import Final

_DAY: Final = 24 * 60
_RANGES: Final = ((120, 1), (480, 5), (2_400, 15), (12_000, 60), (60_000, 240), (3 * 366 * _DAY, _DAY))
"""Until so many minutes, a step of so many."""
_LANE: Final = array("I").itemsize
_as_number: Final = partial(int.from_bytes, byteorder="little")


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


def vector(steps: bytes) -> bytes:
    """How many there are of each step, up to the longest one there is: four bytes for each.

    `steps` are numbers of two bytes each, one after the other, as PostgreSQL sends them.
    """
    numbers = array("H")
    numbers.frombytes(steps)
    if byteorder == "little":
        numbers.byteswap()
    counts = Counter(numbers)
    lanes = array("I", bytes(_LANE * (max(counts, default=-1) + 1)))
    for number, count in counts.items():
        lanes[number] = count
    if byteorder == "big":
        lanes.byteswap()
    return lanes.tobytes()


def added(vectors: Iterable[bytes]) -> int:
    """All these vectors as one long number, a lane of four bytes for each step: adding numbers adds lane by lane."""
    return sum(map(_as_number, vectors))


def by_step(number: int) -> Sequence[int]:
    """How many there are of each step, of such a number; of steps longer than the last one here there are none."""
    lanes = array("I")
    lanes.frombytes(number.to_bytes(_LANE * -(-number.bit_length() // (8 * _LANE)), "little"))
    if byteorder == "big":
        lanes.byteswap()
    return lanes
