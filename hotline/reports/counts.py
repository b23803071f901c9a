"""What is counted of a set of cases, as values that can be added: pure.

Everything on a page, in the API and in a file is made of one `Counts` for each line, so that all of them agree.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from hotline.reports.steps import added, counted


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
    """How many took how long: numbers of steps (`steps.counted`), in pieces as they came from the database.

    They are counted when everything has been put together, and once, for counting is what takes time: what consists of
    `parts` adds up theirs. `gone` has no part in it.
    """

    ended: list[bytes] = field(default_factory=list)
    still_open: list[bytes] = field(default_factory=list)
    gone: list[bytes] = field(default_factory=list)
    months: list[bytes] = field(default_factory=list)
    """Of whole months what has ended, counted already (`steps.vector`)."""
    parts: list[Spread] = field(default_factory=list)
    _times: tuple[Counter[int], Counter[int]] | None = None

    def add(self, other: Spread, *, sign: int = 1) -> None:
        """Add the other one, or take away what of it has ended."""
        (self.ended if sign > 0 else self.gone).extend(other.ended)
        (self.gone if sign > 0 else self.ended).extend(other.gone)
        self.still_open.extend(other.still_open)
        self.months.extend(other.months)

    @property
    def n(self) -> int:
        """How many have ended."""
        return self.times()[0].total()

    def times(self) -> tuple[Counter[int], Counter[int]]:
        """How many have ended after so many minutes, and how many are open after so many."""
        if self._times is None:
            ended, still_open = counted(b"".join(self.ended)), counted(b"".join(self.still_open))
            if self.months:
                ended.update(added(self.months))
            if self.gone:
                ended = +(ended - counted(b"".join(self.gone)))
            for part in self.parts:
                for mine, theirs in zip((ended, still_open), part.times(), strict=True):
                    mine.update(theirs)
            self._times = ended, still_open
        return self._times


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

    def add(self, other: Counts, *, sign: int = 1, as_part: bool = False) -> None:
        """Add the other ones, or take them away; `as_part` when their times change no more."""
        self.cases += sign * other.cases
        self.paused += sign * other.paused
        self.money += sign * other.money
        self.people += sign * other.people
        self.letters += sign * other.letters
        for name, count in other.flags.items():
            self.flags[name] += sign * count
        for key, spread in other.spreads.items():
            mine = self.spreads.setdefault(key, Spread())
            if as_part:
                mine.parts.append(spread)
            else:
                mine.add(spread, sign=sign)


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
        total.everything.add(line.everything, as_part=True)
        total.sealed.add(line.sealed, as_part=True)
    return total
