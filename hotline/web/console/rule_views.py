"""Rules, versions and differences, worded for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Final

from hotline.errors import Mistake
from hotline.i18n import _, mark, pick
from hotline.policy import Policy
from hotline.registry.fields import KINDS
from hotline.routing.decision import Decision
from hotline.routing.ruleset import RuleSetTable, RuleTable
from hotline.rulebook.checking import Fault
from hotline.rulebook.differences import Changed, Difference, Turned
from hotline.rulebook.models import FIRST_VERSIONS_NOTE, STATE_LABELS, State
from hotline.telephony.calls import CHANNEL_LABELS
from hotline.web import show as words_of
from hotline.web.console import labels
from hotline.web.console.reasons import why_view
from hotline.web.refusals import say

WORDS_SHOWN: Final = 6
PLACES_SHOWN: Final = 4
_KEYS: Final = {
    "name": mark("Name"), "threshold": mark("Threshold"), "margin": mark("Margin"), "category": mark("Category"),
    "weight": mark("Weight"), "all": mark("All of"), "any": mark("One of"), "none": mark("None of"),
    "within": mark("Within characters"), "min_people": mark("From so many people"),
    "max_people": mark("Up to so many people"), "min_amount": mark("From so many yuan"), "channels": mark("Channels"),
    "min_months": mark("From so many months"), "places": mark("Only where one of these places is named"),
    "employer_kinds": mark("Only employers of these kinds"), "hours": mark("Only at these hours"),
    "priority": mark("Priority"), "words": mark("Words with weights"), "patterns": mark("Patterns with weights"),
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
        priority=rule.priority,
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
    said = [_(message, n=f"{n:,.12g}") for message, n in _limits(rule) if n]
    if rule.hours is not None:
        said.append(_("hours {hours}", hours=rule.hours))
    if rule.places:
        named = _(", ").join(rule.places[:PLACES_SHOWN]) + ("…" if len(rule.places) > PLACES_SHOWN else "")
        said.append(_("in {places}", places=named))
    return [*said, *_codes("employer_kinds", rule.employer_kinds), *_codes("channels", rule.channels)]


def _limits(rule: RuleTable) -> tuple[tuple[str, float | None], ...]:
    return (
        (mark("{n} things together"), len(rule.groups) if len(rule.groups) > 1 else None),
        (mark("within {n} characters"), rule.within),
        (mark("{n} patterns"), sum(len(given) for given in rule.patterns.values())),
        (mark("from {n} people"), rule.min_people),
        (mark("up to {n} people"), rule.max_people),
        (mark("from {n} yuan"), rule.min_amount),
        (mark("from {n} months"), rule.min_months),
    )


def _codes(key: str, codes: Sequence[str]) -> list[str]:
    """Codes of this key by their names; what is none of them as it is."""
    names = {
        "channels": {channel.value: _(label) for channel, label in CHANNEL_LABELS.items()},
        "employer_kinds": {kind.code: kind.label for kind in KINDS},
        "urgency": {code: _(label) for code, label in labels.URGENCY_LABELS.items()},
        "difficulty": {code: _(label) for code, label in labels.DIFFICULTY_LABELS.items()},
    }
    return [names.get(key, {}).get(code, code) for code in codes]


def difference_view(policy: Policy, found: Difference) -> SimpleNamespace:
    """What leads from one rule set to another."""
    return SimpleNamespace(
        any=bool(found),
        added=[rule_line(policy, rule) for rule in found.added],
        removed=[rule_line(policy, rule) for rule in found.removed],
        changed=[_changed(policy, change) for change in found.changed],
        keys=[_turned(policy, turn) for turn in found.keys],
    )


def _changed(policy: Policy, change: Changed) -> SimpleNamespace:
    return SimpleNamespace(
        rule=change.rule,
        words=[
            SimpleNamespace(word=one.word, before=_number(one.before), after=_number(one.after)) for one in change.words
        ],
        keys=[_turned(policy, turn) for turn in change.keys],
    )


def _turned(policy: Policy, turn: Turned) -> SimpleNamespace:
    before, after = (_value(policy, turn.key, value) for value in (turn.before, turn.after))
    return SimpleNamespace(key=key_label(turn.key), before=before, after=after)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:+g}"


def _value(policy: Policy, key: str, value: Any) -> str:
    """What a key said: codes by their names, lists as a sentence."""
    match key, value:
        case _, None:
            return "—"
        case "category", str():
            return labels.category_name(policy, value)
        case "script", {"zh": str(zh), "en": str(en)}:
            return pick(zh, en)
        case "patterns", dict():
            return "; ".join(f"{weight}: {one}" for weight, given in value.items() for one in given)
        case _, str():
            return _codes(key, [value])[0]
        case _, list():
            parts = [part if isinstance(part, str) else "/".join(map(str, part)) for part in value]
            return _(", ").join(_codes(key, parts))
    return json.dumps(value, ensure_ascii=False)


def fault_view(policy: Policy, fault: Fault, table: RuleSetTable | None) -> SimpleNamespace:
    """A mistake with its line, and the rule to go to where there is such a one; categories by their names."""
    known = table is not None and any(rule.id == fault.rule for rule in table.rule)
    mistake = fault.mistake
    if "category" in mistake.params:
        name = labels.category_name(policy, str(mistake.params["category"]))
        mistake = Mistake(mistake.field, mistake.message, {**mistake.params, "category": name})
    return SimpleNamespace(line=fault.line, rule=fault.rule, known=known, text=say(mistake), where=mistake.field)


def tried_view(policy: Policy, text: str, decision: Decision) -> SimpleNamespace:
    """What a rule set says about a text, with every reason and the words that counted."""
    view = why_view(policy, decision.to_json())
    view.urgency = _(labels.URGENCY_LABELS[decision.urgency]) if decision.urgency != "normal" else ""
    view.pieces = words_of.pieces(text, [(item.start, item.end, item.rule) for item in decision.evidence])
    return view
