"""What the rules decided and every reason for it: values that are stored for good and shown on the case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from hotline.routing.units import UnitNamed

Outcome = Literal["routed", "review"]
Urgency = Literal["normal", "urgent", "critical"]
Difficulty = Literal["normal", "hard", "complex"]

URGENCIES: tuple[Urgency, ...] = ("normal", "urgent", "critical")
"""From the least to the most urgent."""

DIFFICULTIES: tuple[Difficulty, ...] = ("normal", "hard", "complex")
"""From the easiest to the hardest (一般、难点、特别复杂)."""


class Evidence(NamedTuple):
    """A word that counted: `start` and `end` are code points of the text as it was told, `category` "" for none.

    A word that speaks against a category (negative weight) stands here only where another speaks for it.
    """

    rule: str
    word: str
    start: int
    end: int
    weight: float
    category: str


class Score(NamedTuple):
    """How strongly the words speak for a category: the sum of its evidence's weights."""

    category: str
    score: float


@dataclass(frozen=True, slots=True)
class Script:
    """What the operator does at once, because a decisive rule held; in both languages of the screen."""

    rule: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule with conditions or effects changed beside the score, and the conditions that held."""

    rule: str
    urgency: Urgency
    difficulty: Difficulty
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in words: a msgid and its values."""

    message: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tried:
    """A department that was looked at on the way to the right one, and why it was taken or passed."""

    department: str
    reason: Reason

    def to_json(self) -> dict[str, Any]:
        """The step as plain values; `reason` is a msgid that `params` fill."""
        return {"department": self.department, "reason": self.reason.message, "params": dict(self.reason.params)}


class Decision(NamedTuple):
    """What the matter is, who handles it, and why.

    `routed` means sure enough, and somebody here handles it. Otherwise a person looks (`review`): then `category` and
    `department` are the best proposal, or None when no rule knew a word; a matter outside the union's duties has its
    category and no department. `margin` is the lead over `runner_up`, the best category of another group: within a
    group the department is the same. `scores` are positive, best first, at most 8. Where a rule with a priority
    decided (`decisive`), its category stands first whatever the scores, and the lead may be 0.
    """

    outcome: Outcome
    category: str | None
    group: str | None
    department: str | None
    urgency: Urgency
    difficulty: Difficulty
    rule_set: str
    scores: tuple[Score, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    runner_up: str | None = None
    margin: float = 0.0
    path: tuple[Tried, ...] = ()
    scripts: tuple[Script, ...] = ()
    effects: tuple[Effect, ...] = ()
    decisive: str | None = None
    unit: UnitNamed | None = None
    territory: str | None = None
    """The department in whose territory the matter lies; None when nothing tells."""

    def to_json(self) -> dict[str, Any]:
        """The decision as plain values, in the words of the API."""
        return {
            "outcome": self.outcome,
            "category": self.category,
            "group": self.group,
            "department": self.department,
            "urgency": self.urgency,
            "difficulty": self.difficulty,
            "rule_set": self.rule_set,
            "scores": [score._asdict() for score in self.scores],
            "evidence": [evidence._asdict() for evidence in self.evidence],
            "runner_up": self.runner_up,
            "margin": self.margin,
            "unit": None if self.unit is None else unit_to_json(self.unit),
            "territory": self.territory,
            "path": [tried.to_json() for tried in self.path],
            "decisive": self.decisive,
            "reasons": [
                {"rule": effect.rule, "reason": reason.message, "params": dict(reason.params)}
                for effect in self.effects
                for reason in effect.reasons
            ],
            "scripts": [{"rule": script.rule, "zh": script.zh, "en": script.en} for script in self.scripts],
        }


def unit_to_json(unit: UnitNamed) -> dict[str, Any]:
    """The organisation and those above it as plain values."""
    return {
        "code": unit.code,
        "name": unit.name,
        "words": unit.words,
        "start": unit.start,
        "end": unit.end,
        "superiors": [superior._asdict() for superior in unit.superiors],
    }
