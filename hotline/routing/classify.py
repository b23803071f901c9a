"""What kind of matter a text is: scores, evidence, and what decisive rules add. One pass over the text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import TypeAlias

from hotline.i18n import mark
from hotline.routing.categories import OUTSIDE
from hotline.routing.compiled import Combination, RuleSet, Use
from hotline.routing.decision import (
    DIFFICULTIES,
    URGENCIES,
    Decision,
    Effect,
    Evidence,
    Outcome,
    Reason,
    Score,
)
from hotline.routing.text import NormalText, normal_form

SCORES_KEPT = 8
_PLACES_TRIED = 16

_Span: TypeAlias = tuple[int, int]
_Spans: TypeAlias = Mapping[int, list[_Span]]
"""Where each word that was found stands in the normal form, first place first."""

_Place: TypeAlias = tuple[int, _Span]
"""A word at one of its places."""

_BY_PLACE = itemgetter(*(Evidence._fields.index(name) for name in ("start", "end", "rule", "word")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known beside the text: people affected, money owed in yuan, the channel it came by."""

    people: int | None = None
    amount_owed: Decimal | None = None
    channel: str = "phone"


NOTHING_KNOWN = Circumstances()


def classify(rules: RuleSet, text: str, *, facts: Circumstances = NOTHING_KNOWN) -> Decision:
    """The decision of the rules on `text`, without a department. The same text, facts and rules decide the same."""
    normal = normal_form(text)
    spans: dict[int, list[_Span]] = {}
    for word, start, end in rules.automaton.find_matches_as_indexes(normal.text, overlapping=True):
        if word in spans:
            spans[word].append((start, end))
        else:
            spans[word] = [(start, end)]
    found: list[Evidence] = []
    said = rules.unasked
    for word in spans:
        said |= rules.signs[word]
        for use in rules.uses[word]:
            _count(use, word, spans, found)
    held = [rule for rule in _complete(rules, said) if _holds(rule, rules, spans, facts, found)]
    return _decision(rules, normal, found, held, facts)


def _complete(rules: RuleSet, said: int) -> Iterator[Combination]:
    """The combinations of which everything has been said, in the order of the file; `said` as in `RuleSet.signs`."""
    size = len(rules.combinations)
    complete = (1 << size) - 1
    for section in range(rules.sections):
        complete &= said >> (section * size)
    while complete:
        lowest = complete & -complete
        yield rules.combinations[lowest.bit_length() - 1]
        complete ^= lowest


def _count(use: Use, word: int, spans: _Spans, found: list[Evidence]) -> None:
    """Add the word where it first stands outside the longer words of its rule; nothing when it never does."""
    rule, text, weight, category, covers = use
    if not covers or covers.isdisjoint(spans):
        start, end = spans[word][0]
        found.append(Evidence(rule, text, start, end, weight, category))
        return
    hiding = [span for cover in covers.intersection(spans) for span in spans[cover]]
    for start, end in spans[word]:
        if not any(left <= start and end <= right for left, right in hiding):
            found.append(Evidence(rule, text, start, end, weight, category))
            return


def _holds(rule: Combination, rules: RuleSet, spans: _Spans, facts: Circumstances, found: list[Evidence]) -> bool:
    """Whether a rule whose groups have all been said holds; then its evidence is added."""
    if rule.none and not rule.none.isdisjoint(spans):
        return False
    if rule.conditional and not _conditions_hold(rule, facts):
        return False
    choice = _said(rule, spans)
    if choice is None:
        return False
    before = len(found)
    for (word, (start, end)), share in zip(choice, rule.shares, strict=True):
        found.append(Evidence(rule.rule, rules.words[word], start, end, share, rule.category))
    if rule.uses:
        for word in spans:
            if word in rule.uses:
                _count(rule.uses[word], word, spans, found)
    return len(found) > before or not rule.needs_word


def _conditions_hold(rule: Combination, facts: Circumstances) -> bool:
    if rule.min_people is not None and (facts.people is None or facts.people < rule.min_people):
        return False
    if rule.max_people is not None and (facts.people is None or facts.people > rule.max_people):
        return False
    if rule.min_amount is not None and (facts.amount_owed is None or facts.amount_owed < rule.min_amount):
        return False
    return not rule.channels or facts.channel in rule.channels


