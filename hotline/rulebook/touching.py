"""Which texts two rule sets can decide differently at all: the others need to be decided only once. Pure.

A rule without effect on a text changes nothing of its decision (tests/routing says so for any rule), so only texts in
which a word of a rule stands that came, went or changed have to be asked about twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ahocorasick_rs import AhoCorasick

from hotline.routing.ruleset import RuleSetTable, RuleTable
from hotline.routing.text import normal_form

Touched = Callable[[str], bool]
"""Whether a text, as it was told, may be decided differently."""


def every_text(_text: str) -> bool:
    """Every text may be."""
    return True


def touched_by(before: RuleSetTable, after: RuleSetTable) -> Touched:
    """Tells for a text whether anything of what differs between the two can be heard in it."""
    if _of_the_whole(before) != _of_the_whole(after):
        return every_text
    differing = [*_not_in(before, after), *_not_in(after, before)]
    if any(not _needs_words(rule) for rule in differing):
        return every_text
    words = sorted({word for rule in differing for word in _words(rule)})
    automaton = AhoCorasick(words) if words else None
    return lambda text: automaton is not None and bool(automaton.find_matches_as_indexes(normal_form(text).text))


def _of_the_whole(table: RuleSetTable) -> dict[str, Any]:
    """What of a rule set concerns every text: all but its name and its rules, whatever keys there will be."""
    return table.model_dump(exclude={"name", "rule"})


def _not_in(here: RuleSetTable, there: RuleSetTable) -> Iterator[RuleTable]:
    """The rules of one which the other does not have just so."""
    known = {rule.id: rule for rule in there.rule}
    return (rule for rule in here.rule if known.get(rule.id) != rule)


def _needs_words(rule: RuleTable) -> bool:
    """Whether nothing comes of the rule unless one of its words is said."""
    return bool(rule.groups) or (bool(rule.words) and not rule.patterns)


def _words(rule: RuleTable) -> Iterator[str]:
    yield from (word for word, _weight in rule.weighted_words())
    yield from (normal_form(word).text for group in rule.groups for word in group)
