"""The tree of union organisations in few bytes: arrays and long strings, no object an organisation.

Organisations stand in pre-order: whatever is below one follows it at once. A position is the place in that order.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

ENTERPRISE: Final = "enterprise"
STATION: Final = "station"
NOBODY: Final = -1


class UnitRow(NamedTuple):
    """What the index needs of an organisation; `superior` is the code of the organisation above, None at the top."""

    id: int
    code: str
    name: str
    old_names: Sequence[str] = ()
    aliases: Sequence[str] = ()
    superior: str | None = None
    level: str = ENTERPRISE
    kind: str | None = None
    ended: bool = False


class TreeMaking:
    """A tree in the making: takes organisations in pre-order, part by part, and keeps no object of them."""

    def __init__(self) -> None:
        self.ids = array("q")
        self.codes, self.names = Joined(), Joined()
        self.levels, self.kinds = Named(), Named()
        self.superior = array("i")
        self._way: list[tuple[str, int]] = []

    def add(self, rows: Sequence[UnitRow]) -> None:
        """The next organisations; a superior has been added before those below it."""
        first = len(self.ids)
        self.ids.extend(row.id for row in rows)
        self.codes.add([row.code for row in rows])
        self.names.add([row.name for row in rows])
        self.levels.add(row.level for row in rows)
        self.kinds.add(row.kind or "" for row in rows)
        for place, row in enumerate(rows, first):
            while self._way and self._way[-1][0] != row.superior:
                self._way.pop()
            self.superior.append(self._way[-1][1] if self._way else NOBODY)
            self._way.append((row.code, place))


class UnitTree:
    """Who stands above and below whom; never changes."""

    __slots__ = ("_by_code", "_by_id", "_codes", "_ids", "_kinds", "_last", "_levels", "_names", "_superior")

    def __init__(self, made: TreeMaking) -> None:
        self._ids, self._superior = made.ids, made.superior
        self._codes, self._names = made.codes.whole(), made.names.whole()
        self._levels, self._kinds = made.levels, made.kinds
        everybody = range(len(self._ids))
        self._by_id = array("i", sorted(everybody, key=self._ids.__getitem__))
        self._by_code = array("i", sorted(everybody, key=self.code))
        self._last = array("i", everybody)
        for place in reversed(everybody):
            above = self._superior[place]
            if above != NOBODY and self._last[above] < self._last[place]:
                self._last[above] = self._last[place]

    def __len__(self) -> int:
        return len(self._ids)

    def id(self, place: int) -> int:
        """The id of the organisation at this position."""
        return self._ids[place]

    def code(self, place: int) -> str:
        """Its code."""
        return self._codes[place]

    def name(self, place: int) -> str:
        """Its name as it is registered."""
        return self._names[place]

    def kind(self, place: int) -> str:
        """What kind of employer it belongs to; empty when that is not known."""
        return self._kinds[place]

    def says(self, place: int, row: UnitRow) -> bool:
        """Whether the organisation at this position is this row, the names it is found by apart."""
        above = self._superior[place]
        superior = None if above == NOBODY else self.code(above)
        known = self.code(place), self.name(place), self._levels[place], self.kind(place), superior
        return known == (row.code, row.name, row.level, row.kind or "", row.superior)

    def is_employer(self, place: int) -> bool:
        """Whether it is the union of one employer, not one of a place or a trade."""
        return self._levels[place] == ENTERPRISE

    def is_station(self, place: int) -> bool:
        """Whether it is a service station, which serves the territory of the organisation above it."""
        return self._levels[place] == STATION

    def at_id(self, unit_id: int) -> int:
        """The position of the organisation with this id; `NOBODY` for none."""
        found = bisect_left(self._by_id, unit_id, key=self._ids.__getitem__)
        return self._by_id[found] if found < len(self) and self._ids[self._by_id[found]] == unit_id else NOBODY

    def at_code(self, code: str) -> int:
        """The position of the organisation with this code; `NOBODY` for none."""
        found = bisect_left(self._by_code, code, key=self.code)
        return self._by_code[found] if found < len(self) and self.code(self._by_code[found]) == code else NOBODY

    def above(self, place: int) -> Iterator[int]:
        """The positions of its superiors, the next one first."""
        while (place := self._superior[place]) != NOBODY:
            yield place

    def subtree(self, place: int) -> range:
        """The positions of it and of everything below it."""
        return range(place, self._last[place] + 1)


def in_order(rows: Iterable[UnitRow]) -> list[UnitRow]:
    """The rows in pre-order, neighbours by code; a circle, which the register refuses, is cut open."""
    left = {row.code: row for row in sorted(rows, key=lambda row: row.code, reverse=True)}
    below: dict[str | None, list[UnitRow]] = {}
    for row in left.values():
        below.setdefault(row.superior if row.superior in left else None, []).append(row)
    ordered: list[UnitRow] = []
    _walk(below.get(None, []), below, left, ordered)
    while left:  # only a circle is left: it is entered at its first code
        code = next(reversed(left))
        _walk([left[code]], below, left, ordered)
    return ordered


def _walk(
    first: list[UnitRow],
    below: Mapping[str | None, list[UnitRow]],
    left: dict[str, UnitRow],
    ordered: list[UnitRow],
) -> None:
    waiting = list(first)
    while waiting:
        row = waiting.pop()
        if left.pop(row.code, None) is not None:
            ordered.append(row)
            waiting.extend(below.get(row.code, ()))


class Joined:
    """Many words as one long string, and where each ends."""

    __slots__ = ("_ends", "_length", "_parts")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._ends = array("I", [0])
        self._length = 0

    def add(self, words: Sequence[str]) -> None:
        """The next words."""
        for word in words:
            self._length += len(word)
            self._ends.append(self._length)
        self._parts.append("".join(words))

    def whole(self) -> Joined:
        """The same with everything in one string, from which words can be read."""
        self._parts = ["".join(self._parts)]
        return self

    @property
    def text(self) -> str:
        """All words, one behind the other."""
        return self._parts[0]

    def __getitem__(self, at: int) -> str:
        return self._parts[0][self._ends[at] : self._ends[at + 1]]

    def at(self, position: int) -> int:
        """Which word stands at this position of the text."""
        return bisect_right(self._ends, position) - 1

    def end(self, at: int) -> int:
        """Where a word ends."""
        return self._ends[at + 1]


class Named:
    """Few different words at many positions."""

    __slots__ = ("_known", "_places", "_words")

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._words: list[str] = []
        self._places = array("B")

    def add(self, words: Iterable[str]) -> None:
        """The words at the next positions."""
        for word in words:
            if word not in self._known:
                self._known[word] = len(self._words)
                self._words.append(word)
            self._places.append(self._known[word])

    def __getitem__(self, at: int) -> str:
        return self._words[self._places[at]]
