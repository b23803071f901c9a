"""What routing.toml may say: its keys, their types, and every mistake named with rule and reason at once."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.routing.decision import Difficulty, Urgency
from hotline.routing.hours import Hours
from hotline.routing.lines import with_lines
from hotline.routing.patterns import pattern_faults
from hotline.routing.text import normal_form

MOST_MISTAKES, LONGEST_WORD = 50, 40
MOST_PATTERNS = 300
"""In a whole rule set: each is a pass of its own over the text."""

DECIMALS = 4
"""Of a weight, at most: sums are then exact."""

_LARGEST_WEIGHT = 100.0

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Weight = Annotated[float, Field(ge=-_LARGEST_WEIGHT, le=_LARGEST_WEIGHT, allow_inf_nan=False)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_WORD)]
Channel = Literal["phone", "window", "web", "station", "letter"]


class ConfigurationError(Invalid):
    """A configuration file cannot be used; each mistake names file, place and reason."""


class Table(BaseModel):
    """A table of a configuration file; unknown keys are refused, so a misspelt one cannot hide."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ScriptTable(Table):
    """What the operator does at once, in both languages."""

    zh: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class RuleTable(Table):
    """One `[[rule]]`: docs/reference/routing-rules.md says what each key means."""

    id: Code
    category: Code | None = None
    words: dict[str, list[str]] = {}
    patterns: dict[str, list[str]] = {}
    weight: Weight = 0.0
    all: list[str | list[str]] = []
    any: list[str] = []
    none: list[str] = []
    within: Annotated[int, Field(ge=2, le=500)] | None = None
    min_people: Annotated[int, Field(ge=1)] | None = None
    max_people: Annotated[int, Field(ge=1)] | None = None
    min_amount: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    min_months: Annotated[float, Field(gt=0, le=1200, allow_inf_nan=False)] | None = None
    places: list[Word] = []
    employer_kinds: list[Word] = []
    hours: Hours | None = None
    channels: list[Channel] = []
    priority: Annotated[int, Field(ge=1, le=1000)] | None = None
    urgency: Urgency = "normal"
    difficulty: Difficulty = "normal"
    script: ScriptTable | None = None
    examples: list[str] = []
    counter_examples: list[str] = []

    @property
    def groups(self) -> list[list[str]]:
        """Each list is one thing that must be said, in any of its words: those of `all`, then `any`."""
        groups = [[entry] if isinstance(entry, str) else entry for entry in self.all]
        return [*groups, self.any] if self.any else groups

    @property
    def has_conditions(self) -> bool:
        """Whether something beside the words must hold."""
        limits = (self.min_people, self.max_people, self.min_amount, self.min_months, self.hours)
        return bool(self.channels or self.places or self.employer_kinds) or any(limit is not None for limit in limits)

    @property
    def has_effects(self) -> bool:
        """Whether the rule changes more than the score."""
        return (
            self.urgency != "normal"
            or self.difficulty != "normal"
            or self.script is not None
            or self.priority is not None
        )

    @property
    def speaks_for(self) -> bool:
        """Whether the rule can add to the score of its category."""
        return self.weight > 0 or any(float(weight) > 0 for weight in (*self.words, *self.patterns))

    def weighted_words(self) -> Iterator[tuple[str, float]]:
        """Each word in normal form with its weight; raises ValueError for a weight that is no number."""
        for weight, words in self.words.items():
            for word in words:
                yield normal_form(word).text, float(weight)


class OwnCategoryTable(Table):
    """One `[[category]]` of a rule file that stands alone: `name` is what labelled texts call it."""

    code: Code
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    group: Code | None = None