def _said(rule: Combination, spans: _Spans) -> list[_Place] | None:
    """One place for each thing that must be said, the earliest that fit; None when they stand too far apart."""
    present = [group.intersection(spans) for group in rule.groups]
    if rule.within is None:
        return [_first_place(words, spans) for words in present]
    places = [sorted(((word, span) for word in words for span in spans[word]), key=_by_place) for words in present]
    return _nearest(places, rule.within)


def _first_place(words: frozenset[int], spans: _Spans) -> _Place:
    if len(words) == 1:
        (word,) = words
        return word, spans[word][0]
    return min(((word, spans[word][0]) for word in words), key=_by_place)


def _by_place(place: _Place) -> tuple[_Span, int]:
    return place[1], place[0]


def _nearest(places: list[list[_Place]], within: int) -> list[_Place] | None:
    """One place each, all within that many characters, as early as possible; only the first places are tried."""
    tried = [options[:_PLACES_TRIED] for options in places]
    for start in sorted({span[0] for options in tried for _, span in options}):
        choice: list[_Place] = []
        for options in tried:
            near = [place for place in options if start <= place[1][0] and place[1][1] <= start + within]
            if not near:
                break
            choice.append(min(near, key=_by_end))
        else:
            return choice
    return None


def _by_end(place: _Place) -> tuple[int, int, int]:
    word, (start, end) = place
    return end, start, word


def _decision(
    rules: RuleSet, normal: NormalText, found: list[Evidence], held: list[Combination], facts: Circumstances
) -> Decision:
    spoken_for = {item.category for item in found if item.weight > 0}
    found = [item for item in found if item.weight >= 0 or item.category in spoken_for]
    if normal.starts:
        found = [_in_original(item, normal) for item in found]
    found.sort(key=_BY_PLACE)
    scores = _scores(rules, found)
    best = scores[0].category if scores else None
    group = rules.groups[best] if best else None
    rival = next((score for score in scores if rules.groups[score.category] != group), None)
    margin = round(scores[0].score - (rival.score if rival else 0.0), 4) if scores else 0.0
    sure = bool(scores) and scores[0].score >= rules.threshold and margin >= rules.margin
    outcome: Outcome = "routed" if sure and group != OUTSIDE else "review"
    effects = tuple(_effect(rule, rule.effect, facts) for rule in held if rule.effect is not None)
    return Decision(
        outcome=outcome,
        category=best,
        group=group,
        department=None,
        urgency=max((effect.urgency for effect in effects), key=URGENCIES.index) if effects else "normal",
        difficulty=max((effect.difficulty for effect in effects), key=DIFFICULTIES.index) if effects else "normal",
        rule_set=rules.version,
        scores=tuple(scores[:SCORES_KEPT]),
        evidence=tuple(found),
        runner_up=rival.category if rival else None,
        margin=margin,
        scripts=tuple(rule.script for rule in held if rule.script is not None),
        effects=effects,
    )


def _in_original(item: Evidence, normal: NormalText) -> Evidence:
    rule, word, start, end, weight, category = item
    start, end = normal.span(start, end)
    return Evidence(rule, word, start, end, weight, category)


def _scores(rules: RuleSet, evidence: Iterable[Evidence]) -> list[Score]:
    sums: dict[str, float] = {}
    for item in evidence:
        sums[item.category] = sums.get(item.category, 0.0) + item.weight
    sums.pop("", None)
    scores = [Score(category, rounded) for category, total in sums.items() if (rounded := round(total, 4)) > 0]
    if len(scores) > 1:
        scores.sort(key=lambda score: (-score.score, rules.order[score.category]))
    return scores


def _effect(rule: Combination, effect: Effect, facts: Circumstances) -> Effect:
    """The effect with the conditions that held."""
    reasons: list[Reason] = []
    if rule.min_people is not None or rule.max_people is not None:
        reasons.append(Reason(mark("{people} people are affected."), {"people": facts.people}))
    if rule.min_amount is not None:
        reasons.append(Reason(mark("{amount} yuan are owed."), {"amount": str(facts.amount_owed)}))
    return dataclasses.replace(effect, reasons=tuple(reasons)) if reasons else effect
