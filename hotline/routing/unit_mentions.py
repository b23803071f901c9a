"""Finding names of employers in a text: one pass for every name of the register.

One automaton holds all spoken forms. Measured with 73,000 names: as a non-deterministic one in contiguous memory it
takes 14 MB and two microseconds a text; a deterministic one would take 250 MB for half of that time.
"""

from __future__ import annotations

from array import array
from typing import Final, NamedTuple, Protocol, TypeAlias

from ahocorasick_rs import AhoCorasick, Implementation

from hotline.routing.unit_names import Places, form_after, is_name, plain, spoken_forms, without_form
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


class Employers(Protocol):
    """What has to be known of the employers at their positions."""

    def can_be_at(self, place: int, word: str) -> bool:
        """Whether the employer can have this place in front of its name."""

    def name(self, place: int) -> str:
        """The registered name."""


class Names:
    """Every spoken form of every living employer, with the positions of those who bear it."""

    __slots__ = ("_automaton", "_ends", "_owners", "places")

    def __init__(self, bearers: Bearers, places: Places) -> None:
        self.places = places
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

    def mentions(self, text: str, employers: Employers) -> list[Mention]:
        """What a plain text names, without what is only a part of a longer name."""
        if self._automaton is None or not text:
            return []
        found: list[Mention] = []
        for form, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            left, owners = start, self._owners[self._ends[form] : self._ends[form + 1]].tolist()
            while word := self.places.before(text, left):
                left -= len(word)
                owners = [owner for owner in owners if employers.can_be_at(owner, word)]
            if owners:
                sure = is_name(text, left, end, length=end - start)
                right = form_after(text, end)
                owners = _called_so(owners, (text[left:right], text[left:end]), employers)
                found.append(Mention(left, right, frozenset(owners), sure))
        return found if len(found) < _FEW else _longest(found)


def _called_so(owners: list[int], told: tuple[str, str], employers: Employers) -> list[int]:
    """Of several with one spoken form those who are called just as it is told, with or without the legal form."""
    if len(owners) < _FEW:
        return owners
    names = {owner: plain(employers.name(owner)) for owner in owners}
    exact = [owner for owner, name in names.items() if name == told[0]]
    return exact or [owner for owner, name in names.items() if without_form(name) == told[1]] or owners


Bearers: TypeAlias = dict[str, int | list[int]]
"""The position of who bears a spoken form, or those of several."""


def add_forms(bearers: Bearers, place: int, row: UnitRow, places: Places) -> None:
    """Note the spoken forms of every name of the employer at this position."""
    for name in (row.name, *row.old_names, *row.aliases):
        for form in spoken_forms(name, places):
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
