"""Finding names of employers in a text: one pass for every name of the register.

One automaton holds all spoken forms. Measured with 73,000 names: as a non-deterministic one in contiguous memory it
takes 14 MB and two microseconds a text; a deterministic one would take 250 MB for half of that time.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from hotline.routing.unit_names import Places, form_after, is_name, spoken_forms
from hotline.routing.unit_tree import UnitRow

MOST_OWNERS: Final = 64
"""A name which more employers share tells nothing, not even together with a place."""
_FEW: Final = 2


class Mention(NamedTuple):
    """Words that name an employer: where they stand in the plain text, and whose name they can be.

    `sure` is False where the words around do not show that they are a name by themselves.
    """

    start: int
    end: int
    owners: frozenset[int]
    sure: bool


class Names:
    """Every spoken form of every living employer, with the positions of those who bear it."""

    __slots__ = ("_automaton", "_ends", "_owners", "places")

    def __init__(self, rows: Sequence[UnitRow], places: Places, *, living: Iterable[int]) -> None:
        self.places = places
        bearers: dict[str, int | list[int]] = {}
        for place in living:
            row = rows[place]
            for name in (row.name, *row.old_names, *row.aliases):
                for form in spoken_forms(name, places):
                    _add(bearers, form, place)
        self._owners, self._ends = array("i"), array("I", [0])
        forms = []
        for form, known in bearers.items():
            owners = [known] if isinstance(known, int) else known
            if len(owners) <= MOST_OWNERS:
                forms.append(form)
                self._owners.extend(owners)
                self._ends.append(len(self._owners))
        self._automaton = (
            AhoCorasick(forms, store_patterns=False, implementation=Implementation.ContiguousNFA) if forms else None
        )

    def mentions(self, text: str, belongs: Callable[[int, str], bool]) -> list[Mention]:
        """What a plain text names, without what is only a part of a longer name.

        `belongs` tells whether the employer at a position can have this place in front of its name.
        """
        if self._automaton is None or not text:
            return []
        found: list[Mention] = []
        for form, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            left, owners = start, self._owners[self._ends[form] : self._ends[form + 1]].tolist()
            while word := self.places.before(text, left):
                left -= len(word)
                owners = [owner for owner in owners if belongs(owner, word)]
            if owners:
                sure = is_name(text, left, end, length=end - start)
                found.append(Mention(left, form_after(text, end), frozenset(owners), sure))
        return found if len(found) < _FEW else _longest(found)


def _add(bearers: dict[str, int | list[int]], form: str, place: int) -> None:
    known = bearers.setdefault(form, place)
    if isinstance(known, list):
        if known[-1] != place:
            known.append(place)
    elif known != place:
        bearers[form] = [known, place]


def _longest(found: list[Mention]) -> list[Mention]:
    """Without those that lie within a longer one which is sure."""
    return [
        one
        for one in found
        if not any(
            other.sure
            and other.start <= one.start
            and one.end <= other.end
            and one.end - one.start < other.end - other.start
            for other in found
        )
    ]
