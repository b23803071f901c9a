"""What kind of matter a text is: scores, evidence, and what decisive rules add. One pass over the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from hotline.i18n import mark
from hotline.routing.categories import OUTSIDE
from hotline.routing.compiled import Combination, RuleSet, Use
from hotline.routing.decision import (
    DIFFICULTIES,
    URGENCIES,
    Decision,
    Difficulty,
    Effect,
    Evidence,
    Outcome,
    Reason,
    Score,
    Script,
    Urgency,
)
from hotline.routing.text import NormalText, normal_form

SCORES_KEPT = 8
_PLACES_TRIED = 16

_Span: TypeAlias = tuple[int, int]
_Found: TypeAlias = tuple[str, str, _Span, float, str]
"""Rule, word, where in the normal form, weight, category."""


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
    found: list[_Found] = []
    called: set[int] = set(rules.always)
    for word in spans:
        for use in rules.uses[word]:
            span = spans[word][0] if not use.covers else _uncovered(word, use.covers, spans)
            if span is not None and use.weight:
                found.append((use.rule, rules.words[word], span, use.weight, use.category))
        called.update(rules.calls[word])
    effects: list[Effect] = []
    scripts: list[Script] = []
    for place in sorted(called):
        combination = rules.combinations[place]
        held = _held(combination, rules, spans, facts)
        if held is None:
            continue
        found.extend(held)
        if combination.effect is not None:
            effects.append(_with_reasons(combination, combination.effect, facts))
        if combination.script is not None:
            scripts.append(combination.script)
    return _decision(rules, normal, found, effects, scripts)


def _uncovered(word: int, covers: tuple[int, ...], spans: Mapping[int, list[_Span]]) -> _Span | None:
    """The first place where `word` does not stand inside one of the longer words that hide it."""
    hiding = [span for cover in covers for span in spans.get(cover, ())]
    for start, end in spans[word]:
        if not any(left <= start and end <= right for left, right in hiding):
            return start, end
    return None


def _held(
    rule: Combination, rules: RuleSet, spans: Mapping[int, list[_Span]], facts: Circumstances
) -> list[_Found] | None:
    """The evidence of a rule that holds, None when it does not."""
    if any(word in spans for word in rule.none) or not _conditions_hold(rule, facts):
        return None
    said = _said(rule, spans)
    if said is None:
        return None
    found = [
        (rule.rule, rules.words[word], span, share, rule.category)
        for (word, span), share in zip(said, rule.shares, strict=True)
    ]
    scored = _scored(rule.uses, rules, spans)
    if rule.uses and not scored and not rule.groups:
        return None
    return found + scored


def _conditions_hold(rule: Combination, facts: Circumstances) -> bool:
    if rule.min_people is not None and (facts.people is None or facts.people < rule.min_people):
        return False
    if rule.max_people is not None and (facts.people is None or facts.people > rule.max_people):
        return False
    if rule.min_amount is not None and (facts.amount_owed is None or facts.amount_owed < rule.min_amount):
        return False
    return not rule.channels or facts.channel in rule.channels


def _scored(uses: Iterable[tuple[int, Use]], rules: RuleSet, spans: Mapping[int, list[_Span]]) -> list[_Found]:
    scored: list[_Found] = []
    for word, use in uses:
        span = _uncovered(word, use.covers, spans) if word in spans else None
        if span is not None and use.weight:
            scored.append((use.rule, rules.words[word], span, use.weight, use.category))
    return scored


def _said(rule: Combination, spans: Mapping[int, list[_Span]]) -> list[tuple[int, _Span]] | None:
    """One place for each thing that must be said, the earliest that fit; None when one is missing or too far."""
    places = [
        sorted(((word, span) for word in group for span in spans.get(word, ())), key=lambda place: (place[1], place[0]))
        for group in rule.groups
    ]
    if not all(places):
        return None
    if rule.within is None:
        return [options[0] for options in places]
    return _nearest(places, rule.within)


def _nearest(places: list[list[tuple[int, _Span]]], within: int) -> list[tuple[int, _Span]] | None:
    """One place each, all within that many characters, as early as possible; only the first places are tried."""
    tried = [options[:_PLACES_TRIED] for options in places]
    for start in sorted({span[0] for options in tried for _, span in options}):
        choice = [_next_place(options, start) for options in tried]
        near = [place for place in choice if place is not None and place[1][1] - start <= within]
        if len(near) == len(tried):
            return near
    return None


def _next_place(options: list[tuple[int, _Span]], start: int) -> tuple[int, _Span] | None:
    """Of the places from `start` on, the one that ends first."""
    later = (place for place in options if place[1][0] >= start)
    return min(later, key=lambda place: (place[1][1], place[1][0]), default=None)


def _with_reasons(rule: Combination, effect: Effect, facts: Circumstances) -> Effect:
    reasons: list[Reason] = []
    if rule.min_people is not None or rule.max_people is not None:
        reasons.append(Reason(mark("{people} people are affected."), {"people": facts.people}))
    if rule.min_amount is not None:
        reasons.append(Reason(mark("{amount} yuan are owed."), {"amount": str(facts.amount_owed)}))
    if not reasons:
        return effect
    return Effect(effect.rule, effect.urgency, effect.difficulty, tuple(reasons))


def _decision(
    rules: RuleSet, normal: NormalText, found: list[_Found], effects: list[Effect], scripts: list[Script]
) -> Decision:
    evidence = [
        Evidence(rule, word, *normal.span(start, end), weight, category)
        for rule, word, (start, end), weight, category in found
    ]
    evidence.sort(key=_evidence_order)
    scores = _scores(rules, evidence)
    best = scores[0].category if scores else None
    group = rules.groups[best] if best else None
    rival = next((score for score in scores if rules.groups[score.category] != group), None)
    margin = round(scores[0].score - (rival.score if rival else 0.0), 4) if scores else 0.0
    sure = bool(scores) and scores[0].score >= rules.threshold and margin >= rules.margin
    outcome: Outcome = "routed" if sure and group != OUTSIDE else "review"
    return Decision(
        outcome=outcome,
        category=best,
        group=group,
        department=None,
        urgency=_most_urgent(effects),
        difficulty=_hardest(effects),
        rule_set=rules.version,
        scores=scores[:SCORES_KEPT],
        evidence=tuple(evidence),
        runner_up=rival.category if rival else None,
        margin=margin,
        scripts=tuple(scripts),
        effects=tuple(effects),
    )


def _evidence_order(item: Evidence) -> tuple[int, int, str, str]:
    return item.start, item.end, item.rule, item.word


def _scores(rules: RuleSet, evidence: Iterable[Evidence]) -> tuple[Score, ...]:
    sums: dict[str, float] = {}
    for item in evidence:
        if item.category:
            sums[item.category] = sums.get(item.category, 0.0) + item.weight
    return tuple(sorted(_positive(sums), key=lambda score: (-score.score, rules.order[score.category])))


def _positive(sums: Mapping[str, float]) -> Iterator[Score]:
    for category, total in sums.items():
        rounded = round(total, 4)
        if rounded > 0:
            yield Score(category, rounded)


def _most_urgent(effects: Iterable[Effect]) -> Urgency:
    return max((effect.urgency for effect in effects), key=URGENCIES.index, default="normal")


def _hardest(effects: Iterable[Effect]) -> Difficulty:
    return max((effect.difficulty for effect in effects), key=DIFFICULTIES.index, default="normal")
