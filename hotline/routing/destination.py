"""Who handles a group of matters at a place: from the territory up the tree until somebody takes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from hotline.i18n import mark
from hotline.routing.decision import Reason, Tried
from hotline.routing.departments import Department, DepartmentTree
from hotline.routing.territory import Links, linked
from hotline.routing.text import normal_form
from hotline.routing.units import UnitNamed

PLACE_GIVEN = mark("The place given names “{word}”.")
PLACE_BEFORE_UNIT = mark("The place given names “{word}”; it goes before the territory of “{unit}”.")
UNIT_BELONGS = mark("“{unit}” belongs to “{organisation}”.")
EMPLOYER_NAMED = mark("The employer's name contains “{word}”.")
TEXT_NAMED = mark("The narrative names “{word}”.")
NO_PLACE = mark("No place was named: the whole city's federation is asked.")
NOBODY_HERE = mark("Nobody here takes such matters: its superior is asked.")
NOBODY_AT_ALL = mark("Nobody here takes such matters, and nobody stands above.")
TAKES_IT = mark("Takes such matters here.")
OWN_UNION = mark("Is the union of “{unit}” or of its group of companies: a matter against it never goes there.")


@dataclass(frozen=True, slots=True)
class Destination:
    """The department, None when nobody takes such matters, and the way to it.

    `territory` is the department the way began at, None when nothing told where the matter lies.
    """

    department: str | None
    path: tuple[Tried, ...]
    territory: str | None = None


def destination(
    tree: DepartmentTree,
    *matter: str,
    place: str = "",
    text: str = "",
    employer: str = "",
    unit: UnitNamed | None = None,
    links: Links | None = None,
) -> Destination:
    """Who takes this `matter`, given as codes: its category first when that is known, then its group.

    The place given counts first, then where the employer's organisation (`unit`) belongs, then a place in the
    employer's name, then one in the narrative. At that territory the node itself and its departments without a
    territory of their own are asked; then its superior, up to the root. The union of the employer itself is passed.
    """
    links = links or linked(tree)
    start, reason = _territory(tree, links, place=place, text=text, employer=employer, unit=unit)
    territory = None if reason.message == NO_PLACE else start.code
    barred = _barred(links, unit, text=text, employer=employer)
    path = [Tried(start.code, reason)]
    for node in reversed(tree.path(start.code)):
        takers = [office for code in matter for office in _offices(tree, node) if code in office.handles]
        passed = [node.code] if node.code in barred else [one.code for one in takers if one.code in barred]
        path += [Tried(code, Reason(OWN_UNION, {"unit": barred[code]})) for code in dict.fromkeys(passed)]
        taker = next((office for office in takers if office.code not in barred), None)
        if taker is not None:
            return Destination(taker.code, (*path, Tried(taker.code, Reason(TAKES_IT))), territory)
        if node.code not in barred:
            path.append(Tried(node.code, Reason(NOBODY_HERE if node.superior else NOBODY_AT_ALL)))
    return Destination(None, tuple(path), territory)


def _barred(links: Links, unit: UnitNamed | None, *, text: str, employer: str) -> dict[str, str]:
    """The departments passed, each with the name of the employer whose union it is.

    Where no one unit is named, the unions of all are passed whom the words may mean: a person can still choose one.
    """
    if unit is not None:
        return dict.fromkeys(links.barred(unit.id), unit.name)
    meant = {code: links.units.get(one) for code, one in links.may_be_barred(text=text, employer=employer).items()}
    return {code: one.name for code, one in meant.items() if one is not None}


def _offices(tree: DepartmentTree, node: Department) -> tuple[Department, ...]:
    """The node itself and its departments, which have no territory of their own."""
    return (node, *(child for child in tree.children(node.code) if not child.territory))


def _territory(
    tree: DepartmentTree, links: Links, *, place: str, text: str, employer: str, unit: UnitNamed | None
) -> tuple[Department, Reason]:
    named = _named(tree, normal_form(place).text) if place else None
    if named is not None and unit is not None:
        return named[0], Reason(PLACE_BEFORE_UNIT, {"word": named[1], "unit": unit.name})
    if named is not None:
        return named[0], Reason(PLACE_GIVEN, {"word": named[1]})
    home = links.territory_of(unit) if unit is not None else None
    if unit is not None and home is not None:
        return home[0], Reason(UNIT_BELONGS, {"unit": unit.name, "organisation": home[1]})
    for told, message in ((employer, EMPLOYER_NAMED), (text, TEXT_NAMED)):
        named = _named(tree, normal_form(told).text) if told else None
        if named is not None:
            return named[0], Reason(message, {"word": named[1]})
    return tree.root, Reason(NO_PLACE)


def territory_named(tree: DepartmentTree, told: str) -> tuple[Department, tuple[str, ...]]:
    """The department whose territory `told` names (the root for none), and every place name in it, longest first."""
    normal = normal_form(told).text
    named = _named(tree, normal)
    words = sorted({word for word, _department in _words(tree) if word in normal}, key=len, reverse=True)
    return (named[0] if named else tree.root), tuple(words)


def _named(tree: DepartmentTree, told: str) -> tuple[Department, str] | None:
    """The place `told` names: the longest word, then what lies below it when that is named too; first in the tree."""
    named = [(department, word) for word, department in _words(tree) if word in told]
    if not named:
        return None
    chosen = max(named, key=lambda found: len(found[1]))
    while below := [found for found in named if _lies_below(tree, found[0], chosen[0])]:
        chosen = max(below, key=lambda found: len(found[1]))
    return chosen


def _lies_below(tree: DepartmentTree, lower: Department, upper: Department) -> bool:
    return lower.code != upper.code and lower.code in tree.below(upper.code)


@lru_cache(maxsize=8)
def _words(tree: DepartmentTree) -> tuple[tuple[str, Department], ...]:
    """Every place name in normal form with what it means, in the order of the tree; kept, as a tree never changes."""
    return tuple((normal_form(word).text, department) for department in tree for word in department.territory)
