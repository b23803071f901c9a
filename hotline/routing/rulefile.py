"""A rule file beside the union's own: for its categories, or standing alone with categories it declares itself.

What is learned from labelled texts stands alone: it can be tried and evaluated anywhere, and decides no case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hotline.routing.categories import Category, Group
from hotline.routing.compiled import RuleSet
from hotline.routing.engine import compile_and_try
from hotline.routing.labelled import Meanings
from hotline.routing.reading import parse_toml, read_text
from hotline.routing.ruleset import RuleSetTable, read_rules


@dataclass(frozen=True, slots=True)
class RuleFile:
    """Rules that can be asked, with the groups and categories they speak of."""

    rules: RuleSet
    groups: Mapping[str, Group]
    categories: Mapping[str, Category]

    @property
    def meanings(self) -> Meanings:
        """What labels of texts may say here."""
        return Meanings(self.groups, self.categories)


def load_rule_file(path: Path, *, groups: Mapping[str, Group], categories: Mapping[str, Category]) -> RuleFile:
    """The rules of a file, checked and tried on their examples; `groups` and `categories` are the union's.

    Raises `ConfigurationError` with every mistake and its line.
    """
    source = read_text(path)
    content = parse_toml(source, file=path.name)
    alone = bool(content.get("category"))
    table = read_rules(content, file=path.name, categories=None if alone else categories, source=source)
    if alone:
        groups, categories = own_categories(table)
    return RuleFile(compile_and_try(table, categories, file=path.name, source=source), groups, categories)


def own_categories(table: RuleSetTable) -> tuple[Mapping[str, Group], Mapping[str, Category]]:
    """Groups and categories a file declares; a category without a group is one of its own."""
    categories = {
        each.code: Category(code=each.code, name=each.name, name_en=each.name, group=each.group or each.code)
        for each in table.category
    }
    names: dict[str, str] = {}
    for each in table.category:
        names.setdefault(each.group or each.code, each.group or each.name)
    return {code: Group(code=code, name=name, name_en=name) for code, name in names.items()}, categories
