"""`python -m bench.linear LEARN.tsv TEST.tsv`: what a linear model over all phrases reaches, beside learned rules.

Every character pair and triple counts, tens of thousands of weights: nobody can read that. It says how much of the
accuracy a hundred readable words for each label keep.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from math import exp, log, sqrt
from operator import mul
from pathlib import Path
from random import Random
from typing import TypeAlias

from hotline.routing.labelled import read_labelled
from hotline.routing.text import normal_form

ROUNDS = 8
STEP = 6.0
LEAST_TEXTS = 3

Row: TypeAlias = tuple[list[int], list[float]]
"""The phrases of a text, and what each counts."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.linear", description=__doc__)
    parser.add_argument("learn", type=Path)
    parser.add_argument("test", type=Path)
    given = parser.parse_args()
    texts, test = read_labelled(given.learn), read_labelled(given.test)
    labels = sorted({each.label for each in texts})
    spoken = [_phrases(each.text) for each in texts]
    often = Counter(phrase for phrases in spoken for phrase in phrases)
    places = {phrase: at for at, phrase in enumerate(sorted(p for p, times in often.items() if times >= LEAST_TEXTS))}
    rarity = [log(len(texts) / often[phrase]) for phrase in places]
    rows = [_row(phrases, places, rarity) for phrases in spoken]
    weights = fitted(rows, [labels.index(each.label) for each in texts], classes=len(labels), size=len(places))
    right = 0
    for each in test:
        scores = _scores(_row(_phrases(each.text), places, rarity), weights)
        right += labels[scores.index(max(scores))] == each.label
    print(f"accuracy_all {right / len(test):.4f} with {len(places):,} phrases for each of {len(labels)} labels")


def fitted(rows: Sequence[Row], labels: Sequence[int], *, classes: int, size: int) -> list[list[float]]:
    """Multinomial logistic regression by gradient steps; rare phrases count more, every text the same."""
    weights = [[0.0] * size for _ in range(classes)]
    order, dice = list(range(len(rows))), Random(0)
    for number in range(ROUNDS):
        dice.shuffle(order)
        step = STEP / (1 + number / 3)
        for at in order:
            (row, values), label = rows[at], labels[at]
            scores = _scores(rows[at], weights)
            shares = [exp(score - max(scores)) for score in scores]
            total = sum(shares)
            for place, own in enumerate(weights):
                error = shares[place] / total - (place == label)
                if abs(error) > 0.02:
                    move = step * error
                    for phrase, value in zip(row, values, strict=True):
                        own[phrase] -= move * value
    return weights


def _scores(row: Row, weights: Sequence[list[float]]) -> list[float]:
    places, values = row
    return [sum(map(mul, values, map(own.__getitem__, places))) for own in weights]


def _phrases(text: str) -> set[str]:
    normal = normal_form(text).text
    return {normal[at : at + length] for length in (2, 3) for at in range(len(normal) - length + 1)}


def _row(phrases: set[str], places: dict[str, int], rarity: Sequence[float]) -> Row:
    found = [places[phrase] for phrase in sorted(phrases) if phrase in places]
    length = sqrt(sum(rarity[place] ** 2 for place in found)) or 1.0
    return found, [rarity[place] / length for place in found]


if __name__ == "__main__":
    main()
