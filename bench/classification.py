"""Classifying on one core: texts of 120 characters through the whole of the rules, beside the bare automaton."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from bench.results import Figure, at_least
from bench.texts import narrative
from hotline.policy import load_policy
from hotline.routing.classify import classify
from hotline.routing.engine import decide
from hotline.routing.text import normal_form

TEXTS = 2000
LENGTH = 120


def texts() -> list[str]:
    """Different texts of exactly 120 characters."""
    return [(narrative(at) + narrative(at + TEXTS))[:LENGTH] for at in range(TEXTS)]


def measure(seconds: float) -> list[Figure]:
    """Texts per second, medians of three rounds."""
    routing = load_policy().routing
    rules, told = routing.ruleset, texts()
    normal = [normal_form(text).text for text in told]
    decided = _rate(lambda text: decide(routing, text, place="北城区"), told, seconds)
    classified = _rate(lambda text: classify(rules, text), told, seconds)
    found = _rate(lambda text: rules.automaton.find_matches_as_indexes(text, overlapping=True), normal, seconds)
    size = f"{len(rules.words):,} words"
    return [
        at_least("classified and routed (decide), texts/s on one core", decided, 20_000, "/s"),
        at_least("classified (classify), texts/s on one core", classified, 20_000, "/s"),
        Figure(f"bare automaton over the same {size}, texts/s on one core", f"{found:,.0f} /s"),
        Figure("decide, of the bare automaton", f"{100 * decided / found:.1f} %"),
    ]


def _rate(do: Callable[[str], object], told: list[str], seconds: float) -> float:
    for text in told:
        do(text)
    rounds = []
    for _ in range(3):
        done, began = 0, time.perf_counter()
        while (took := time.perf_counter() - began) < seconds:
            for text in told:
                do(text)
            done += len(told)
        rounds.append(done / took)
    return median(rounds)
