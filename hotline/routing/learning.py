"""A readable rule set from labelled texts: the words that tell categories apart, with weights a person can change.

What is learned is a file that stands alone (`hotline.routing.rulefile`): its categories are the labels of the texts.
Threshold and margin are chosen on texts that were held back while words and weights for them were learned.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

from hotline.errors import Mistake
from hotline.i18n import mark
from hotline.routing.candidates import candidates
from hotline.routing.classify import classify
from hotline.routing.compiled import compile_rules
from hotline.routing.fitting import Weights, counted, fit, strongest
from hotline.routing.labelled import LabelledText
from hotline.routing.rulefile import own_categories
from hotline.routing.ruleset import ConfigurationError, RuleSetTable
from hotline.routing.text import normal_form

ACCURACY = 0.92
"""Of the texts held back which would be routed, the share that must have been right."""

FOLDS = 4
"""Parts of the texts, each held back once."""

STAGES = (6.0, 3.0, 1.6, 1.0)
"""How many words a category has while fitting, of those it will have: from many to few, fitted anew each time."""

STEPS = (FOLDS + 1) * len(STAGES)
"""How often `told` is called while learning."""

_ROUNDS = 8
_LAST_ROUNDS = 20
_SCALE = 2.0
"""Fitted weights times this are points: one decimal is then fine enough."""

_LEAST_COVERAGE = 0.5
_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """What came out on texts that were held back; shares from 0 to 1."""

    accuracy_all: float
    coverage: float
    accuracy_routed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A rule set as TOML, and how good it was on texts held back."""

    toml: str
    held_out: HeldOut


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One text held back: the points of the best category, its lead, and whether it was right."""

    score: float
    margin: float
    right: bool


def learn(
    texts: Sequence[LabelledText],
    *,
    words: int,
    accuracy: float = ACCURACY,
    seed: int = 0,
    told: Callable[[], None] = lambda: None,
) -> Learned:
    """Rules with at most `words` words for each label, sure only where `accuracy` of the texts held back were right.

    The same texts and seed give the same rules. Raises `ConfigurationError` when there is too little to learn from.
    """
    labels = sorted({each.label for each in texts})
    if len(labels) < 2 or len(texts) < 2 * FOLDS:  # noqa: PLR2004 - one category is no choice
        raise ConfigurationError(Mistake("", mark("Too little to learn from: two labels and eight texts are needed.")))
    numbers = {label: number for number, label in enumerate(labels)}
    told_texts = [normal_form(each.text).text for each in texts]
    told_labels = [numbers[each.label] for each in texts]
    outcomes: list[_Outcome] = []
    for fold in range(FOLDS):
        held = [_fold(text) == fold for text in told_texts]
        kept = [at for at, out in enumerate(held) if not out]
        fitted = _fitted([told_texts[at] for at in kept], [told_labels[at] for at in kept], words, seed, told)
        table = _table(labels, _points(fitted), threshold=0.1, margin=0.0)
        out = [at for at, is_out in enumerate(held) if is_out]
        outcomes.extend(_outcomes(table, [told_texts[at] for at in out], [told_labels[at] for at in out]))
    threshold, margin, held_out = _limits(outcomes, accuracy)
    fitted = _fitted(told_texts, told_labels, words, seed, told)
    table = _table(labels, _points(fitted), threshold=threshold, margin=margin)
    return Learned(toml=_toml(table, held_out, texts=len(texts), words=words), held_out=held_out)


def _fold(text: str) -> int:
    """The part a text belongs to, by its words alone: twins are held back together."""
    return hashlib.sha256(text.encode()).digest()[0] % FOLDS


def _fitted(texts: Sequence[str], labels: Sequence[int], words: int, seed: int, told: Callable[[], None]) -> Weights:
    """Words and weights of each category, from many candidates to few."""
    classes = max(labels) + 1
    found = candidates(texts, labels, classes=classes, each=round(words * STAGES[0]))
    weights: Weights = [dict.fromkeys(phrases, 0.0) for phrases in found]
    for stage, share in enumerate(STAGES):
        if stage:
            weights = strongest(weights, counted(texts, weights), round(words * share))
        rounds = _LAST_ROUNDS if stage == len(STAGES) - 1 else _ROUNDS
        weights = fit(texts, labels, weights, rounds=rounds, seed=seed + stage)
        told()
    return weights


def _points(fitted: Weights) -> Weights:
    """The weights as people read them: one decimal, nothing that counts nothing."""
    return [
        {word: points for word, weight in words.items() if (points := round(weight * _SCALE, 1))} for words in fitted
    ]


def _outcomes(table: RuleSetTable, texts: Sequence[str], labels: Sequence[int]) -> Iterator[_Outcome]:
    _, categories = own_categories(table)
    rules, codes = compile_rules(table, categories), list(categories)
    for text, label in zip(texts, labels, strict=True):
        decision = classify(rules, text)
        score = decision.scores[0].score if decision.scores else 0.0
        yield _Outcome(score, decision.margin, decision.category == codes[label])


def _limits(outcomes: Sequence[_Outcome], accuracy: float) -> tuple[float, float, HeldOut]:
    """The threshold and margin that route most texts while `accuracy` of them are right.

    Where no limits are that good, those that come nearest and still route half of the texts.
    """
    best: tuple[tuple[bool, float, float], float, float, HeldOut] | None = None
    right_all = sum(each.right for each in outcomes) / len(outcomes)
    for threshold in (0.1, 0.5, 1.0, 1.5, 2.0, 3.0):
        reached = [each for each in outcomes if each.score >= threshold]
        for tenths in range(61):
            sure = [each for each in reached if each.margin >= tenths / 10]
            coverage = len(sure) / len(outcomes)
            right = sum(each.right for each in sure) / len(sure) if sure else 0.0
            if coverage < _LEAST_COVERAGE and best is not None:
                break
            good = right >= accuracy
            rank = (good, coverage if good else right, right)
            if best is None or rank > best[0]:
                figures = HeldOut(accuracy_all=right_all, coverage=coverage, accuracy_routed=right)
                best = (rank, threshold, tenths / 10, figures)
    assert best is not None  # noqa: S101 - the first limits are always looked at
    return best[1:]


def _table(labels: Sequence[str], points: Weights, *, threshold: float, margin: float) -> RuleSetTable:
    codes = _codes(labels)
    rules = [
        {"id": code, "category": code, "words": _by_points(words)}
        for code, words in zip(codes, points, strict=False)
        if any(weight > 0 for weight in words.values())
    ]
    return RuleSetTable.model_validate(
        {
            "name": "learned",
            "threshold": threshold,
            "margin": margin,
            "category": [{"code": code, "name": label} for code, label in zip(codes, labels, strict=True)],
            "rule": rules,
        }
    )


def _by_points(words: dict[str, float]) -> dict[str, list[str]]:
    """Words under their points, the heaviest first."""
    grouped: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-words[word], word)):
        grouped.setdefault(f"{words[word]:g}", []).append(word)
    return grouped


def _codes(labels: Sequence[str]) -> list[str]:
    """A code for each label: the label itself where it is one, else its sound; each of its own."""
    taken: Counter[str] = Counter()
    codes = []
    for label in labels:
        code = label
        if not _CODE.fullmatch(label):
            # 60 MB of dictionaries and most of a second, for a command that is hardly ever given: read when it is.
            sound = "-".join(import_module("pypinyin").lazy_pinyin(label)).lower()
            code = re.sub(r"[^a-z0-9]+", "-", sound).strip("-")[:56].strip("-") or "label"
        taken[code] += 1
        codes.append(code if taken[code] == 1 else f"{code}.{taken[code]}")
    return codes


def _toml(table: RuleSetTable, held_out: HeldOut, *, texts: int, words: int) -> str:
    figures = f"{held_out.accuracy_routed:.3f} of those routed, which are {held_out.coverage:.3f} of all"
    lines = [
        f"# Learned from {texts:,} labelled texts, at most {words} words for each of {len(table.category)} categories.",
        f"# On texts held back while learning, right: {held_out.accuracy_all:.3f} of all; {figures}.",
        "# These words tell the categories apart in those texts. Read them, and change what you know better.",
        "",
        f"name = {_quoted(table.name)}",
        f"threshold = {table.threshold}",
        f"margin = {table.margin}",
    ]
    for category in table.category:
        lines += ["", "[[category]]", f"code = {_quoted(category.code)}", f"name = {_quoted(category.name)}"]
    for rule in table.rule:
        lines += ["", "[[rule]]", f"id = {_quoted(rule.id)}", f"category = {_quoted(rule.category or '')}"]
        lines += [f"words.{_quoted(points)} = [{_listed(given)}]" for points, given in rule.words.items()]
    return "\n".join(lines) + "\n"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(map(_quoted, words))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
