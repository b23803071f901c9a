"""Weights of words fitted to labelled texts, with the very meaning words have in a rule.

A word counts once for its category, and not where it only stands inside longer words of the same category. The score
of a category is the sum of its words; the category with the highest score should be the label: multinomial logistic
regression, fitted by stochastic gradient steps (AdaGrad) in an order a seed decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, sqrt
from random import Random
from typing import TypeAlias

from ahocorasick_rs import AhoCorasick, Implementation

Weights: TypeAlias = list[dict[str, float]]
"""Per category, its words with their weights."""

_Row: TypeAlias = list[list[int]]
"""One text: per category, the numbers of the words that count."""

_STEP = 0.1
_DECAY = 0.2
"""How strongly weights are drawn towards 0 each time they count. Strongly: few words then carry what many words say,
and what is left out later is missed less (of 0.02, 0.05, 0.1, 0.2, 0.4 the best on texts held back)."""

_CLEAR_ENOUGH = 0.01
"""Where a category's share is off by less, its weights stay: most texts are clear early, and cost nothing then."""


def fit(texts: Sequence[str], labels: Sequence[int], start: Weights, *, rounds: int, seed: int = 0) -> Weights:
    """Weights for the words of `start`, from the weights they have there; `texts` in normal form."""
    numbers, rows = _rows(texts, start)
    weights = [weight for words in start for weight in words.values()]
    squares = [0.1] * len(weights)
    order, dice = list(range(len(rows))), Random(seed)  # noqa: S311 - an order, no secret
    for _ in range(rounds):
        dice.shuffle(order)
        for at in order:
            _step(rows[at], labels[at], weights, squares)
    return [{word: weights[number] for word, number in words.items()} for words in numbers]


def strongest(fitted: Weights, counts: Sequence[dict[str, int]], keep: int) -> Weights:
    """Of each category the `keep` words that move most scores: weight by how often the word is said."""
    kept = []
    for words, said in zip(fitted, counts, strict=True):
        ranked = sorted(words, key=lambda word: (-abs(words[word]) * sqrt(said.get(word, 0)), word))
        kept.append({word: words[word] for word in ranked[:keep]})
    return kept


def counted(texts: Sequence[str], weights: Weights) -> list[dict[str, int]]:
    """Per category, in how many texts each word counts."""
    numbers, rows = _rows(texts, weights)
    times = [0] * sum(map(len, weights))
    for row in rows:
        for part in row:
            for number in part:
                times[number] += 1
    return [{word: times[number] for word, number in words.items()} for words in numbers]


def _step(row: _Row, label: int, weights: list[float], squares: list[float]) -> None:
    """One text: move the weights that count towards its label."""
    scores = [sum(map(weights.__getitem__, part)) for part in row]
    top = max(scores)
    shares = [exp(score - top) for score in scores]
    total = sum(shares)
    for place, part in enumerate(row):
        error = shares[place] / total - (place == label)
        if -_CLEAR_ENOUGH < error < _CLEAR_ENOUGH:
            continue
        for number in part:
            slope = error + _DECAY * weights[number]
            squares[number] += slope * slope
            weights[number] -= _STEP * slope / sqrt(squares[number])


def _rows(texts: Sequence[str], weights: Weights) -> tuple[list[dict[str, int]], list[_Row]]:
    """A number for each word of each category, and what counts in each text."""
    spelt = list(dict.fromkeys(word for words in weights for word in words))
    automaton = AhoCorasick(spelt, implementation=Implementation.DFA)
    place = {word: at for at, word in enumerate(spelt)}
    numbers: list[dict[str, int]] = []
    count = 0
    for words in weights:
        numbers.append({word: count + at for at, word in enumerate(words)})
        count += len(words)
    known = [{place[word]: number for word, number in words.items()} for words in numbers]
    covers = [_covers(list(words), place) for words in numbers]
    rows = []
    for text in texts:
        spans: dict[int, list[tuple[int, int]]] = {}
        for word, begin, end in automaton.find_matches_as_indexes(text, overlapping=True):
            spans.setdefault(word, []).append((begin, end))
        rows.append(
            [
                [own[word] for word in spans if word in own and _counts(word, longer.get(word), spans)]
                for own, longer in zip(known, covers, strict=True)
            ]
        )
    return numbers, rows


def _covers(words: Sequence[str], place: dict[str, int]) -> dict[int, frozenset[int]]:
    """Of each word that stands inside longer words of its category, those."""
    parts: dict[str, set[int]] = {}
    own = set(words)
    for word in words:
        for begin in range(len(word)):
            for end in range(begin + 1, len(word) + 1):
                part = word[begin:end]
                if part != word and part in own:
                    parts.setdefault(part, set()).add(place[word])
    return {place[part]: frozenset(longer) for part, longer in parts.items()}


def _counts(word: int, longer: frozenset[int] | None, spans: dict[int, list[tuple[int, int]]]) -> bool:
    if longer is None or longer.isdisjoint(spans):
        return True
    hiding = [span for cover in longer.intersection(spans) for span in spans[cover]]
    return any(not any(left <= begin and end <= right for left, right in hiding) for begin, end in spans[word])
