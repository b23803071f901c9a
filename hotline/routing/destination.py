"""Who handles a group of matters at a place: from the place named up the tree until somebody takes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from hotline.i18n import mark
from hotline.routing.decision import Reason, Tried
from hotline.routing.departments import Department, DepartmentTree
from hotline.routing.text import normal_form

PLACE_GIVEN = mark("The place given names “{word}”.")
EMPLOYER_NAMED = mark("The employer's name contains “{word}”.")
TEXT_NAMED = mark("The narrative names “{word}”.")
NO_PLACE = mark("No place was named: the whole city's federation is asked.")
NOBODY_HERE = mark("Nobody here takes such matters: its superior is asked.")
NOBODY_AT_ALL = mark("Nobody here takes such matters, and nobody stands above.")
TAKES_IT = mark("Takes such matters here.")


@dataclass(frozen=True, slots=True)
class Destination:
    """The department, None when nobody takes such matters, and the way to it."""

    department: str | None
    path: tuple[Tried, ...]


def destination(tree: DepartmentTree, *matter: str, place: str = "", text: str = "", employer: str = "") -> Destination:
    """Who takes this `matter`, given as codes: its category first when that is known, then its group.

    Of the places told the one given counts first, then the employer's name, then the narrative. At the deepest
    territory named, that node itself and its departments without a territory of their own are asked; then its
    superior, up to the root.
    """
    start, reason = _territory(tree, place=place, text=text, employer=employer)
    path = [Tried(start.code, reason)]
    for node in reversed(tree.path(start.code)):
        offices = _offices(tree, node)
        taker = next((office for code in matter for office in offices if code in office.handles), None)
        if taker is not None:
            return Destination(taker.code, (*path, Tried(taker.code, Reason(TAKES_IT))))
        path.append(Tried(node.code, Reason(NOBODY_HERE if node.superior else NOBODY_AT_ALL)))
    return Destination(None, tuple(path))


def _offices(tree: DepartmentTree, node: Department) -> tuple[Department, ...]:
    """The node itself and its departments, which have no territory of their own."""
    return (node, *(child for child in tree.children(node.code) if not child.territory))


def _territory(tree: DepartmentTree, *, place: str, text: str, employer: str) -> tuple[Department, Reason]:
    for told, message in ((place, PLACE_GIVEN), (employer, EMPLOYER_NAMED), (text, TEXT_NAMED)):
        named = _named(tree, normal_form(told).text) if told else None
        if named is not None:
            department, word = named
            return department, Reason(message, {"word": word})
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
