"""Rules made ready to be asked: one automaton over all words of all rules, and what each word means to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from hotline.routing.categories import Category
from hotline.routing.decision import Effect, Script
from hotline.routing.hours import hours_of
from hotline.routing.patterns import Pattern
from hotline.routing.patterns import compiled as compiled_pattern
from hotline.routing.ruleset import RuleSetTable, RuleTable
from hotline.routing.text import normal_form

PARTS = 10_000
"""Weights have up to four decimals and are added up as whole ten-thousandths: exact, in whatever order."""


class Use(NamedTuple):
    """A word that scores in a rule: its weight, also in whole `PARTS`.

    `covers` are the rule's longer words which hide it where it stands in them.
    """

    rule: str
    word: str
    weight: float
    category: str
    parts: int
    covers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Combination:
    """A rule that asks for more than a word, or changes more than a score. Words are indexes of `RuleSet.words`.

    `spoken` has, per group, what each of its words counts when it is the one that was said.
    """

    rule: str
    category: str
    uses: Mapping[int, Use]
    patterns: tuple[tuple[Pattern, Use], ...]
    groups: tuple[frozenset[int], ...]
    needs_word: bool
    spoken: tuple[Mapping[int, Use], ...]
    none: frozenset[int]
    within: int | None
    conditional: bool
    min_people: int | None
    max_people: int | None
    min_amount: Decimal | None
    min_months: float | None
    places: tuple[str, ...]
    employer_kinds: frozenset[str]
    hours: frozenset[int] | None
    channels: frozenset[str]
    priority: int | None
    effect: Effect | None
    script: Script | None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule set that can be asked; immutable.

    `uses` holds, per word, the rules that only add up words. `signs` tells, per word, what it says for which
    combination: one number whose bit `section * len(combinations) + place` stands for group `section` of combination
    `place`; what a combination does not ask for is set in `unasked`. `order` is the order of categories in the file,
    which breaks ties; `groups` the group of each category; `asks_months` whether any rule has `min_months`.
    """

    version: str
    threshold: float
    margin: float
    words: tuple[str, ...]
    automaton: AhoCorasick
    uses: tuple[tuple[Use, ...], ...]
    signs: tuple[int, ...]
    unasked: int
    sections: int
    combinations: tuple[Combination, ...]
    order: Mapping[str, int]
    groups: Mapping[str, str]
    asks_months: bool


def compile_rules(table: RuleSetTable, categories: Mapping[str, Category]) -> RuleSet:
    """Make checked rules ready; `categories` in the order of the file."""
    index: dict[str, int] = {}
    for rule in table.rule:
        for spelling in _words_of(rule):
            index.setdefault(spelling, len(index))
    uses: list[list[Use]] = [[] for _ in index]
    combined: list[RuleTable] = []
    for rule in table.rule:
        if rule.groups or rule.none or rule.patterns or rule.has_conditions or rule.has_effects:
            combined.append(rule)
            continue
        for place, use in _uses_of(rule, index).items():
            uses[place].append(use)
    signs, unasked, sections = _signs(combined, index)
    return RuleSet(
        version=table.version(),
        threshold=table.threshold,
        margin=table.margin,
        words=tuple(index),
        automaton=AhoCorasick(list(index), implementation=Implementation.DFA),
        uses=tuple(map(tuple, uses)),
        signs=signs,
        unasked=unasked,
        sections=sections,
        combinations=tuple(_combination(rule, index) for rule in combined),
        order={code: place for place, code in enumerate(categories)},
        groups={code: category.group for code, category in categories.items()},
        asks_months=any(rule.min_months is not None for rule in table.rule),
    )


def _words_of(rule: RuleTable) -> list[str]:
    spoken = [word for group in rule.groups for word in group] + list(rule.none)
    return [word for word, _ in rule.weighted_words()] + [normal_form(word).text for word in spoken]


def _uses_of(rule: RuleTable, index: Mapping[str, int]) -> dict[int, Use]:
    """Words of weight 0 only hide shorter ones: they are no use by themselves."""
    weighted = list(rule.weighted_words())
    return {
        index[word]: _use(
            rule, word, weight, frozenset(index[longer] for longer, _ in weighted if word in longer and word != longer)
        )
        for word, weight in weighted
        if weight
    }


def _use(rule: RuleTable, word: str, weight: float, covers: frozenset[int] = frozenset()) -> Use:
    return Use(rule.id, word, weight, rule.category or "", round(weight * PARTS), covers)


def _signs(rules: list[RuleTable], index: Mapping[str, int]) -> tuple[tuple[int, ...], int, int]:
    """Per word the bits it sets, the bits nobody asks for, and the number of sections. See `RuleSet`."""
    asked = [_asked(rule, index) for rule in rules]
    sections = max((len(groups) for groups in asked), default=0)
    signs = [0] * len(index)
    unasked = 0
    for place, groups in enumerate(asked):
        for section in range(sections):
            bit = 1 << (section * len(rules) + place)
            if section >= len(groups):
                unasked |= bit
                continue
            for word in groups[section]:
                signs[word] |= bit
    return tuple(signs), unasked, sections


def _asked(rule: RuleTable, index: Mapping[str, int]) -> list[frozenset[int]]:
    """The things a combination needs to be said; without groups any word of the rule will do, or a pattern."""
    if rule.groups:
        return [_indexes(group, index) for group in rule.groups]
    return [frozenset(_uses_of(rule, index))] if rule.words and not rule.patterns else []


def _indexes(words: list[str], index: Mapping[str, int]) -> frozenset[int]:
    return frozenset(index[_normal(word)] for word in words)


def _normal(word: str) -> str:
    return normal_form(word).text


def _combination(rule: RuleTable, index: Mapping[str, int]) -> Combination:
    return Combination(
        rule=rule.id,
        category=rule.category or "",
        uses=_uses_of(rule, index),
        patterns=tuple(
            (compiled_pattern(each), _use(rule, each, float(weight)))
            for weight, given in rule.patterns.items()
            for each in given
        ),
        groups=tuple(_indexes(group, index) for group in rule.groups),
        needs_word=bool(rule.groups or rule.words or rule.patterns),
        spoken=tuple(
            {index[word]: _use(rule, word, share) for word in map(_normal, group)}
            for group, share in zip(rule.groups, _shares(rule.weight, len(rule.groups)), strict=True)
        ),
        none=_indexes(rule.none, index),
        within=rule.within,
        conditional=rule.has_conditions,
        min_people=rule.min_people,
        max_people=rule.max_people,
        min_amount=Decimal(str(rule.min_amount)) if rule.min_amount is not None else None,
        min_months=rule.min_months,
        places=tuple(normal_form(word).text for word in rule.places),
        employer_kinds=frozenset(rule.employer_kinds),
        hours=hours_of(rule.hours) if rule.hours is not None else None,
        channels=frozenset(rule.channels),
        priority=rule.priority,
        effect=Effect(rule.id, rule.urgency, rule.difficulty) if rule.has_effects or rule.has_conditions else None,
        script=Script(rule.id, rule.script.zh, rule.script.en) if rule.script else None,
    )


def _shares(weight: float, parts: int) -> tuple[float, ...]:
    """The weight of a combination, spread over the things said: evidence then adds up to the score."""
    if not parts:
        return ()
    share = round(weight / parts, 2)
    return (round(weight - share * (parts - 1), 4), *[share] * (parts - 1))
