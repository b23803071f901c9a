"""The tree of union organisations in few bytes: arrays and long strings, no object an organisation.

Organisations stand in pre-order: whatever is below one follows it at once. A position is the place in that order.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

ENTERPRISE: Final = "enterprise"
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


class UnitTree:
    """Who stands above and below whom; never changes. A circle, which the register refuses, is cut open."""

    __slots__ = (
        "_by_code",
        "_by_id",
        "_code_ends",
        "_codes",
        "_ids",
        "_kind_of",
        "_kinds",
        "_last",
        "_level_of",
        "_levels",
        "_name_ends",
        "_names",
        "_superior",
    )

    def __init__(self, rows: Sequence[UnitRow]) -> None:
        self._ids = array("q", (row.id for row in rows))
        self._by_id = array("i", sorted(range(len(rows)), key=self._ids.__getitem__))
        self._codes, self._code_ends = _joined(row.code for row in rows)
        self._by_code = array("i", sorted(range(len(rows)), key=lambda place: rows[place].code))
        self._names, self._name_ends = _joined(row.name for row in rows)
        self._levels, self._level_of = _named(row.level for row in rows)
        self._kinds, self._kind_of = _named(row.kind or "" for row in rows)
        self._superior = array("i", bytes(4 * len(rows)))
        self._last = array("i", range(len(rows)))
        self._hang_up(rows)

    def _hang_up(self, rows: Sequence[UnitRow]) -> None:
        """Find superiors and the end of what is below each; a superior always stands before those below it."""
        places = {row.code: place for place, row in enumerate(rows)}
        for place, row in enumerate(rows):
            above = places.get(row.superior, NOBODY) if row.superior is not None else NOBODY
            self._superior[place] = above if above < place else NOBODY
        for place in range(len(rows) - 1, -1, -1):
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
        return self._codes[self._code_ends[place] : self._code_ends[place + 1]]

    def name(self, place: int) -> str:
        """Its name as it is registered."""
        return self._names[self._name_ends[place] : self._name_ends[place + 1]]

    def kind(self, place: int) -> str:
        """What kind of employer it belongs to; empty when that is not known."""
        return self._kinds[self._kind_of[place]]

    def is_employer(self, place: int) -> bool:
        """Whether it is the union of one employer, not one of a place or a trade."""
        return self._levels[self._level_of[place]] == ENTERPRISE

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
    """The rows in pre-order: superiors before those below, neighbours by code."""
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


def _joined(words: Iterable[str]) -> tuple[str, array[int]]:
    """All words as one, and where each ends."""
    kept = list(words)
    ends = array("I", [0])
    length = 0
    for word in kept:
        length += len(word)
        ends.append(length)
    return "".join(kept), ends


def _named(words: Iterable[str]) -> tuple[tuple[str, ...], array[int]]:
    """The different words there are, and which one stands at each position."""
    known: dict[str, int] = {}
    places = array("B", (known.setdefault(word, len(known)) for word in words))
    return tuple(known), places
