"""How good a rule set is on labelled texts: pure arithmetic over what the very engine decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hotline.routing.classify import classify, is_sure
from hotline.routing.compiled import RuleSet
from hotline.routing.decision import Decision
from hotline.routing.examples import circumstances_told
from hotline.routing.labelled import LabelledText, Meanings

UNKNOWN = "-"
"""What is predicted where no rule knows a word: always wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One text: labels and prediction on the level the file's labels live on, in the words of the file.

    `sure` means score and lead reach threshold and margin: a matter outside the union's duties may be sure too.
    """

    told: LabelledText
    predicted: str
    sure: bool
    decision: Decision

    @property
    def right_first(self) -> bool:
        """Whether the prediction is the first label."""
        return self.predicted == self.told.label

    @property
    def right(self) -> bool:
        """Whether the prediction is one of the two labels."""
        return self.predicted in {self.told.label, self.told.second} - {None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFigures:
    """One label: how often it stands first, is predicted, and both; `right` counts texts of it that came out right."""

    label: str
    texts: int
    predicted: int
    hits: int
    right: int

    @property
    def precision(self) -> float:
        """Of the texts predicted so, the share labelled so."""
        return _share(self.hits, self.predicted)

    @property
    def recall(self) -> float:
        """Of the texts labelled so, the share predicted so."""
        return _share(self.hits, self.texts)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every text judged; figures are shares from 0 to 1."""

    judged: tuple[Judged, ...]

    @property
    def accuracy_all(self) -> float:
        """Right by either label, of all texts."""
        return _share(sum(each.right for each in self.judged), len(self.judged))

    @property
    def coverage(self) -> float:
        """Sure, of all texts."""
        return _share(len(self._sure), len(self.judged))

    @property
    def accuracy_routed(self) -> float:
        """Right by either label, of those that are sure."""
        return _share(sum(each.right for each in self._sure), len(self._sure))

    @property
    def primary_accuracy_all(self) -> float:
        """Right by the first label, of all texts."""
        return _share(sum(each.right_first for each in self.judged), len(self.judged))

    @property
    def primary_accuracy_routed(self) -> float:
        """Right by the first label, of those that are sure."""
        return _share(sum(each.right_first for each in self._sure), len(self._sure))

    @property
    def _sure(self) -> list[Judged]:
        return [each for each in self.judged if each.sure]

    def confusion(self) -> Counter[tuple[str, str]]:
        """How many texts of the first label came out as the second one; `-` where no rule knew a word."""
        return Counter((each.told.label, each.predicted) for each in self.judged)

    def classes(self) -> tuple[ClassFigures, ...]:
        """Figures of each label that stands first or is predicted, most texts first."""
        texts = Counter(each.told.label for each in self.judged)
        predicted = Counter(each.predicted for each in self.judged)
        hits = Counter(each.told.label for each in self.judged if each.right_first)
        right = Counter(each.told.label for each in self.judged if each.right)
        labels = sorted({*texts, *predicted} - {UNKNOWN}, key=lambda label: (-texts[label], label))
        return tuple(
            ClassFigures(label=la, texts=texts[la], predicted=predicted[la], hits=hits[la], right=right[la])
            for la in labels
        )

    def to_json(self) -> dict[str, Any]:
        """The figures as plain values, shares with four digits."""
        names = ("accuracy_all", "coverage", "accuracy_routed", "primary_accuracy_all", "primary_accuracy_routed")
        confusion: dict[str, dict[str, int]] = {}
        for (label, predicted), count in sorted(self.confusion().items()):
            confusion.setdefault(label, {})[predicted] = count
        return {
            "texts": len(self.judged),
            "routed": len(self._sure),
            "unknown": sum(each.predicted == UNKNOWN for each in self.judged),
            **{name: round(getattr(self, name), 4) for name in names},
            "classes": [
                {
                    "label": each.label,
                    "texts": each.texts,
                    "predicted": each.predicted,
                    "precision": round(each.precision, 4),
                    "recall": round(each.recall, 4),
                    "right_by_either": round(_share(each.right, each.texts), 4),
                }
                for each in self.classes()
            ],
            "confusion": confusion,
        }


def evaluate(
    rules: RuleSet,
    texts: Sequence[LabelledText],
    meanings: Meanings,
    *,
    told: Callable[[int], None] = lambda _more: None,
) -> Evaluation:
    """Decide every text with `rules`; labels are known to `meanings`. `told` hears of each text that is done."""
    labels = {label for text in texts for label in (text.label, text.second) if label is not None}
    as_group = meanings.are_groups(labels)
    spelt = meanings.spelt(labels, as_group=as_group)
    judged = []
    for text in texts:
        decision = classify(rules, text.text, facts=circumstances_told(text.text))
        code = decision.group if as_group else decision.category
        judged.append(
            Judged(
                told=_in_one_spelling(text, meanings, spelt, as_group=as_group),
                predicted=UNKNOWN if code is None else spelt.get(code, code),
                sure=is_sure(rules, decision),
                decision=decision,
            )
        )
        told(1)
    return Evaluation(tuple(judged))


def _in_one_spelling(text: LabelledText, meanings: Meanings, spelt: dict[str, str], *, as_group: bool) -> LabelledText:
    """The text with one word for one thing, should the file call it by several."""
    label = meanings.code(text.label, as_group=as_group)
    second = meanings.code(text.second, as_group=as_group) if text.second is not None else None
    second = spelt.get(second, second) if second is not None else None
    return LabelledText(text.text, spelt.get(label, label), second, text.line)


def errors_table(judged: Iterable[Judged]) -> str:
    """The texts that came out wrong, tab-separated with a heading, to look through: why was it decided so?"""
    lines = ["line\tlabel\tsecond\tpredicted\toutcome\tscore\tmargin\twords\ttext"]
    for each in judged:
        if each.right:
            continue
        decision = each.decision
        score = decision.scores[0].score if decision.scores else 0
        words = " ".join(f"{item.word}{item.weight:+g}" for item in decision.evidence if item.category)
        outcome = "routed" if each.sure else "review"
        told = each.told
        cells = (told.line, told.label, told.second or "-", each.predicted, outcome, f"{score:g}")
        lines.append("\t".join(map(str, (*cells, f"{decision.margin:g}", words, told.text))))
    return "\n".join(lines) + "\n"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
