"""Rules made ready to be asked: one automaton over all words of all rules, and what each word means to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from hotline.routing.categories import Category
from hotline.routing.decision import Effect, Script
from hotline.routing.ruleset import RuleSetTable, RuleTable
from hotline.routing.text import normal_form


class Use(NamedTuple):
    """A word that scores in a rule; `covers` are the rule's longer words which hide it where it stands in them."""

    rule: str
    word: str
    weight: float
    category: str
    covers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Combination:
    """A rule that asks for more than a word, or changes more than a score. Words are indexes of `RuleSet.words`.

    `complete` is the value of the bits of `RuleSet.calls` when each group has been said.
    """

    rule: str
    category: str
    uses: Mapping[int, Use]
    groups: tuple[frozenset[int], ...]
    complete: int
    shares: tuple[float, ...]
    none: frozenset[int]
    within: int | None
    conditional: bool
    min_people: int | None
    max_people: int | None
    min_amount: Decimal | None
    channels: frozenset[str]
    effect: Effect | None
    script: Script | None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule set that can be asked; immutable.

    `uses` holds, per word, the rules that only add up words; `calls`, per word, the combinations (indexes of
    `combinations`) it is part of, with one bit for each group; `always` those that may hold without a word. `order`
    is the order of categories in the file, which breaks ties; `groups` the group of each category.
    """

    version: str
    threshold: float
    margin: float
    words: tuple[str, ...]
    automaton: AhoCorasick
    uses: tuple[tuple[Use, ...], ...]
    calls: tuple[tuple[tuple[int, int], ...], ...]
    combinations: tuple[Combination, ...]
    always: tuple[int, ...]
    order: Mapping[str, int]
    groups: Mapping[str, str]


def compile_rules(table: RuleSetTable, categories: Mapping[str, Category]) -> RuleSet:
    """Make checked rules ready; `categories` in the order of the file."""
    index: dict[str, int] = {}
    for rule in table.rule:
        for spelling in _words_of(rule):
            index.setdefault(spelling, len(index))
    uses: list[list[Use]] = [[] for _ in index]
    calls: list[list[tuple[int, int]]] = [[] for _ in index]
    combinations: list[Combination] = []
    for rule in table.rule:
        if rule.groups or rule.none or rule.has_conditions or rule.has_effects:
            for word, bit in _calls_of(rule, index):
                calls[word].append((len(combinations), bit))
            combinations.append(_combination(rule, index))
        else:
            for word, use in _uses_of(rule, index).items():
                uses[word].append(use)
    return RuleSet(
        version=table.version(),
        threshold=table.threshold,
        margin=table.margin,
        words=tuple(index),
        automaton=AhoCorasick(list(index), implementation=Implementation.DFA),
        uses=tuple(map(tuple, uses)),
        calls=tuple(map(tuple, calls)),
        combinations=tuple(combinations),
        always=tuple(place for place, rule in enumerate(combinations) if not rule.complete),
        order={code: place for place, code in enumerate(categories)},
        groups={code: category.group for code, category in categories.items()},
    )


def _words_of(rule: RuleTable) -> list[str]:
    spoken = [word for group in rule.groups for word in group] + list(rule.none)
    return [word for word, _ in rule.weighted_words()] + [normal_form(word).text for word in spoken]


def _uses_of(rule: RuleTable, index: Mapping[str, int]) -> dict[int, Use]:
    """Words of weight 0 only hide shorter ones: they are no use by themselves."""
    weighted = list(rule.weighted_words())
    return {
        index[word]: Use(
            rule.id,
            word,
            weight,
            rule.category or "",
            frozenset(index[longer] for longer, _ in weighted if word in longer and word != longer),
        )
        for word, weight in weighted
        if weight
    }


def _calls_of(rule: RuleTable, index: Mapping[str, int]) -> list[tuple[int, int]]:
    """Each word that a combination needs, with the bit of its group; without groups any word of the rule will do."""
    if not rule.groups:
        return [(word, 1) for word in _uses_of(rule, index)]
    return [(word, 1 << place) for place, group in enumerate(rule.groups) for word in _indexes(group, index)]


def _indexes(words: list[str], index: Mapping[str, int]) -> frozenset[int]:
    return frozenset(index[normal_form(word).text] for word in words)


def _combination(rule: RuleTable, index: Mapping[str, int]) -> Combination:
    return Combination(
        rule=rule.id,
        category=rule.category or "",
        uses=_uses_of(rule, index),
        groups=tuple(_indexes(group, index) for group in rule.groups),
        complete=(1 << len(rule.groups)) - 1 if rule.groups else int(bool(rule.words)),
        shares=_shares(rule.weight, len(rule.groups)),
        none=_indexes(rule.none, index),
        within=rule.within,
        conditional=rule.has_conditions,
        min_people=rule.min_people,
        max_people=rule.max_people,
        min_amount=Decimal(str(rule.min_amount)) if rule.min_amount is not None else None,
        channels=frozenset(rule.channels),
        effect=Effect(rule.id, rule.urgency, rule.difficulty) if rule.has_effects else None,
        script=Script(rule.id, rule.script.zh, rule.script.en) if rule.script else None,
    )


def _shares(weight: float, parts: int) -> tuple[float, ...]:
    """The weight of a combination, spread over the things said: evidence then adds up to the score."""
    if not parts:
        return ()
    share = round(weight / parts, 2)
    return (round(weight - share * (parts - 1), 4), *[share] * (parts - 1))
