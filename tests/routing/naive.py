"""Routing said in the plainest way, without an automaton: what the real one must agree with."""

from __future__ import annotations

import re

from hotline.routing.compiled import _shares
from hotline.routing.conditions import Circumstances
from hotline.routing.decision import Evidence, Score
from hotline.routing.ruleset import RuleSetTable, RuleTable
from hotline.routing.text import normal_form

Span = tuple[int, int]


def naive(
    table: RuleSetTable, order: list[str], text: str, facts: Circumstances
) -> tuple[list[Evidence], list[Score], list[str]]:
    """Evidence by place, scores best first, ids of the rules that hold, each worked out rule by rule."""
    normal = normal_form(text)
    found: list[Evidence] = []
    holding: list[str] = []
    for rule in table.rule:
        evidence = _rule(rule, normal.text, facts)
        if evidence is None:
            continue
        holding.append(rule.id)
        found += [e._replace(start=s, end=t) for e in evidence for s, t in [normal.span(e.start, e.end)]]
    liked = {e.category for e in found if e.weight > 0}
    found = [e for e in found if e.weight >= 0 or e.category in liked]
    found.sort(key=lambda e: (e.start, e.end, e.rule, e.word, e.weight))
    totals = {c: round(sum(e.weight for e in found if e.category == c), 4) for c in order}
    scores = [Score(c, total) for c, total in totals.items() if total > 0]
    scores.sort(key=lambda score: -score.score)
    decisive = [rule for rule in table.rule if rule.id in holding and rule.priority and rule.category]
    if decisive:
        first = max(decisive, key=lambda rule: rule.priority or 0).category or ""
        own = Score(first, max(totals[first], 0.0))
        scores = [own, *(score for score in scores if score.category != first)]
    return found, scores[:8], holding


def _places(word: str, text: str) -> list[Span]:
    return [(at, at + len(word)) for at in range(len(text)) if text.startswith(word, at)]


def _rule(rule: RuleTable, text: str, facts: Circumstances) -> list[Evidence] | None:
    if any(normal_form(word).text in text for word in rule.none) or not _conditions(rule, facts, text):
        return None
    groups = [[normal_form(word).text for word in group] for group in rule.groups]
    options = [sorted((span, word) for word in group for span in _places(word, text)) for group in groups]
    if not all(options):
        return None
    chosen = [places[0] for places in options]
    if rule.within is not None:
        near = _near([places[:16] for places in options], rule.within)
        if near is None:
            return None
        chosen = near
    category = rule.category or ""
    shares = _shares(rule.weight, len(groups))
    evidence = [
        Evidence(rule.id, word, *span, share, category) for (span, word), share in zip(chosen, shares, strict=True)
    ]
    weights = dict(rule.weighted_words())
    for word, weight in weights.items():
        longer = [span for other in weights if word != other and word in other for span in _places(other, text)]
        free = [(s, e) for s, e in _places(word, text) if not any(a <= s and e <= b for a, b in longer)]
        if free and weight:
            evidence.append(Evidence(rule.id, word, *free[0], weight, category))
    for number, patterns in rule.patterns.items():
        fits = [found for pattern in patterns if (found := re.search(pattern, text, re.IGNORECASE))]
        evidence += [Evidence(rule.id, found[0], *found.span(), float(number), category) for found in fits]
    needs_a_word = bool(groups or rule.words or rule.patterns)
    return evidence if evidence or not needs_a_word else None


def _near(options: list[list[tuple[Span, str]]], within: int) -> list[tuple[Span, str]] | None:
    for start in sorted({span[0] for places in options for span, _ in places}):
        fits = [[p for p in places if start <= p[0][0] and p[0][1] <= start + within] for places in options]
        if all(fits):
            return [min(places, key=lambda p: (p[0][1], p[0][0])) for places in fits]
    return None


def _conditions(rule: RuleTable, facts: Circumstances, text: str) -> bool:
    if rule.min_people is not None and not (facts.people is not None and facts.people >= rule.min_people):
        return False
    if rule.max_people is not None and not (facts.people is not None and facts.people <= rule.max_people):
        return False
    if rule.min_amount is not None and not (
        facts.amount_owed is not None and float(facts.amount_owed) >= rule.min_amount
    ):
        return False
    if rule.min_months is not None and not (facts.months is not None and facts.months >= rule.min_months):
        return False
    if rule.places and not any(normal_form(word).text in (facts.place or text) for word in rule.places):
        return False
    if rule.employer_kinds and facts.employer_kind not in rule.employer_kinds:
        return False
    if rule.hours is not None:
        first, last = map(int, rule.hours.split("-"))
        hour = facts.hour if facts.hour is not None else -99
        if not (first <= hour < last or (first > last and (hour >= first or 0 <= hour < last)) or hour == first):
            return False
    return not rule.channels or facts.channel in rule.channels
