"""What kind of matter a text is: scores, evidence, and what decisive rules add. One pass over the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from hotline.routing.categories import OUTSIDE
from hotline.routing.compiled import PARTS, Combination, RuleSet, Use
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

_Counted: TypeAlias = tuple[_Span, Use]
"""A word that counts, and where: sorted, they stand in the order of evidence."""

_made = tuple.__new__
"""Evidence and scores are made here by the hundred thousand; this is what their own constructors come down to."""


class _Heard:
    """The words found in one text: `first` has the first place of each; all places are sorted out when asked for."""

    __slots__ = ("_all", "_matches", "first", "text")

    def __init__(self, text: str, first: dict[int, _Span], matches: Sequence[tuple[int, int, int]]) -> None:
        self.text = text
        self.first = first
        self._matches = matches
        self._all: dict[int, list[_Span]] | None = None

    def places(self, word: int) -> list[_Span]:
        """Everywhere the word stands, first place first."""
        if self._all is None:
            self._all = {}
            for each, start, end in self._matches:
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
    matches = rules.automaton.find_matches_as_indexes(normal.text, overlapping=True)
    first = {word: (start, end) for word, start, end in reversed(matches)}
    heard: _Heard | None = None
    found: list[_Counted] = []
    said, signs, uses = rules.unasked, rules.signs, rules.uses
    for word, span in first.items():
        if sign := signs[word]:
            said |= sign
        for use in uses[word]:
            covers = use[5]
            if not covers or covers.isdisjoint(first):
                found.append((span, use))
                continue
            heard = heard or _Heard(normal.text, first, matches)
            if place := heard.outside(word, covers):
                found.append((place, use))
    complete = _complete(rules, said)
    if not complete:
        return _decision(rules, normal, found, (), facts)
    heard = heard or _Heard(normal.text, first, matches)
    held = [rule for rule in _combinations(rules, complete) if _holds(rule, heard, facts, found)]
    return _decision(rules, normal, found, held, facts)


def is_sure(rules: RuleSet, decision: Decision) -> bool:
    """Whether the score and its lead reach what the rule set asks for, or a rule with a priority decided."""
    if decision.decisive is not None:
        return True
    return bool(decision.scores) and decision.scores[0].score >= rules.threshold and decision.margin >= rules.margin


def _complete(rules: RuleSet, said: int) -> int:
    """A bit for each combination of which everything has been said; `said` as in `RuleSet.signs`."""
    size = len(rules.combinations)
    complete = (1 << size) - 1
    for section in range(rules.sections):
        complete &= said >> (section * size)
    return complete


def _combinations(rules: RuleSet, complete: int) -> Iterator[Combination]:
    """The combinations whose bits are set, in the order of the file."""
    while complete:
        lowest = complete & -complete
        yield rules.combinations[lowest.bit_length() - 1]
        complete ^= lowest


def _holds(rule: Combination, heard: _Heard, facts: Circumstances, found: list[_Counted]) -> bool:
    """Whether a rule whose groups have all been said holds; then its evidence is added."""
    if rule.none and not rule.none.isdisjoint(heard.first):
        return False
    if rule.conditional and not conditions_hold(rule, facts, heard.text):
        return False
    choice = _said(rule, heard)
    if choice is None:
        return False
    before = len(found)
    found.extend((span, uses[word]) for (word, span), uses in zip(choice, rule.spoken, strict=True))
    if rule.uses:
        found.extend(_words_of(rule, heard))
    for pattern, use in rule.patterns:
        if fits := pattern.search(heard.text):
            start, end = fits.span()
            found.append(((start, end), use._replace(word=heard.text[start:end])))
    return len(found) > before or not rule.needs_word


def _words_of(rule: Combination, heard: _Heard) -> Iterator[_Counted]:
    """The words of a rule that holds, each at its first place outside longer ones."""
    for word in heard.first:
        if (use := rule.uses.get(word)) and (place := heard.outside(word, use.covers)):
            yield place, use


def _said(rule: Combination, heard: _Heard) -> list[_Place] | None:
    """One place for each thing that must be said, the earliest that fit; None when they stand too far apart."""
    present = [group.intersection(heard.first) for group in rule.groups]
    if rule.within is None:
        return [min([(word, heard.first[word]) for word in words], key=_by_place) for words in present]
    places = [[(word, span) for word in words for span in heard.places(word)] for words in present]
    if all(len(options) == 1 for options in places):
        choice = [options[0] for options in places]
        start, end = min([span[0] for _, span in choice]), max([span[1] for _, span in choice])
        return choice if end - start <= rule.within else None
    for options in places:
        options.sort(key=_by_place)
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
    rules: RuleSet, normal: NormalText, found: list[_Counted], held: Sequence[Combination], facts: Circumstances
) -> Decision:
    found, scores = _added_up(rules, found)
    if normal.starts:
        found = [(normal.span(*span), use) for span, use in found]
    found.sort()
    decisive = _decisive(held) if held else None
    if decisive is not None:
        scores = _first(scores, decisive.category)
    best, group, rival, margin = _lead(rules, scores)
    sure = decisive is not None or (best is not None and scores[0][1] >= rules.threshold and margin >= rules.margin)
    outcome: Outcome = "routed" if sure and group != OUTSIDE else "review"
    effects = tuple([with_reasons(rule, facts, normal.text) for rule in held if rule.effect is not None])
    return Decision(
        outcome=outcome,
        category=best,
        group=group,
        department=None,
        urgency=max((effect.urgency for effect in effects), key=URGENCIES.index) if effects else "normal",
        difficulty=max((effect.difficulty for effect in effects), key=DIFFICULTIES.index) if effects else "normal",
        rule_set=rules.version,
        scores=tuple(scores[:SCORES_KEPT]),
        evidence=tuple([_made(Evidence, (use[0], use[1], span[0], span[1], use[2], use[3])) for span, use in found]),
        runner_up=rival,
        margin=margin,
        scripts=_scripts(held) if held else (),
        effects=effects,
        decisive=decisive.rule if decisive is not None else None,
    )


def _lead(rules: RuleSet, scores: list[Score]) -> tuple[str | None, str | None, str | None, float]:
    """The best category, its group, the best category of another group, and the lead over it, at least 0."""
    if not scores:
        return None, None, None, 0.0
    groups = rules.groups
    best, score = scores[0]
    group = groups[best]
    for rival, other in scores:
        if groups[rival] != group:
            return best, group, rival, max(round(score - other, 4), 0.0)
    return best, group, None, score


def _added_up(rules: RuleSet, found: list[_Counted]) -> tuple[list[_Counted], list[Score]]:
    """What counts, and the scores it adds up to; a word against a category counts only where one speaks for it."""
    sums: dict[str, int] = {}
    negative = False
    for _span, use in found:
        if (parts := use[4]) > 0:
            category = use[3]
            sums[category] = sums.get(category, 0) + parts
        elif parts < 0:
            negative = True
    if negative:
        found = [each for each in found if each[1][4] >= 0 or each[1][3] in sums]
        for _span, use in found:
            if use[4] < 0:
                sums[use[3]] += use[4]
    if len(sums) < 2:  # noqa: PLR2004 - nothing to sort
        return found, [_made(Score, (category, total / PARTS)) for category, total in sums.items() if total > 0]
    order = rules.order
    ranked = sorted([(-total, order[category], category) for category, total in sums.items() if total > 0])
    return found, [_made(Score, (category, -total / PARTS)) for total, _order, category in ranked]


def _decisive(held: Sequence[Combination]) -> Combination | None:
    """Of the rules that hold, the one with the highest priority which speaks for a category."""
    return max((rule for rule in held if rule.priority is not None and rule.category), key=_priority, default=None)


def _priority(rule: Combination) -> int:
    return rule.priority or 0


def _first(scores: list[Score], category: str) -> list[Score]:
    """The same scores, that of the category in front, whatever it is."""
    own = next((score for score in scores if score.category == category), Score(category, 0.0))
    return [own, *(score for score in scores if score.category != category)]


def _scripts(held: Sequence[Combination]) -> tuple[Script, ...]:
    """What the operator does at once: by priority, then in the order of the file."""
    return tuple(rule.script for rule in sorted(held, key=_priority, reverse=True) if rule.script is not None)
