"""What changed between two rule sets: rules that came, went or changed, word by word. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hotline.routing.ruleset import RuleSetTable, RuleTable

_WORDS = frozenset({"id", "words"})


@dataclass(frozen=True, slots=True)
class Weighed:
    """A word whose weight changed; None where it was not, or is no longer, there."""

    word: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Turned:
    """A key whose value changed, as plain values; None where it is not given."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Changed:
    """A rule that stands in both, differently."""

    rule: str
    words: tuple[Weighed, ...]
    keys: tuple[Turned, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that leads from one rule set to another."""

    added: tuple[RuleTable, ...]
    removed: tuple[RuleTable, ...]
    changed: tuple[Changed, ...]
    keys: tuple[Turned, ...]
    """Of the whole: name, threshold, margin."""

    def __bool__(self) -> bool:
        """Whether there is any difference at all."""
        return bool(self.added or self.removed or self.changed or self.keys)


def difference(before: RuleSetTable, after: RuleSetTable) -> Difference:
    """What leads from `before` to `after`; the order of rules and words is no difference."""
    old = {rule.id: rule for rule in before.rule}
    new = {rule.id: rule for rule in after.rule}
    both = [(old[code], rule) for code, rule in new.items() if code in old]
    return Difference(
        added=tuple(rule for code, rule in new.items() if code not in old),
        removed=tuple(rule for code, rule in old.items() if code not in new),
        changed=tuple(found for was, now in both if (found := _changed(was, now)) is not None),
        keys=tuple(_turned(_top(before), _top(after))),
    )


def _top(table: RuleSetTable) -> dict[str, Any]:
    return table.model_dump(mode="json", exclude_defaults=True, exclude={"rule"})


def _changed(was: RuleTable, now: RuleTable) -> Changed | None:
    old = was.model_dump(mode="json", exclude_defaults=True, exclude=set(_WORDS))
    new = now.model_dump(mode="json", exclude_defaults=True, exclude=set(_WORDS))
    words = tuple(_weighed(dict(was.weighted_words()), dict(now.weighted_words())))
    keys = tuple(_turned(old, new))
    return Changed(now.id, words, keys) if words or keys else None


def _turned(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Turned]:
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield Turned(key, old.get(key), new.get(key))


def _weighed(old: Mapping[str, float], new: Mapping[str, float]) -> Iterator[Weighed]:
    for word in dict.fromkeys((*old, *new)):
        if old.get(word) != new.get(word):
            yield Weighed(word, old.get(word), new.get(word))
