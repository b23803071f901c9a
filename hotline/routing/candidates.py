"""Phrases that may tell categories apart: character sequences of labelled texts, chosen by how unevenly they occur."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import log, sqrt
from typing import TypeAlias

SHORTEST, LONGEST = 2, 6
"""Characters."""

_RUN = re.compile("[\u3400-\u9fff]+")
_LEAST_TEXTS = 3
_PRIOR = 10.0
"""How many texts of the usual mixture each category is assumed to have besides its own: a phrase that occurs in three
texts proves little."""

_HALF = 0.5
"""Keeps the odds of a phrase that occurs in every text finite."""

_NEARLY_ALWAYS = 0.9
"""A phrase that stands in a longer one at least so often is that longer one."""

Counts: TypeAlias = dict[str, list[int]]
"""Per phrase, in how many texts of each category it occurs."""


def candidates(texts: Sequence[str], labels: Sequence[int], *, classes: int, each: int) -> list[list[str]]:
    """For each category the phrases that speak most clearly for it, and half as many against; best first.

    `texts` in normal form, `labels` their categories as numbers below `classes`, `each` the number for one category.
    """
    counts = _without_parts(count_phrases(texts, labels, classes=classes))
    sizes = [0] * classes
    for label in labels:
        sizes[label] += 1
    return [_clearest(counts, sizes, label, each) for label in range(classes)]


def count_phrases(texts: Sequence[str], labels: Sequence[int], *, classes: int) -> Counts:
    """Every phrase that occurs in enough texts; a longer one is only looked for where both its shorter parts do."""
    least = max(_LEAST_TEXTS, len(texts) // 1000)
    runs = [_RUN.findall(text) for text in texts]
    found: Counts = {}
    shorter: set[str] | None = None
    for length in range(SHORTEST, LONGEST + 1):
        counts: Counts = {}
        for text, label in zip(runs, labels, strict=True):
            for phrase in set(_phrases(text, length, shorter)):
                if phrase not in counts:
                    counts[phrase] = [0] * classes
                counts[phrase][label] += 1
        frequent = {phrase: count for phrase, count in counts.items() if sum(count) >= least}
        found |= frequent
        shorter = set(frequent)
    return found


def _phrases(runs: Sequence[str], length: int, shorter: set[str] | None) -> Iterator[str]:
    for run in runs:
        for at in range(len(run) - length + 1):
            phrase = run[at : at + length]
            if shorter is None or (phrase[:-1] in shorter and phrase[1:] in shorter):
                yield phrase


def _without_parts(counts: Counts) -> Counts:
    """The phrases without those that hardly occur but as part of a longer one."""
    parts: set[str] = set()
    for phrase, count in counts.items():
        total = sum(count)
        for part in (phrase[:-1], phrase[1:]):
            if part in counts and total >= _NEARLY_ALWAYS * sum(counts[part]):
                parts.add(part)
    return {phrase: count for phrase, count in counts.items() if phrase not in parts}


def _clearest(counts: Counts, sizes: Sequence[int], label: int, each: int) -> list[str]:
    scored = sorted((-_clearness(count, sizes, label), phrase) for phrase, count in counts.items())
    speaking_for = [phrase for score, phrase in scored[:each] if score < 0]
    against = [phrase for score, phrase in reversed(scored[-(each // 2) :]) if score > 0]
    return speaking_for + against


def _clearness(count: Sequence[int], sizes: Sequence[int], label: int) -> float:
    """How surely the phrase is more (or, below 0, less) frequent here than elsewhere: log-odds by standard deviations.

    Smoothed by the mixture of all texts; Monroe, Colaresi and Quinn, “Fightin' Words”, 2008.
    """
    total, texts = sum(count), sum(sizes)
    prior = _PRIOR * total / texts
    here, there = count[label] + prior, total - count[label] + prior
    odds_here = here / (sizes[label] + _PRIOR - here + _HALF)
    odds_there = there / (texts - sizes[label] + _PRIOR - there + _HALF)
    return (log(odds_here) - log(odds_there)) / sqrt(1 / here + 1 / there)
