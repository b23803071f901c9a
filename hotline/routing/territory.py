"""Departments and union organisations are two trees of one union: which node is which organisation, and what follows.

A department stands for an organisation when it has that organisation's name, or names it (`organisation` in
departments.toml). A unit belongs to the territory of the nearest organisation above it that is a department here, or
whose service station is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from hotline.routing.units import NO_UNITS, UnitIndex, UnitNamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hotline.routing.departments import Department, DepartmentTree


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Which departments stand for which organisations; `unknown` are codes no organisation of the register has."""

    departments: DepartmentTree
    units: UnitIndex
    by_unit: Mapping[int, str] = field(default_factory=dict)
    own_unions: Mapping[str, int] = field(default_factory=dict)
    """Departments that are the union of a single employer."""
    unknown: tuple[str, ...] = ()
    _kept: dict[tuple[int, ...], frozenset[int]] = field(default_factory=dict)
    """What these ties mean, so that a request of somebody with ties costs nothing."""
    _spoken: dict[tuple[int, ...], frozenset[str]] = field(default_factory=dict)

    def territory_of(self, unit: UnitNamed) -> tuple[Department, str] | None:
        """The department in whose territory a unit lies, with the name of its organisation; None for none."""
        for above in self.units.superiors(unit.id):
            department = self.departments.get(self.by_unit.get(above, ""))
            organisation = self.units.get(above)
            if department is not None and organisation is not None:
                return department, organisation.name
        return None

    def barred(self, unit_id: int | None, employer_key: str = "") -> frozenset[str]:
        """The departments which a matter against this unit never goes to: its own union's, and those within one.

        Where the unit is not known (None) but an employer is named, those of every employer that may be meant.
        """
        if not self.own_unions or (unit_id is None and not employer_key):
            return frozenset()
        barred = [
            code
            for code, circle in self._own_circles()
            if (unit_id in circle if unit_id is not None else employer_key in self.names_of(circle))
        ]
        return frozenset().union(*(self.departments.below(code) for code in barred))

    def may_be_barred(self, *, text: str, employer: str) -> dict[str, int]:
        """The same for words of which nobody can tell whom they mean: each with one employer that may be meant."""
        barred: dict[str, int] = {}
        for code, circle in self._own_circles():
            if meant := self.units.meant(circle, text=text, employer=employer):
                barred |= dict.fromkeys(self.departments.below(code), min(meant))
        return barred

    def _own_circles(self) -> Iterator[tuple[str, frozenset[int]]]:
        """Departments that are the union of a single employer, each with the employers whose matters are its own."""
        return ((code, self.units.circle(own)) for code, own in self.own_unions.items())

    def names_of(self, units: frozenset[int]) -> frozenset[str]:
        """The keys under which cases may stand against these units without a unit, as `cases.employer_key` has them."""
        known = tuple(sorted(units))
        if known not in self._spoken:
            self._spoken[known] = frozenset[str]().union(*map(self.units.spoken, known))
        return self._spoken[known]

    def against(self, department: str | None, ties: Iterable[int]) -> tuple[frozenset[int], frozenset[str]]:
        """`conflicts`, and the keys of these units (`names_of`) for cases that name no unit."""
        conflicts = self.conflicts(department, ties)
        return conflicts, self.names_of(conflicts)

    def conflicts(self, department: str | None, ties: Iterable[int]) -> frozenset[int]:
        """The ids of the units whose matters somebody of this department, with these ties, has no part in."""
        own = [*ties]
        if department is not None and self.own_unions:
            own += [self.own_unions[at.code] for at in self.departments.path(department) if at.code in self.own_unions]
        if not own:
            return frozenset()
        known = tuple(sorted(own))
        if known not in self._kept:
            self._kept[known] = frozenset[int]().union(*(self.units.circle(unit) for unit in known))
        return self._kept[known]


@lru_cache(maxsize=1)
def linked(departments: DepartmentTree, units: UnitIndex = NO_UNITS) -> Links:
    """The links between these two trees; those of the last ones are kept, as neither ever changes."""
    if not len(units):
        return Links(departments, units)
    by_unit: dict[int, str] = {}
    stations: dict[int, str] = {}
    own_unions: dict[str, int] = {}
    unknown: list[str] = []
    for department in departments:
        named = department.organisation
        unit = units.by_code(named) if named else units.by_name(department.name)
        if unit is None:
            unknown += [named] if named else []
            continue
        by_unit.setdefault(unit.id, department.code)
        stations.setdefault(units.served(unit.id), department.code)
        if units.is_employer(unit.id):
            own_unions[department.code] = unit.id
    by_unit = stations | by_unit  # where a federation is a department itself, that goes before its station
    return Links(departments, units, by_unit, own_unions, tuple(unknown))