class RuleSetTable(Table):
    """The whole of routing.toml."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
    threshold: Annotated[float, Field(gt=0, le=_LARGEST_WEIGHT, allow_inf_nan=False)]
    margin: Annotated[float, Field(ge=0, le=_LARGEST_WEIGHT, allow_inf_nan=False)]
    category: list[OwnCategoryTable] = []
    rule: list[RuleTable]

    def version(self) -> str:
        """Name and a short hash of the content: the same content has the same version, whatever its comments.

        Neither the order of keys nor a key that is as by default counts: a database keeps no order, and a newer program
        knows more keys.
        """
        content = json.dumps(self.model_dump(mode="json", exclude_defaults=True), sort_keys=True)
        return f"{self.name}.{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def read_rules(
    content: Mapping[str, Any], *, file: str, categories: Collection[str] | None, source: str = ""
) -> RuleSetTable:
    """The rules in `content`, checked; raises `ConfigurationError` with every mistake. Examples are run elsewhere.

    `categories` are the codes rules may speak for; None for a file that stands alone and declares its own. `source`
    is the text the content was read from: with it, mistakes name their line.
    """
    try:
        table = RuleSetTable.model_validate(content)
    except ValidationError as problem:
        mistakes = few(shape_mistakes(problem, content, file=file, list_key="rule", name="id"), file=file)
    else:
        mistakes = few(_mistakes(table, file, categories), file=file)
        if not mistakes:
            return table
    raise ConfigurationError(*(with_lines(mistakes, source, file=file) if source else mistakes))


def few(mistakes: Iterable[Mistake], *, file: str) -> list[Mistake]:
    """The first mistakes of a file; where there are more, the last says so: nobody mends a thousand at a time."""
    found = list(islice(mistakes, MOST_MISTAKES + 1))
    if len(found) > MOST_MISTAKES:
        message = mark("There are more mistakes; these are the first {most}. Mend them, then look again.")
        found[MOST_MISTAKES:] = [Mistake(file, message, {"most": MOST_MISTAKES})]
    return found


def _mistakes(table: RuleSetTable, file: str, categories: Collection[str] | None) -> Iterator[Mistake]:
    yield from _doubled(table, file)
    yield from _equal_priorities(table, file)
    if categories is not None and table.category:
        yield Mistake(file, mark("Only a rule file that stands alone declares categories; here categories.toml does."))
    known = {each.code for each in table.category} if categories is None else categories
    for rule in table.rule:
        field = f"{file}: rule {rule.id}"
        yield from (Mistake(field, message, params) for message, params in _faults(rule, known))
    if not table.rule:
        yield Mistake(file, mark("There is no rule. Please write at least one [[rule]]."))
    patterns = sum(len(given) for rule in table.rule for given in rule.patterns.values())
    if patterns > MOST_PATTERNS:
        message = mark("There are {count} patterns; at most {most} are possible. Please use words where they will do.")
        yield Mistake(file, message, {"count": patterns, "most": MOST_PATTERNS})


def _doubled(table: RuleSetTable, file: str) -> Iterator[Mistake]:
    for code, times in Counter(rule.id for rule in table.rule).items():
        if times > 1:
            message = mark("{times} rules have this id. Please give each its own.")
            yield Mistake(f"{file}: rule {code}", message, {"times": times})
    for code, times in Counter(each.code for each in table.category).items():
        if times > 1:
            message = mark("{times} categories have the code “{code}”. Please give each its own.")
            yield Mistake(file, message, {"times": times, "code": code})


def _equal_priorities(table: RuleSetTable, file: str) -> Iterator[Mistake]:
    """Of two decisive rules that hold, one goes first: which, must be said."""
    first: dict[int, RuleTable] = {}
    for rule in table.rule:
        if rule.priority is None:
            continue
        other = first.setdefault(rule.priority, rule)
        if other is not rule:
            message = mark("“{id}” and “{other}” have the same priority {number}. Please give each its own.")
            params = {"id": rule.id, "other": other.id, "number": rule.priority, "key": "priority"}
            yield Mistake(f"{file}: rule {rule.id}", message, params)


_Fault = tuple[str, dict[str, Any]]


def _faults(rule: RuleTable, categories: Collection[str]) -> Iterator[_Fault]:
    if rule.category is not None and rule.category not in categories:
        yield mark("There is no category “{code}” in categories.toml."), {"code": rule.category}
    bad_weights = [weight for weight in (*rule.words, *rule.patterns) if not _is_weight(weight)]
    for weight in bad_weights:
        yield (
            mark("“{weight}” is no weight: a number between -100 and 100 with up to four decimals is needed."),
            {"weight": weight},
        )
    if rule.category is None and (rule.words or rule.weight or rule.patterns):
        yield mark("Words with weights need a category. Use “any” for words that only call for attention."), {}
    if not (rule.words or rule.patterns or rule.groups or rule.has_conditions):
        yield mark("Nothing makes this rule hold. Please give it words, all, any or a condition."), {}
    elif not (rule.words or rule.patterns or rule.weight or rule.has_effects):
        yield mark("This rule changes nothing. Please give it words with weights, a weight or an urgency."), {}
    yield from _contradictions(rule)
    for pattern in (pattern for given in rule.patterns.values() for pattern in given):
        yield from pattern_faults(pattern)
    if not bad_weights:
        yield from _word_faults(rule)
        if rule.priority is not None and rule.category is not None and not rule.speaks_for:
            yield mark("A rule with a priority decides for its category: it needs a weight above 0."), {}


def _contradictions(rule: RuleTable) -> Iterator[_Fault]:
    if rule.weight and not rule.groups:
        yield mark("“weight” belongs to “all” or “any”. Words carry their own weights."), {}
    if rule.within is not None and len(rule.groups) < 2:  # noqa: PLR2004 - nearness needs two
        yield mark("“within” needs at least two things in “all” and “any” that stand near each other."), {}
    if rule.min_people and rule.max_people and rule.min_people > rule.max_people:
        yield mark("min_people is greater than max_people: the rule can never hold."), {}


def _is_weight(weight: str) -> bool:
    try:
        number = float(weight)
        return abs(number) <= _LARGEST_WEIGHT and round(number, DECIMALS) == number
    except ValueError:
        return False


def _word_faults(rule: RuleTable) -> Iterator[_Fault]:
    given = [word for words in rule.words.values() for word in words]
    given += [word for group in rule.groups for word in group] + list(rule.none)
    if any(not group for group in (*rule.groups, *rule.words.values(), *rule.patterns.values())):
        yield mark("A list of words is empty. Please fill it or take it out."), {}
    for word in given:
        if not normal_form(word).text:
            yield mark("A word is empty. Please take it out."), {}
        elif len(word) > LONGEST_WORD:
            yield mark("“{word}” is longer than 40 characters. Please use a shorter phrase."), {"word": word}
    for word, times in Counter(normal_form(word).text for word in given).items():
        if times > 1 and word:
            yield (
                mark("“{word}” stands {times} times in this rule. It can have one meaning only."),
                {
                    "word": word,
                    "times": times,
                },
            )


def shape_mistakes(
    problem: ValidationError, content: Mapping[str, Any], *, file: str, list_key: str, name: str
) -> Iterator[Mistake]:
    """One mistake for each wrong key, naming the entry of `list_key` by its `name` where it has one."""
    for found in problem.errors(include_input=False, include_url=False):
        match found["type"]:
            case "missing":
                message = mark("“{key}” is missing. Please add it.")
            case "extra_forbidden":
                message = mark("There is no key “{key}”. Please check the spelling.")
            case _:
                message = mark("“{key}”: {reason}.")
        where, key = _located(found["loc"], content, list_key=list_key, name=name)
        params = {"key": key, "reason": found["msg"].removeprefix("Value error, ")}
        yield Mistake(f"{file}: {where}" if where else file, message, params)


def _located(loc: tuple[int | str, ...], content: Mapping[str, Any], *, list_key: str, name: str) -> tuple[str, str]:
    """The entry a mistake stands in (“rule wages”, or “rule 3” when it has no name) and the key within it."""
    if len(loc) < 2 or loc[0] != list_key or not isinstance(loc[1], int):  # noqa: PLR2004 - list and index
        return "", ".".join(map(str, loc))
    entry = content[list_key][loc[1]]
    called = entry.get(name) if isinstance(entry, Mapping) else None
    where = f"{list_key} {called if isinstance(called, str) else loc[1] + 1}"
    return where, ".".join(str(part) for part in loc[2:] if part not in {"str", "list[str]"}) or list_key
