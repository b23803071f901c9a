"""The product-limit estimate of Kaplan and Meier: how long things take when some have not ended yet.

Leaving the open cases out makes every office look fast whose hard cases are still open; counting them as ended today
does the same. Each open case says one thing for certain, that it takes longer than it has taken so far, and that is
what the estimate uses (E. L. Kaplan, P. Meier: Nonparametric Estimation from Incomplete Observations, Journal of the
American Statistical Association 53, 1958, pages 457 to 481).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from operator import add, mul, neg, sub, truediv
from typing import Final

_CLOSE: Final = 1e-9
"""Products of fractions in binary miss the half by less than this."""


@dataclass(frozen=True, slots=True)
class Point:
    """From `time` on, this share (`lasting`) of all takes longer; `at_risk` had not ended just before it."""

    time: int
    at_risk: int
    ended: int
    lasting: float


def estimate(ended: Mapping[int, int], still_open: Mapping[int, int]) -> tuple[Point, ...]:
    """The steps of the estimate, in the order of time, of how many `ended` after each time and are `still_open` then.

    What is open at a time has not ended by it: of a tie the ended ones come first.
    """
    at_risk = sum(ended.values()) + sum(still_open.values())
    lasting = 1.0
    points: list[Point] = []
    for time in sorted({*ended, *still_open}):
        if count := ended.get(time, 0):
            lasting *= 1 - count / at_risk
            points.append(Point(time, at_risk, count, lasting))
        at_risk -= count + still_open.get(time, 0)
    return tuple(points)


def percentile(points: Sequence[Point], fraction: float) -> int | None:
    """The shortest time by which this fraction has ended; None when the estimate does not reach that far."""
    return next((point.time for point in points if point.lasting <= 1 - fraction + _CLOSE), None)


def percentiles(ended: Sequence[int], still_open: Sequence[int], fractions: Sequence[float]) -> tuple[int | None, ...]:
    """`percentile` of `estimate` for each of these fractions, the smallest first: what a page of many lines asks.

    The times are places here: so many `ended` after the n-th time, so many are `still_open` then; there are none of
    either after the last one of each.
    """
    total = sum(ended) + sum(still_open)
    at_risk = accumulate(map(add, ended, chain(still_open, repeat(0))), sub, initial=total)
    ending = map(truediv, ended, map(max, at_risk, repeat(1)))  # nobody is left: then nobody ends either
    lasting = [*accumulate(map(sub, repeat(1.0), ending), mul)]
    places = (bisect_left(lasting, fraction - 1 - _CLOSE, key=neg) for fraction in fractions)
    return tuple(place if place < len(lasting) else None for place in places)
