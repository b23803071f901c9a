"""Small numbers with a confidential case among them are not shown, nor what would give them away by subtraction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LEAST: Final = 3
"""The smallest number of cases that is shown when one of them is confidential."""


class Hidden(StrEnum):
    """Stands in the place of a number; its value is what people read."""

    SMALL = "<3"
    BESIDE = "…"


Cell = int | Hidden


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of cases and how many of them are confidential."""

    n: int
    sealed: int = 0

    @property
    def small(self) -> bool:
        """Whether it may not be shown by itself."""
        return 0 < self.n < LEAST and self.sealed > 0


def show_cell(tally: Tally) -> Cell:
    """A number that stands alone, such as a total."""
    return Hidden.SMALL if tally.small else tally.n


def show_column(column: Sequence[Tally], *, unseen: int = 0) -> tuple[Cell, ...]:
    """A column of a table whose sum is known; `unseen` is what else is in this sum and not shown anywhere.

    When the small cells could be computed from the sum, the next smaller ones are hidden with them, as "…". A column
    in which nothing is left to hide says "…" for all that is hidden.
    """
    small = {i for i, tally in enumerate(column) if tally.small}
    beside: set[int] = set()
    others = sorted((i for i, tally in enumerate(column) if tally.n and i not in small), key=lambda i: column[i].n)
    while small and others and _given_away(column, small, beside, unseen):
        beside.add(others.pop(0))
    if _given_away(column, small, beside, unseen):
        small, beside = set(), small | beside
    return tuple(
        Hidden.SMALL if i in small else Hidden.BESIDE if i in beside else tally.n for i, tally in enumerate(column)
    )


def rows_to_hide(rows: Sequence[Sequence[Tally]]) -> frozenset[int]:
    """Of a table whose every row and column adds up to a sum that is shown: the rows to be hidden whole, sums included.

    What is hidden for its column could be computed from its row. Of two rows or more that are hidden whole nothing is
    known but their sum in each column, so each of their cells may be anything up to it. A table of one row hides none:
    its row is the sum, and is treated as a column is.
    """
    small = {i for i, row in enumerate(rows) if any(tally.small for tally in row)}
    others = sorted((sum(tally.n for tally in row), i) for i, row in enumerate(rows) if i not in small)
    if len(small) == 1 and others:
        small.add(next((i for n, i in others if n), others[0][1]))
    return frozenset(small) if len(rows) > 1 else frozenset()


def _given_away(column: Sequence[Tally], small: set[int], beside: set[int], unseen: int) -> bool:
    """Whether the sum leaves only one possibility: each small cell is 1 or 2, each one beside at least 1."""
    others = len(beside) + bool(unseen)
    hidden, total = len(small) + others, sum(column[i].n for i in small | beside) + unseen
    return bool(small) and (hidden in (1, total) or (not others and total == (LEAST - 1) * len(small)))
