"""`python -m bench.linear LEARN.tsv TEST.tsv`: what a linear model over all phrases reaches, beside learned rules.

Every character pair and triple counts, tens of thousands of weights: nobody can read that. It says how much of the
accuracy a hundred readable words for each label keep.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from math import exp, sqrt
from pathlib import Path
from random import Random

from hotline.routing.labelled import read_labelled
from hotline.routing.text import normal_form

ROUNDS = 12
STEP = 4.0
LEAST_TEXTS = 2


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
    rows = [_row(phrases, places) for phrases in spoken]
    weights = fitted(rows, [labels.index(each.label) for each in texts], classes=len(labels), size=len(places))
    right = 0
    for each in test:
        scores = _scores(_row(_phrases(each.text), places), weights)
        right += labels[scores.index(max(scores))] == each.label
    print(f"accuracy_all {right / len(test):.4f} with {len(places):,} phrases for each of {len(labels)} labels")


def fitted(rows: Sequence[list[int]], labels: Sequence[int], *, classes: int, size: int) -> list[list[float]]:
    """Multinomial logistic regression by gradient steps; a text's phrases share its weight."""
    weights = [[0.0] * size for _ in range(classes)]
    order, dice = list(range(len(rows))), Random(0)
    for number in range(ROUNDS):
        dice.shuffle(order)
        step = STEP / (1 + number / 3)
        for at in order:
            row, label = rows[at], labels[at]
            scores = _scores(row, weights)
            shares = [exp(score - max(scores)) for score in scores]
            total = sum(shares)
            for place, own in enumerate(weights):
                error = shares[place] / total - (place == label)
                if abs(error) > 0.02:
                    move = step * error / sqrt(len(row) or 1)
                    for phrase in row:
                        own[phrase] -= move
    return weights


def _scores(row: list[int], weights: Sequence[list[float]]) -> list[float]:
    share = sqrt(len(row) or 1)
    return [sum(map(own.__getitem__, row)) / share for own in weights]


def _phrases(text: str) -> set[str]:
    normal = normal_form(text).text
    return {normal[at : at + length] for length in (2, 3) for at in range(len(normal) - length + 1)}


def _row(phrases: set[str], places: dict[str, int]) -> list[int]:
    return [places[phrase] for phrase in sorted(phrases) if phrase in places]


if __name__ == "__main__":
    main()
