"""Reading categories.toml and departments.toml: every mistake named with file, entry and reason at once."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

import re2
from pydantic import StringConstraints, ValidationError

from hotline.errors import Mistake
from hotline.i18n import mark
from hotline.routing.categories import Category, Group
from hotline.routing.departments import Department, DepartmentTree
from hotline.routing.questions import QUESTIONS
from hotline.routing.ruleset import Code, ConfigurationError, Table, shape_mistakes

_DEEP = re2.compile(r"""(?:(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*\.[ \t]*){16}""")
"""A key of so many parts; tomllib needs memory that grows with the square of their number."""
LARGEST_FILE = 2_000_000
"""Bytes; a configuration file above this is a mistake, not a configuration."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]

_Model = TypeVar("_Model", bound=Table)
_Part = TypeVar("_Part")


class GroupTable(Table):
    """One `[[group]]` of categories.toml."""

    code: Code
    name: Name
    name_en: Name
    also: tuple[Name, ...] = ()


class CategoryTable(Table):
    """One `[[category]]` of categories.toml."""

    code: Code
    name: Name
    name_en: Name
    group: Code
    refer_to: Annotated[str, StringConstraints(max_length=80)] = ""
    facts: tuple[str, ...] = ()


class CategoriesTable(Table):
    """The whole of categories.toml."""

    group: list[GroupTable]
    category: list[CategoryTable]


class DepartmentTable(Table):
    """One `[[department]]` of departments.toml."""

    code: Code
    name: Name
    name_en: Name
    superior: Code | None = None
    territory: tuple[Name, ...] = ()
    handles: tuple[Code, ...] = ()
    organisation: Annotated[str, StringConstraints(pattern=r"^([A-Z0-9][A-Z0-9._-]{0,39})?$")] = ""


class DepartmentsTable(Table):
    """The whole of departments.toml."""

    department: list[DepartmentTable]


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file; raises `ConfigurationError` when it is not there, too large, or no TOML in UTF-8."""
    return parse_toml(read_text(path), file=path.name)


def read_text(path: Path) -> str:
    """The text of a configuration file; raises `ConfigurationError` when it is not there, too large, or not UTF-8."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ConfigurationError(Mistake(path.name, mark("The file is larger than 2 MB. Please make it smaller.")))
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise ConfigurationError(
            Mistake(path.name, mark("The file cannot be read: {reason}."), {"reason": reason})
        ) from None
    except UnicodeDecodeError as problem:
        line = bytes(problem.object[: problem.start]).count(b"\n") + 1
        message = mark("The file is not UTF-8 (line {line}). Please save it as UTF-8.")
        raise ConfigurationError(Mistake(path.name, message, {"line": line})) from None


def parse_toml(text: str, *, file: str) -> dict[str, Any]:
    """The content of a text in TOML; raises `ConfigurationError` with the line when it is none."""
    if deep := _DEEP.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        message = mark("Line {line} has a key of more than 16 parts. Please check the dots.")
        raise ConfigurationError(Mistake(file, message, {"line": line}))
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # a number of thousands of digits is a plain ValueError
        message = mark("This is no valid TOML: {reason}.")
        raise ConfigurationError(Mistake(file, message, {"reason": str(problem)})) from None


def read_categories(content: Mapping[str, Any], *, file: str) -> tuple[Mapping[str, Group], Mapping[str, Category]]:
    """Groups and categories by code, in the order of the file; raises `ConfigurationError`."""
    table = _validated(CategoriesTable, content, file=file, list_key="category")
    mistakes = [
        *_doubled([group.code for group in table.group], f"{file}: group"),
        *_doubled([category.code for category in table.category], f"{file}: category"),
    ]
    groups = {group.code: Group(**group.model_dump()) for group in table.group}
    shared = [code for code in groups if any(code == category.code for category in table.category)]
    mistakes += [Mistake(f"{file}: group {code}", mark("A category has this code too.")) for code in shared]
    mistakes += _other_names_taken(table, file)
    for category in table.category:
        mistakes.extend(_category_mistakes(category, groups, f"{file}: category {category.code}"))
    if mistakes:
        raise ConfigurationError(*mistakes)
    categories = {category.code: Category(**category.model_dump()) for category in table.category}
    return MappingProxyType(groups), MappingProxyType(categories)


def _other_names_taken(table: CategoriesTable, file: str) -> Iterator[Mistake]:
    names = {each.code for each in table.category} | {each.name for each in table.category}
    names |= {each.code for each in table.group} | {each.name for each in table.group}
    for group in table.group:
        for other in group.also:
            if other in names:
                message = mark("“{name}” already means another group or category.")
                yield Mistake(f"{file}: group {group.code}", message, {"name": other})
            names.add(other)


def _category_mistakes(category: CategoryTable, groups: Collection[str], field: str) -> Iterator[Mistake]:
    if category.group not in groups:
        yield Mistake(field, mark("There is no group “{code}” in this file."), {"code": category.group})
    for fact in category.facts:
        if fact not in QUESTIONS:
            yield Mistake(
                field,
                mark("There is no fact “{code}”. Known are: {known}."),
                {"code": fact, "known": ", ".join(QUESTIONS)},
            )


def read_departments(content: Mapping[str, Any], *, file: str, matters: Collection[str]) -> DepartmentTree:
    """The tree of departments; raises `ConfigurationError` when it is none or names unknown groups and categories."""
    table = _validated(DepartmentsTable, content, file=file, list_key="department")
    departments = table.department
    codes = {department.code: department.superior for department in departments}
    mistakes = [*_doubled([department.code for department in departments], f"{file}: department")]
    for department in departments:
        field = f"{file}: department {department.code}"
        if department.superior is not None and department.superior not in codes:
            params = {"code": department.superior}
            mistakes.append(Mistake(field, mark("There is no department “{code}” to be its superior."), params))
        elif _goes_round(department.code, codes):
            mistakes.append(Mistake(field, mark("Going up from here leads back here. Please correct the superior.")))
        mistakes.extend(
            Mistake(field, mark("There is no group or category “{code}” in categories.toml."), {"code": code})
            for code in department.handles
            if code not in matters
        )
    mistakes.extend(_root_mistakes(departments, file))
    mistakes.extend(_territory_mistakes(departments, file))
    if mistakes:
        raise ConfigurationError(*mistakes)
    return DepartmentTree(Department(**department.model_dump()) for department in departments)


def _goes_round(code: str, superiors: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    above = superiors.get(code)
    while above is not None and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = superiors.get(above)
    return False


def _root_mistakes(departments: list[DepartmentTable], file: str) -> Iterator[Mistake]:
    roots = [department.code for department in departments if department.superior is None]
    if len(roots) != 1:
        yield Mistake(
            file,
            mark("Exactly one department has no superior: the city's federation. Here it is: {codes}."),
            {"codes": ", ".join(roots) or "-"},
        )


def _territory_mistakes(departments: list[DepartmentTable], file: str) -> Iterator[Mistake]:
    owners: dict[str, str] = {}
    for department in departments:
        for word in department.territory:
            if owners.setdefault(word, department.code) != department.code:
                yield Mistake(
                    f"{file}: department {department.code}",
                    mark("“{word}” is already the territory of “{code}”. A place name means one department."),
                    {"word": word, "code": owners[word]},
                )


def _doubled(codes: list[str], field: str) -> Iterator[Mistake]:
    for code, times in Counter(codes).items():
        if times > 1:
            message = mark("{times} entries have this code. Please give each its own.")
            yield Mistake(f"{field} {code}", message, {"times": times})


def _validated(model: type[_Model], content: Mapping[str, Any], *, file: str, list_key: str) -> _Model:
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        raise ConfigurationError(*shape_mistakes(problem, content, file=file, list_key=list_key, name="code")) from None


def collected(load: Callable[[], _Part], mistakes: list[Mistake]) -> _Part | None:
    """What `load` gives; when it is refused, its mistakes are added to `mistakes`, so that all files are read."""
    try:
        return load()
    except ConfigurationError as problem:
        mistakes.extend(problem.mistakes)
        return None
