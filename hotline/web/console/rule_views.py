"""Rules, versions and differences, worded for people."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, Final

from hotline.i18n import _, mark
from hotline.policy import Policy
from hotline.routing.decision import Decision
from hotline.routing.ruleset import RuleSetTable, RuleTable
from hotline.rulebook.checking import Fault
from hotline.rulebook.differences import Changed, Difference, Turned
from hotline.rulebook.models import FIRST_VERSIONS_NOTE, STATE_LABELS, State
from hotline.telephony.calls import CHANNEL_LABELS, Channel
from hotline.web import show as words_of
from hotline.web.console import labels
from hotline.web.console.reasons import why_view
from hotline.web.refusals import say

WORDS_SHOWN: Final = 8
_KEYS: Final = {
    "name": mark("Name"), "threshold": mark("Threshold"), "margin": mark("Margin"), "category": mark("Category"),
    "weight": mark("Weight"), "all": mark("All of"), "any": mark("One of"), "none": mark("None of"),
    "within": mark("Within characters"), "min_people": mark("From so many people"),
    "max_people": mark("Up to so many people"), "min_amount": mark("From so many yuan"), "channels": mark("Channels"),
    "urgency": mark("Urgency"), "difficulty": mark("Difficulty"), "script": mark("What to do at once"),
    "examples": mark("Examples"), "counter_examples": mark("Counter-examples"),
}  # fmt: skip


def key_label(key: str) -> str:
    """A key of a rule in words; the key itself where it is a newer one."""
    return _(_KEYS[key]) if key in _KEYS else key


def note_words(note: str) -> str:
    """The note of a rule set; the service's own one is translated."""
    return _(note) if note == FIRST_VERSIONS_NOTE else note


def state_words(state: State) -> str:
    """Where a rule set stands."""
    return _(STATE_LABELS[state])


def rule_line(policy: Policy, rule: RuleTable, figures: dict[str, tuple[int, int]] | None = None) -> SimpleNamespace:
    """A rule in a list: what it speaks for, its weightiest words, what must hold, how it fares."""
    words = [word for word, _weight in sorted(_weighed(rule), key=_heaviest)]
    hits, returned = (figures or {}).get(rule.id, (0, 0))
    return SimpleNamespace(
        id=rule.id,
        category=labels.category_name(policy, rule.category),
        words=_(", ").join(words[:WORDS_SHOWN]),
        more=max(0, len(words) - WORDS_SHOWN),
        conditions=conditions_of(rule),
        urgent=rule.urgency != "normal",
        urgency=_(labels.URGENCY_LABELS[rule.urgency]) if rule.urgency != "normal" else "",
        hits=hits,
        returned=words_of.share(returned, hits),
    )


def _weighed(rule: RuleTable) -> list[tuple[str, float]]:
    listed = [(word, float(weight)) for weight, words in rule.words.items() for word in words]
    return listed or [(word, 0.0) for group in rule.groups for word in group]


def _heaviest(entry: tuple[str, float]) -> float:
    return -abs(entry[1])


def conditions_of(rule: RuleTable) -> list[str]:
    """What must hold beside a word, in words."""
    said = []
    if len(rule.groups) > 1:
        said.append(_("{n} things together", n=len(rule.groups)))
    if rule.within is not None:
        said.append(_("within {n} characters", n=rule.within))
    if rule.min_people is not None:
        said.append(_("from {n} people", n=rule.min_people))
    if rule.max_people is not None:
        said.append(_("up to {n} people", n=rule.max_people))
    if rule.min_amount is not None:
        said.append(_("from {n} yuan", n=f"{rule.min_amount:g}"))
    said += [_(CHANNEL_LABELS[Channel(channel)]) for channel in rule.channels]
    return said


def difference_view(policy: Policy, found: Difference) -> SimpleNamespace:
    """What leads from one rule set to another."""
    return SimpleNamespace(
        any=bool(found),
        added=[rule_line(policy, rule) for rule in found.added],
        removed=[rule_line(policy, rule) for rule in found.removed],
        changed=[_changed(change) for change in found.changed],
        keys=[_turned(turn) for turn in found.keys],
    )


def _changed(change: Changed) -> SimpleNamespace:
    return SimpleNamespace(
        rule=change.rule,
        words=[
            SimpleNamespace(word=one.word, before=_number(one.before), after=_number(one.after)) for one in change.words
        ],
        keys=[_turned(turn) for turn in change.keys],
    )


def _turned(turn: Turned) -> SimpleNamespace:
    return SimpleNamespace(key=key_label(turn.key), before=_value(turn.before), after=_value(turn.after))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:+g}"


def _value(value: Any) -> str:
    match value:
        case None:
            return "—"
        case str():
            return value
        case list():
            return _(", ").join(part if isinstance(part, str) else "/".join(map(str, part)) for part in value)
    return json.dumps(value, ensure_ascii=False)


def fault_view(fault: Fault, table: RuleSetTable | None) -> SimpleNamespace:
    """A mistake with its line, and the rule to go to where there is such a one."""
    known = table is not None and any(rule.id == fault.rule for rule in table.rule)
    return SimpleNamespace(
        line=fault.line, rule=fault.rule, known=known, text=say(fault.mistake), where=fault.mistake.field
    )


def tried_view(policy: Policy, text: str, decision: Decision) -> SimpleNamespace:
    """What a rule set says about a text, with every reason and the words that counted."""
    view = why_view(policy, decision.to_json())
    view.urgency = _(labels.URGENCY_LABELS[decision.urgency]) if decision.urgency != "normal" else ""
    view.pieces = words_of.pieces(text, [(item.start, item.end, item.rule) for item in decision.evidence])
    return view
