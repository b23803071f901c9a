"""Is a rule set in order: read, checked against the categories, tried on its examples; each mistake with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hotline.errors import Mistake
from hotline.i18n import mark
from hotline.policy import Policy
from hotline.routing.categories import Category
from hotline.routing.compiled import RuleSet, compile_rules
from hotline.routing.examples import failed_examples
from hotline.routing.lines import with_lines
from hotline.routing.reading import parse_toml
from hotline.routing.ruleset import ConfigurationError, RuleSetTable, few, read_rules

LARGEST_TEXT: Final = 800_000
"""Characters; what a form may bring is bounded to 1 MiB anyway."""
PLACE: Final = "TOML"
"""What mistakes of a typed text are named by."""
_AT_LINE: Final = re.compile(r":(\d+)(?:: rule \S+)?$")
_AT_RULE: Final = re.compile(r": rule (\S+)$")
_SYNTAX_AT: Final = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake, and the line of the text it stands in where that is known."""

    mistake: Mistake
    line: int | None
    rule: str


def read_text(text: str, categories: Mapping[str, Category], *, file: str = PLACE) -> RuleSetTable:
    """The rule set written as TOML in `text`. Raises `ConfigurationError` with every mistake; runs no examples."""
    if len(text) > LARGEST_TEXT:
        raise ConfigurationError(Mistake(file, mark("This text is larger than 800 KB. Please make it smaller.")))
    return read_content(parse_toml(text.removeprefix("\ufeff"), file=file), categories, file=file)


def read_content(content: Mapping[str, Any], categories: Mapping[str, Category], *, file: str) -> RuleSetTable:
    """The rule set of plain values, checked. Raises `ConfigurationError`."""
    table = read_rules(content, file=file, categories=categories)
    if "\\u0000" in json.dumps(table.model_dump(mode="json")):
        raise ConfigurationError(Mistake(file, mark("A text contains a character that cannot be stored (NUL).")))
    return table


def make_ready(table: RuleSetTable, categories: Mapping[str, Category], *, file: str) -> RuleSet:
    """The rule set compiled and tried on its examples. Raises `ConfigurationError` naming each that fails."""
    rules = compile_rules(table, categories)
    if mistakes := few(failed_examples(table, rules, file=file), file=file):
        raise ConfigurationError(*mistakes)
    return rules


def find_faults(content: Mapping[str, Any], policy: Policy, *, text: str) -> list[Fault]:
    """Everything that keeps this content from coming into force, with lines of `text`, which it was written as."""
    try:
        make_ready(read_content(content, policy.categories, file=PLACE), policy.categories, file=PLACE)
    except ConfigurationError as problem:
        return faults_in(problem.mistakes, text)
    return []


def faults_in(mistakes: Iterable[Mistake], text: str, *, file: str = PLACE) -> list[Fault]:
    """These mistakes with the lines of `text` they stand in; `file` is what they name it."""
    mistakes = list(mistakes)
    return [_fault(*both) for both in zip(mistakes, with_lines(mistakes, text, file=file), strict=True)]


def _fault(mistake: Mistake, with_line: Mistake) -> Fault:
    syntax = _SYNTAX_AT.search(str(mistake.params.get("reason", "")))
    if syntax is not None:
        return Fault(mistake, int(syntax.group(1)), "")
    if isinstance(told := mistake.params.get("line"), int):
        return Fault(mistake, told, "")
    line, rule = _AT_LINE.search(with_line.field), _AT_RULE.search(mistake.field)
    return Fault(mistake, int(line.group(1)) if line else None, rule.group(1) if rule else "")
