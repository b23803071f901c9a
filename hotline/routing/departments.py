"""Departments and service stations: one tree from the city's federation down to the last street."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A federation, a department of one, or a station.

    `territory` holds the place names that mean it (empty for a department, which serves its federation's territory);
    `handles` the codes of groups or single categories it takes, none for a federation that only holds others.
    `organisation` is the code of the union organisation it is, where its name does not say so.
    """

    code: str
    name: str
    name_en: str
    superior: str | None = None
    territory: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    organisation: str = ""


class DepartmentTree:
    """Every department by code, superiors before those below; never changes.

    Made from departments with distinct codes, exactly one root, known superiors and no circle
    (`hotline.routing.reading` checks that and says what is wrong).
    """

    __slots__ = ("_below", "_by_code", "_children", "_paths", "root")

    def __init__(self, departments: Iterable[Department]) -> None:
        given = tuple(departments)
        children: dict[str, list[Department]] = {department.code: [] for department in given}
        for department in given:
            if department.superior is not None:
                children[department.superior].append(department)
        self.root = next(department for department in given if department.superior is None)
        self._by_code: dict[str, Department] = {}
        self._paths: dict[str, tuple[Department, ...]] = {}
        self._children = {code: tuple(below) for code, below in children.items()}
        self._walk(self.root, ())
        self._below = {code: self._gather(code) for code in self._by_code}

    def _walk(self, department: Department, above: tuple[Department, ...]) -> None:
        path = (*above, department)
        self._by_code[department.code] = department
        self._paths[department.code] = path
        for child in self._children[department.code]:
            self._walk(child, path)

    def _gather(self, code: str) -> frozenset[str]:
        return frozenset(other for other, path in self._paths.items() if any(above.code == code for above in path))

    def __iter__(self) -> Iterator[Department]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get(self, code: str) -> Department | None:
        """The department with this code, or None."""
        return self._by_code.get(code)

    def below(self, code: str) -> frozenset[str]:
        """The codes of this department and everything below it; of an unknown code, that code alone."""
        return self._below.get(code, frozenset((code,)))

    def path(self, code: str) -> tuple[Department, ...]:
        """From the root down to this department, both included; empty for an unknown code."""
        return self._paths.get(code, ())

    def children(self, code: str) -> tuple[Department, ...]:
        """What stands directly below this department, in the order of the file."""
        return self._children.get(code, ())

    def handling(self, group: str) -> tuple[Department, ...]:
        """The departments which take this group (or single category), superiors first."""
        return tuple(department for department in self if group in department.handles)
