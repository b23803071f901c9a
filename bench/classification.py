"""Classifying on one core: texts of 120 characters through whole rule sets, beside the bare automaton.

Rates are of processor time: what else the machine does meanwhile does not count. Every decision on the made-up rule
set is compared with one worked out rule by rule in plain Python.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from bench.results import Figure, at_least
from bench.rule_sets import CATEGORIES, LENGTH, made_rules, made_table, texts
from hotline.policy import load_policy
from hotline.routing.classify import classify
from hotline.routing.compiled import RuleSet
from hotline.routing.conditions import NOTHING_KNOWN
from hotline.routing.engine import decide
from hotline.routing.ruleset import RuleSetTable
from hotline.routing.text import normal_form
from tests.routing.naive import naive

TEXTS = 2000


def measure(seconds: float) -> list[Figure]:
    """Texts per second, medians of three rounds."""
    table, told = made_table(), texts(TEXTS)
    made = made_rules(table)
    same = sum(_agrees(table, made, text) for text in told)
    routing = load_policy().routing
    decided = _rate(lambda text: decide(routing, text, place="北城区"), told, seconds)
    return [
        *_figures(f"{len(table.rule)} made-up rules", made, told, seconds, goal=50_000),
        Figure(
            "decided as plain Python decides, rule by rule, with evidence",
            f"{same:,} of {len(told):,}",
            f"{len(told):,}",
            same == len(told),
        ),
        *_figures("shipped rules", routing.ruleset, told, seconds, goal=20_000),
        at_least("classified and routed by the shipped rules (decide), texts/s on one core", decided, 20_000, "/s"),
    ]


def _figures(name: str, rules: RuleSet, told: list[str], seconds: float, *, goal: float) -> list[Figure]:
    normal = [normal_form(text).text for text in told]
    classified = _rate(lambda text: classify(rules, text), told, seconds)
    bare = _rate(lambda text: rules.automaton.find_matches_as_indexes(text, overlapping=True), normal, seconds)
    words = sum(len(classify(rules, text).evidence) for text in told) / len(told)
    size = f"{name}, {len(rules.words):,} words, {words:.1f} found in each text of {LENGTH} characters"
    return [
        at_least(f"classified with evidence: {size}, texts/s on one core", classified, goal, "/s"),
        Figure("bare automaton over the same", f"{bare:,.0f} /s"),
        Figure("classified, of the bare automaton", f"{100 * classified / bare:.1f} %"),
    ]


def _agrees(table: RuleSetTable, rules: RuleSet, text: str) -> bool:
    decision = classify(rules, text)
    evidence, scores, holding = naive(table, list(CATEGORIES), text, NOTHING_KNOWN)
    effects = {rule.id for rule in table.rule if rule.has_effects or rule.has_conditions}
    return (list(decision.evidence), list(decision.scores), [effect.rule for effect in decision.effects]) == (
        evidence,
        scores,
        [rule for rule in holding if rule in effects],
    )


def _rate(do: Callable[[str], object], told: list[str], seconds: float) -> float:
    for text in told:
        do(text)
    rounds = []
    for _ in range(3):
        done, began = 0, time.process_time()
        while (took := time.process_time() - began) < seconds:
            for text in told:
                do(text)
            done += len(told)
        rounds.append(done / took)
    return median(rounds)
