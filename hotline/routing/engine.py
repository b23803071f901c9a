"""The one function the rest of the service asks: what is this, and who handles it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hotline.clock import SHANGHAI
from hotline.errors import Mistake
from hotline.routing.categories import OUTSIDE, Category, Group
from hotline.routing.classify import classify
from hotline.routing.compiled import RuleSet, compile_rules
from hotline.routing.conditions import Circumstances
from hotline.routing.decision import Decision
from hotline.routing.departments import DepartmentTree
from hotline.routing.destination import destination
from hotline.routing.examples import failed_examples
from hotline.routing.facts import amount_told, months_told, people_told
from hotline.routing.lines import with_lines
from hotline.routing.reading import collected, parse_toml, read_categories, read_departments, read_text, read_toml
from hotline.routing.ruleset import ConfigurationError, RuleSetTable, few, read_rules
from hotline.routing.territory import Links, linked
from hotline.routing.text import normal_form
from hotline.routing.units import NO_UNITS, UnitIndex, UnitNamed

CATEGORIES_FILE = "categories.toml"
DEPARTMENTS_FILE = "departments.toml"
RULES_FILE = "routing.toml"


@dataclass(frozen=True, slots=True)
class Routing:
    """Groups, categories, departments and rules of one union, checked against each other."""

    groups: Mapping[str, Group]
    categories: Mapping[str, Category]
    departments: DepartmentTree
    ruleset: RuleSet
    units: UnitIndex = NO_UNITS

    @property
    def links(self) -> Links:
        """Which departments are which organisations."""
        return linked(self.departments, self.units)


def load_routing(directory: Path) -> Routing:
    """Read the three files in `directory`. Raises `ConfigurationError` naming every mistake of every file."""
    mistakes: list[Mistake] = []
    found = collected(lambda: read_categories(read_toml(directory / CATEGORIES_FILE), file=CATEGORIES_FILE), mistakes)
    if found is None:
        raise ConfigurationError(*mistakes)
    groups, categories = found
    tree = collected(
        lambda: read_departments(
            read_toml(directory / DEPARTMENTS_FILE), file=DEPARTMENTS_FILE, matters={*groups, *categories}
        ),
        mistakes,
    )
    rules = collected(lambda: read_rule_file(directory / RULES_FILE, categories=categories), mistakes)
    if tree is None or rules is None:
        raise ConfigurationError(*mistakes)
    return Routing(groups, categories, tree, rules)


def read_rule_file(path: Path, *, categories: Mapping[str, Category]) -> RuleSet:
    """The rules of a file. Raises `ConfigurationError`; each mistake names its line."""
    source = read_text(path)
    return load_rules(parse_toml(source, file=path.name), categories=categories, file=path.name, source=source)


def load_rules(
    content: Mapping[str, Any], *, categories: Mapping[str, Category], file: str = RULES_FILE, source: str = ""
) -> RuleSet:
    """The rules in `content`, checked, compiled and tried on their examples. Raises `ConfigurationError`.

    With the text they were read from (`source`), mistakes name their line.
    """
    table = read_rules(content, file=file, categories=categories, source=source)
    return compile_and_try(table, categories, file=file, source=source)


def compile_and_try(
    table: RuleSetTable, categories: Mapping[str, Category], *, file: str = RULES_FILE, source: str = ""
) -> RuleSet:
    """Checked rules, compiled and tried on their examples. Raises `ConfigurationError`."""
    rules = compile_rules(table, categories)
    if mistakes := few(failed_examples(table, rules, file=file), file=file):
        raise ConfigurationError(*(with_lines(mistakes, source, file=file) if source else mistakes))
    return rules


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of a matter before any rule is asked: the words, the facts beside them, whose employer it is."""

    text: str
    place: str
    employer: str
    facts: Circumstances
    unit: UnitNamed | None


def matter_of(
    units: UnitIndex,
    text: str,
    *,
    place: str = "",
    employer: str = "",
    people: int | None = None,
    amount_owed: Decimal | None = None,
    channel: str = "phone",
    at: datetime | None = None,
    unit: str = "",
    asks_months: bool = True,
) -> Matter:
    """The matter this narrative tells of; arguments as those of `decide`. Several rule sets can be asked about it."""
    named = units.by_code(unit) or units.named(text=text, employer=employer, place=place)
    facts = Circumstances(
        people=people if people is not None else people_told(text),
        amount_owed=amount_owed if amount_owed is not None else amount_told(text),
        channel=channel,
        months=months_told(text) if asks_months else None,
        place=normal_form(place).text,
        employer_kind=named.kind if named is not None else None,
        hour=at.astimezone(SHANGHAI).hour if at is not None else None,
    )
    return Matter(text, place, employer, facts, named)


def decide(
    routing: Routing,
    text: str,
    *,
    place: str = "",
    employer: str = "",
    people: int | None = None,
    amount_owed: Decimal | None = None,
    channel: str = "phone",
    at: datetime | None = None,
    unit: str = "",
) -> Decision:
    """What the rules say about this narrative; `amount_owed` in yuan, `people` counts those affected.

    `at` is when it came: rules may ask for the hour of the day. `unit` is the code of the employer's organisation where
    a person has chosen it; else the words may name one. Where the fields are empty, conditions of rules use what the
    narrative tells; nothing is filled in for good.
    """
    matter = matter_of(
        routing.units,
        text,
        place=place,
        employer=employer,
        people=people,
        amount_owed=amount_owed,
        channel=channel,
        at=at,
        unit=unit,
        asks_months=routing.ruleset.asks_months,
    )
    return decide_matter(routing, matter)


def decide_matter(routing: Routing, matter: Matter) -> Decision:
    """What the rules say about a matter, and who handles it."""
    decision = classify(routing.ruleset, matter.text, facts=matter.facts)
    codes = () if decision.category is None or decision.group is None else (decision.category, decision.group)
    there = destination(
        routing.departments,
        *codes,
        place=matter.place,
        text=matter.text,
        employer=matter.employer,
        unit=matter.unit,
        links=routing.links,
    )
    if not codes or decision.group == OUTSIDE:
        return decision._replace(unit=matter.unit, territory=there.territory)
    return decision._replace(
        unit=matter.unit,
        territory=there.territory,
        department=there.department,
        path=there.path,
        outcome=decision.outcome if there.department is not None else "review",
    )
