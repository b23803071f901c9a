"""Union organisations as decisions need them: all in memory, found in a text in one pass, with who stands above them.

A decision stays a pure function: which organisations there are is a value like the rules are. The register itself
stands in the database (`hotline.registry`); each process makes this index of it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from hotline.routing.employers import employer_key
from hotline.routing.text import NormalText, normal_form
from hotline.routing.unit_mentions import Bearers, Mention, Names, add_forms
from hotline.routing.unit_names import Places, bracketed, name_key, places_in_name, plain, spoken_forms
from hotline.routing.unit_tree import ENTERPRISE, NOBODY, Joined, TreeMaking, UnitRow, UnitTree, in_order

OFFERED: Final = 8
SHORTEST_PART: Final = 2


class Superior(NamedTuple):
    """An organisation above another one."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class UnitNamed:
    """The organisation a call names as its employer, and by which words.

    `start` and `end` are code points of the narrative as it was told; None where the employer's field named it.
    `superiors` are those above it, the next one first.
    """

    id: int
    code: str
    name: str
    kind: str
    words: str
    start: int | None = None
    end: int | None = None
    superiors: tuple[Superior, ...] = ()


class UnitsMaking:
    """An index in the making: takes organisations in pre-order, part by part, so that it never holds them all.

    `places` are those of every organisation to come (`places_of`).
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        self.tree = TreeMaking()
        self.federations: dict[str, int] = {}
        self.bearers: Bearers = {}
        self.spelt, self.spelt_of = Joined(), array("i")
        self.spelt.add(["\n"])

    def add(self, rows: Sequence[UnitRow]) -> None:
        """The next organisations."""
        first = len(self.tree.ids)
        self.tree.add(rows)
        spelt = []
        for place, row in enumerate(rows, first):
            if row.level != ENTERPRISE:
                self.federations[row.name] = place
            elif not row.ended:
                add_forms(self.bearers, place, row, self.places)
                spelt.append(_spelling(row))
                self.spelt_of.append(place)
        self.spelt.add(spelt)


def _spelling(row: UnitRow) -> str:
    """Every name of an employer in the form in which names are compared: all that finding it depends on."""
    return "".join(f"{plain(name)}\n" for name in (row.name, *row.old_names, *row.aliases))


def places_of(names: Iterable[str]) -> Places:
    """The places which organisations of these names, those of places and trades, are named after."""
    return Places(word for name in names for word in places_in_name(name))


class UnitIndex:
    """Every organisation; never changes."""

    __slots__ = ("_federations", "_names", "_places", "_spelt", "_spelt_of", "_tree")

    def __init__(self, made: UnitsMaking) -> None:
        self._tree, self._places, self._federations = UnitTree(made.tree), made.places, made.federations
        self._names = Names(made.bearers, made.places)
        self._spelt, self._spelt_of = made.spelt.whole(), made.spelt_of

    @classmethod
    def of(cls, rows: Iterable[UnitRow]) -> UnitIndex:
        """The index of these organisations, in any order."""
        ordered = in_order(rows)
        made = UnitsMaking(places_of(row.name for row in ordered if row.level != ENTERPRISE))
        made.add(ordered)
        return cls(made)

    def __len__(self) -> int:
        return len(self._tree)

    def get(self, unit_id: int | None) -> UnitNamed | None:
        """The organisation with this id."""
        place = NOBODY if unit_id is None else self._tree.at_id(unit_id)
        return None if place == NOBODY else self._described(place, self._tree.name(place))

    def says(self, row: UnitRow) -> bool:
        """Whether this index stands as if it had been made of this row: what else a register holds is nothing to it."""
        place = self._tree.at_id(row.id)
        if place == NOBODY or not self._tree.says(place, row):
            return False
        if row.level != ENTERPRISE:
            return True
        return self._spelling_of(place) == ("" if row.ended else _spelling(row))

    def _spelling_of(self, place: int) -> str:
        """Every name of the employer at this position, a line each; empty for one that is no more, or no employer."""
        listed = bisect_left(self._spelt_of, place)
        is_listed = listed < len(self._spelt_of) and self._spelt_of[listed] == place
        return self._spelt[listed + 1] if is_listed else ""

    def by_code(self, code: str) -> UnitNamed | None:
        """The organisation with this code, in whatever case it is written."""
        place = self._tree.at_code(code.strip().upper()) if code else NOBODY
        return None if place == NOBODY else self._described(place, self._tree.name(place))

    def by_name(self, name: str) -> UnitNamed | None:
        """The organisation that is called exactly so; one of a place or a trade goes before one of an employer."""
        place = self._federations.get(name, NOBODY)
        if place == NOBODY and (at := self._spelt.text.find(f"\n{plain(name)}\n")) >= 0:
            spelt = self._spelt_of[self._spelt.at(at + 1) - 1]
            place = spelt if self._tree.name(spelt) == name else NOBODY
        return None if place == NOBODY else self._described(place, name)

    def key(self, employer: str) -> str:
        """What two ways of writing an employer's name have in common; empty for no name."""
        return name_key(employer, self._places)

    def spoken(self, unit_id: int) -> frozenset[str]:
        """Under which keys cases may stand that give one of its names; those made without the register among them."""
        place = self._tree.at_id(unit_id)
        if place == NOBODY:
            return frozenset()
        names = (self._tree.name(place), *self._spelling_of(place).split("\n"))
        keys = {employer_key(form) for name in names for form in (name, *spoken_forms(name, self._places))}
        return frozenset(keys.union(map(self.key, keys))) - {""}

    def meant(self, among: frozenset[int], *, text: str, employer: str = "") -> frozenset[int]:
        """Which of these employers the words may mean, though nobody can tell which one they do."""
        mentions = self._look(text, employer).mentions
        if mentions:
            return among & {self._tree.id(owner) for mention in mentions for owner in mention.owners}
        part = plain(employer).strip()
        if len(part) < SHORTEST_PART:
            return frozenset()
        return frozenset(one for one in among if part in self._spelling_of(self._tree.at_id(one)))

    def superiors(self, unit_id: int) -> tuple[int, ...]:
        """The ids of those above this organisation, the next one first."""
        place = self._tree.at_id(unit_id)
        return () if place == NOBODY else tuple(self._tree.id(above) for above in self._tree.above(place))

    def below(self, unit_id: int) -> frozenset[int]:
        """The ids of this organisation and all below it; of an unknown one, that id alone."""
        place = self._tree.at_id(unit_id)
        if place == NOBODY:
            return frozenset((unit_id,))
        return frozenset(self._tree.id(lower) for lower in self._tree.subtree(place))

    def circle(self, unit_id: int) -> frozenset[int]:
        """The ids of the organisations whose matters are this one's own: see docs/explanation/employers.md.

        Of an employer's union: itself, what is below it, and the employers it belongs to. Of the union of a place or a
        trade, whose members' matters are its very duty: itself alone.
        """
        place = self._tree.at_id(unit_id)
        if place == NOBODY or not self._tree.is_employer(place):
            return frozenset((unit_id,))
        above = (upper for upper in self._tree.above(place) if self._tree.is_employer(upper))
        return self.below(unit_id) | {self._tree.id(upper) for upper in above}

    def is_employer(self, unit_id: int) -> bool:
        """Whether this is the union of one employer."""
        place = self._tree.at_id(unit_id)
        return place != NOBODY and self._tree.is_employer(place)

    def served(self, unit_id: int) -> int:
        """The id of the organisation whose territory this one serves: of a station the one above it, else its own."""
        place = self._tree.at_id(unit_id)
        if place == NOBODY or not self._tree.is_station(place):
            return unit_id
        return next((self._tree.id(above) for above in self._tree.above(place)), unit_id)

    def named(self, *, text: str, employer: str = "", place: str = "") -> UnitNamed | None:
        """The one organisation these words name; None for none, or for several that `place` cannot tell apart."""
        found = self._look(text, employer)
        sure = [mention for mention in found.mentions if mention.sure]
        chosen = self._told_apart(_owners(sure, self._tree), f"{place}\n{employer}")
        if len(chosen) > 1:
            chosen = self._told_apart(chosen, text)
        if len(chosen) != 1:
            return None
        (unit,) = chosen
        mention = max((one for one in sure if unit in one.owners), key=lambda one: one.end - one.start)
        if found.told is None:
            return self._described(unit, employer.strip())
        start, end = found.told.span(mention.start, mention.end)
        return self._described(unit, text[start:end], start, end)

    def candidates(self, *, text: str, employer: str = "") -> tuple[UnitNamed, ...]:
        """The organisations these words may mean, at most eight: for a person who can ask."""
        owners = [owner for mention in self._look(text, employer).mentions for owner in sorted(mention.owners)]
        found = [self._described(place, self._tree.name(place)) for place in dict.fromkeys(owners)]
        return tuple(found[:OFFERED]) or self.spelt(employer)

    def spelt(self, part: str, *, size: int = OFFERED) -> tuple[UnitNamed, ...]:
        """Employers with this part (two characters or more) in a name: those first whose name begins with it."""
        part = plain(part).strip()
        if len(part) < SHORTEST_PART or "\n" in part:
            return ()
        found: dict[int, None] = {}
        for wanted in (f"\n{part}", part):
            at = self._spelt.text.find(wanted)
            while at >= 0 and len(found) < size:
                ahead = len(wanted) - len(part)  # the line break before a name belongs to the employer before
                which = self._spelt.at(at + ahead)
                found[self._spelt_of[which - 1]] = None
                at = self._spelt.text.find(wanted, self._spelt.end(which) - ahead)
        return tuple(self._described(place, part) for place in list(found)[:size])

    def _look(self, text: str, employer: str) -> _Looked:
        """What is named: in the employer's field when there is something in it, else in the narrative."""
        if not employer.strip():
            told = normal_form(text)
            return _Looked(self._names.mentions(bracketed(told.text), self), told)
        mentions = self._names.mentions(plain(employer).strip(), self)
        for form in () if mentions else spoken_forms(employer, self._places):
            mentions = mentions or self._names.mentions(form, self)
        return _Looked(mentions, None)

    def name(self, place: int) -> str:
        """The registered name of the organisation at this position."""
        return self._tree.name(place)

    def can_be_at(self, place: int, word: str) -> bool:
        """Whether the employer at this position can have this place in front of its name."""
        return word in self._tree.name(place) or word in self._places_of(place)

    def _places_of(self, place: int) -> list[str]:
        return [word for above in self._tree.above(place) for word in places_in_name(self._tree.name(above))]

    def _told_apart(self, units: frozenset[int], told: str) -> frozenset[int]:
        """Those of several units in whose territory most of the places told lie; all of them when that is no help."""
        if len(units) < 2 or not told.strip():  # noqa: PLR2004 - one is apart already
            return units
        told = plain(told)
        near = {unit: sum(word in told for word in self._places_of(unit)) for unit in units}
        nearest = max(near.values())
        return frozenset(unit for unit in units if near[unit] == nearest) if nearest else units

    def _described(self, place: int, words: str, start: int | None = None, end: int | None = None) -> UnitNamed:
        tree = self._tree
        above = tuple(Superior(tree.code(upper), tree.name(upper)) for upper in tree.above(place))
        return UnitNamed(tree.id(place), tree.code(place), tree.name(place), tree.kind(place), words, start, end, above)


class _Looked(NamedTuple):
    """What was found, and the narrative it was found in; None when it was the employer's field."""

    mentions: list[Mention]
    told: NormalText | None


def _owners(mentions: Iterable[Mention], tree: UnitTree) -> frozenset[int]:
    """Who is named: several names of one employer count together, and the lowest of a group of companies counts."""
    pools: list[frozenset[int]] = []
    for mention in sorted(mentions, key=lambda one: (one.start - one.end, one.start)):
        for at, pool in enumerate(pools):
            if pool & mention.owners:
                pools[at] = pool & mention.owners
                break
        else:
            pools.append(mention.owners)
    everybody = frozenset[int]().union(*pools)
    return everybody - {upper for unit in everybody for upper in tree.above(unit)}


NO_UNITS = UnitIndex.of(())
"""The index of an empty register."""
