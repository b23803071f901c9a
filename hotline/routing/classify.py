"""What kind of matter a text is: scores, evidence, and what decisive rules add. One pass over the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from hotline.routing.categories import OUTSIDE
from hotline.routing.compiled import Combination, RuleSet
from hotline.routing.conditions import NOTHING_KNOWN, Circumstances, conditions_hold, with_reasons
from hotline.routing.decision import (
    DIFFICULTIES,
    URGENCIES,
    Decision,
    Evidence,
    Outcome,
    Score,
    Script,
)
from hotline.routing.text import NormalText, normal_form

SCORES_KEPT = 8
_PLACES_TRIED = 16

_Span: TypeAlias = tuple[int, int]

_Place: TypeAlias = tuple[int, _Span]
"""A word at one of its places."""

_Counted: TypeAlias = tuple[int, int, str, str, float, str]
"""Evidence in the order it is sorted by: start, end, rule, word, weight, category."""

_made = tuple.__new__
"""Evidence and scores are made here by the hundred thousand; this is what their own constructors come down to."""


class _Heard:
    """The words found in one text: `first` has the first place of each; all places only when somebody asks."""

    __slots__ = ("_all", "first", "matches", "text")

    def __init__(self, text: str, matches: Sequence[tuple[int, int, int]]) -> None:
        self.text = text
        self.matches = matches
        self.first: dict[int, _Span] = {word: (start, end) for word, start, end in reversed(matches)}
        self._all: dict[int, list[_Span]] | None = None

    def places(self, word: int) -> list[_Span]:
        """Everywhere the word stands, first place first."""
        if self._all is None:
            self._all = {}
            for each, start, end in self.matches:
                self._all.setdefault(each, []).append((start, end))
        return self._all.get(word, [])

    def outside(self, word: int, covers: frozenset[int]) -> _Span | None:
        """Where the word first stands outside these longer words; None when it never does."""
        if covers.isdisjoint(self.first):
            return self.first[word]
        hiding = [span for cover in covers if cover in self.first for span in self.places(cover)]
        for start, end in self.places(word):
            if not any(left <= start and end <= right for left, right in hiding):
                return start, end
        return None


def classify(rules: RuleSet, text: str, *, facts: Circumstances = NOTHING_KNOWN) -> Decision:
    """The decision of the rules on `text`, without a department. The same text, facts and rules decide the same."""
    normal = normal_form(text)
    heard = _Heard(normal.text, rules.automaton.find_matches_as_indexes(normal.text, overlapping=True))
    found: list[_Counted] = []
    said, signs, uses = rules.unasked, rules.signs, rules.uses
    for word, (start, end) in heard.first.items():
        if sign := signs[word]:
            said |= sign
        for rule, spelling, weight, category, covers in uses[word]:
            if not covers:
                found.append((start, end, rule, spelling, weight, category))
            elif place := heard.outside(word, covers):
                found.append((*place, rule, spelling, weight, category))
    held = [rule for rule in _complete(rules, said) if _holds(rule, rules, heard, facts, found)]
    return _decision(rules, normal, found, held, facts)


def is_sure(rules: RuleSet, decision: Decision) -> bool:
    """Whether the score and its lead reach what the rule set asks for, or a rule with a priority decided."""
    if decision.decisive is not None:
        return True
    return bool(decision.scores) and decision.scores[0].score >= rules.threshold and decision.margin >= rules.margin


def _complete(rules: RuleSet, said: int) -> Iterator[Combination]:
    """The combinations of which everything has been said, in the order of the file; `said` as in `RuleSet.signs`."""
    size = len(rules.combinations)
    complete = (1 << size) - 1
    for section in range(rules.sections):
        complete &= said >> (section * size)
    while complete:
        lowest = complete & -complete
        yield rules.combinations[lowest.bit_length() - 1]
        complete ^= lowest


def _holds(rule: Combination, rules: RuleSet, heard: _Heard, facts: Circumstances, found: list[_Counted]) -> bool:
    """Whether a rule whose groups have all been said holds; then its evidence is added."""
    if rule.none and not rule.none.isdisjoint(heard.first):
        return False
    if rule.conditional and not conditions_hold(rule, facts, heard.text):
        return False
    choice = _said(rule, heard)
    if choice is None:
        return False
    before = len(found)
    for (word, (start, end)), share in zip(choice, rule.shares, strict=True):
        found.append((start, end, rule.rule, rules.words[word], share, rule.category))
    if rule.uses:
        found.extend(_words_of(rule, heard))
    for pattern, weight in rule.patterns:
        if fits := pattern.search(heard.text):
            start, end = fits.span()
            found.append((start, end, rule.rule, heard.text[start:end], weight, rule.category))
    return len(found) > before or not rule.needs_word


def _words_of(rule: Combination, heard: _Heard) -> Iterator[_Counted]:
    """The words of a rule that holds, each at its first place outside longer ones."""
    for word in heard.first:
        if word in rule.uses:
            use = rule.uses[word]
            if place := heard.outside(word, use.covers):
                yield *place, rule.rule, use.word, use.weight, rule.category


def _said(rule: Combination, heard: _Heard) -> list[_Place] | None:
    """One place for each thing that must be said, the earliest that fit; None when they stand too far apart."""
    present = [group.intersection(heard.first) for group in rule.groups]
    if rule.within is None:
        return [min(((word, heard.first[word]) for word in words), key=_by_place) for words in present]
    places = [
        sorted(((word, span) for word in words for span in heard.places(word)), key=_by_place) for words in present
    ]
    return _nearest(places, rule.within)


def _by_place(place: _Place) -> tuple[_Span, int]:
    return place[1], place[0]


def _nearest(places: list[list[_Place]], within: int) -> list[_Place] | None:
    """One place each, all within that many characters, as early as possible; only the first places are tried."""
    tried = [options[:_PLACES_TRIED] for options in places]
    for start in sorted({span[0] for options in tried for _, span in options}):
        choice: list[_Place] = []
        for options in tried:
            near = [place for place in options if start <= place[1][0] and place[1][1] <= start + within]
            if not near:
                break
            choice.append(min(near, key=_by_end))
        else:
            return choice
    return None


def _by_end(place: _Place) -> tuple[int, int, int]:
    word, (start, end) = place
    return end, start, word


def _decision(
    rules: RuleSet, normal: NormalText, found: list[_Counted], held: list[Combination], facts: Circumstances
) -> Decision:
    found = _ordered(found, normal)
    scores = _scores(rules, found)
    decisive = _decisive(held)
    if decisive is not None:
        scores = _first(scores, decisive.category)
    best = scores[0].category if scores else None
    group = rules.groups[best] if best else None
    rival = next((score for score in scores if rules.groups[score.category] != group), None)
    margin = round(scores[0].score - (rival.score if rival else 0.0), 4) if scores else 0.0
    sure = decisive is not None or (bool(scores) and scores[0].score >= rules.threshold and margin >= rules.margin)
    outcome: Outcome = "routed" if sure and group != OUTSIDE else "review"
    effects = tuple(with_reasons(rule, facts, normal.text) for rule in held if rule.effect is not None)
    return Decision(
        outcome=outcome,
        category=best,
        group=group,
        department=None,
        urgency=max((effect.urgency for effect in effects), key=URGENCIES.index) if effects else "normal",
        difficulty=max((effect.difficulty for effect in effects), key=DIFFICULTIES.index) if effects else "normal",
        rule_set=rules.version,
        scores=tuple(scores[:SCORES_KEPT]),
        evidence=tuple([_made(Evidence, (item[2], item[3], item[0], item[1], item[4], item[5])) for item in found]),
        runner_up=rival.category if rival else None,
        margin=max(margin, 0.0),
        scripts=_scripts(held) if held else (),
        effects=effects,
        decisive=decisive.rule if decisive is not None else None,
    )


def _ordered(found: list[_Counted], normal: NormalText) -> list[_Counted]:
    """The evidence by place in the text as it was told; a word against a category counts where one speaks for it."""
    if any(item[4] < 0 for item in found):
        spoken_for = {item[5] for item in found if item[4] > 0}
        found = [item for item in found if item[4] >= 0 or item[5] in spoken_for]
    if normal.starts:
        found = [(*normal.span(item[0], item[1]), *item[2:]) for item in found]
    found.sort()
    return found


def _scores(rules: RuleSet, found: list[_Counted]) -> list[Score]:
    sums: dict[str, float] = {}
    for _start, _end, _rule, _word, weight, category in found:
        sums[category] = sums.get(category, 0.0) + weight
    sums.pop("", None)
    scores = [_made(Score, (category, rounded)) for category, total in sums.items() if (rounded := round(total, 4)) > 0]
    if len(scores) > 1:
        order = rules.order
        scores.sort(key=lambda score: (-score[1], order[score[0]]))
    return scores


def _decisive(held: list[Combination]) -> Combination | None:
    """Of the rules that hold, the one with the highest priority which speaks for a category."""
    return max((rule for rule in held if rule.priority is not None and rule.category), key=_priority, default=None)


def _priority(rule: Combination) -> int:
    return rule.priority or 0


def _first(scores: list[Score], category: str) -> list[Score]:
    """The same scores, that of the category in front, whatever it is."""
    own = next((score for score in scores if score.category == category), Score(category, 0.0))
    return [own, *(score for score in scores if score.category != category)]


def _scripts(held: list[Combination]) -> tuple[Script, ...]:
    """What the operator does at once: by priority, then in the order of the file."""
    return tuple(rule.script for rule in sorted(held, key=_priority, reverse=True) if rule.script is not None)
