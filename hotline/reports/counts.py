"""What is counted of a set of cases, as values that can be added: pure.

Everything on a page, in the API and in a file is made of one `Counts` for each line, so that all of them agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import chain, repeat

from hotline.reports.steps import by_step


class Clock(StrEnum):
    """What is timed."""

    RESOLUTION = "resolution"
    """From the call to the resolution."""
    ACCEPTANCE = "acceptance"
    """From the assignment to the acceptance."""
    FIRST_CONTACT = "first_contact"
    """From the call to the first contact with the worker, the acceptance at the latest."""


class Time(StrEnum):
    """How time is counted."""

    WORK = "work"
    CLOCK = "clock"


@dataclass(slots=True)
class Spread:
    """How many took how long: of each step how many, as one long number (`steps.added`), so that adding is adding.

    What is `gone` has no part in it; it is taken away in the end, so that no step has fewer than none.
    """

    ended: int = 0
    still_open: int = 0
    gone: int = 0

    def add(self, other: Spread, *, sign: int = 1) -> None:
        """Add the other one, or take away what of it has ended."""
        self.ended += other.ended if sign > 0 else other.gone
        self.gone += other.gone if sign > 0 else other.ended
        self.still_open += other.still_open

    @property
    def n(self) -> int:
        """How many have ended."""
        return sum(self._ended())

    def times(self) -> tuple[Sequence[int], Sequence[int]]:
        """How many have ended within each step of `steps.UPPER`, and how many are open after so long."""
        return self._ended(), by_step(self.still_open)

    def _ended(self) -> Sequence[int]:
        if not self.gone:
            return by_step(self.ended)
        gone = chain(by_step(self.gone), repeat(0))
        return [max(n - less, 0) for n, less in zip(by_step(self.ended), gone, strict=False)]


@dataclass(slots=True)
class Counts:
    """How many cases there are, with each flag (by name) and each state of now, their sums and times.

    States of now: `open`, `over`, `waiting`, `waiting_over`, `uncontacted`, `contact_over`, of cases given to a
    department; `stock` is every case of which nothing is resolved yet.
    """

    cases: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    paused: int = 0
    money: Decimal = Decimal(0)
    people: int = 0
    letters: int = 0
    spreads: dict[tuple[Clock, Time], Spread] = field(default_factory=dict)

    def add(self, other: Counts, *, sign: int = 1) -> None:
        """Add the other ones, or take them away."""
        self.cases += sign * other.cases
        self.paused += sign * other.paused
        self.money += sign * other.money
        self.people += sign * other.people
        self.letters += sign * other.letters
        for name, count in other.flags.items():
            self.flags[name] += sign * count
        for key, spread in other.spreads.items():
            self.spreads.setdefault(key, Spread()).add(spread, sign=sign)


@dataclass(slots=True)
class Line:
    """All cases of one key, and the confidential ones among them."""

    everything: Counts = field(default_factory=Counts)
    sealed: Counts = field(default_factory=Counts)

    def add(self, counts: Counts, *, confidential: bool, sign: int = 1) -> None:
        """Add these, or take them away."""
        self.everything.add(counts, sign=sign)
        if confidential:
            self.sealed.add(counts, sign=sign)


Names = tuple[str, ...]
"""What is counted: `cases`, flags and states, no case having two of them."""


def count_of(counts: Counts, names: Names) -> int:
    """How many of these cases have one of the names."""
    return sum(counts.cases if name == "cases" else counts.flags[name] for name in names)


def together(lines: dict[str, Line]) -> Line:
    """All lines in one."""
    total = Line()
    for line in lines.values():
        total.everything.add(line.everything)
        total.sealed.add(line.sealed)
    return total
