"""Why a decision is what it is, worded once: shown alike on a case, at intake, on trial, in a backtest, on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final

from hotline.i18n import _, pick
from hotline.policy import Policy
from hotline.registry.fields import KINDS
from hotline.telephony.calls import CHANNEL_LABELS, Channel
from hotline.web import show
from hotline.web.console import labels
from hotline.web.console.paths import path_words
from hotline.web.console.units import how_found, unit_path

OTHERS: Final = 2
"""How many categories that were beaten are named."""
_PRIORITY: Final = "number"
"""The value by which the reason of a rule with a priority is known: told in a line of its own."""
_Plain = Mapping[str, Any]


def why_view(policy: Policy, decision: _Plain) -> SimpleNamespace:
    """The context of `components/why.html`, from a decision as it is stored; an early one lacks the newer keys.

    `category_label`, `group_label`, `department_label`: what the rules say; `decided_by`: None, or {rule, said} of the
    rule that went before the score; `scripts`: what to do at once; `rules`: those that spoke for it, then those that
    call for attention, {rule, words: list of {word, weight}, said: conditions that held}; `lead`: score and runner-up
    in a sentence; `others`: {label, score, words}; `territory`, `unit_path`: the way; `rule_set`: the version.
    """
    category = decision["category"]
    return SimpleNamespace(
        routed=decision["outcome"] == "routed",
        category_label=labels.category_name(policy, category),
        group_label=labels.group_name(policy, category),
        department_label=labels.department_path(policy, decision["department"]) if decision["department"] else "",
        decided_by=_decided_by(decision),
        scripts=[pick(script["zh"], script["en"]) for script in decision.get("scripts", ())],
        rules=_rules(decision),
        lead=_lead(policy, decision),
        others=[_other(policy, score, decision) for score in decision["scores"] if score["category"] != category][
            :OTHERS
        ],
        territory=path_words(policy, decision),
        unit_path=unit_path(policy, decision),
        unit_words=how_found(decision),
        rule_set=decision["rule_set"],
    )


def _decided_by(decision: _Plain) -> SimpleNamespace | None:
    rule = decision.get("decisive")
    if not rule:
        return None
    of_rule = (one["params"] for one in decision.get("reasons", ()) if one["rule"] == rule)
    priority = next((params[_PRIORITY] for params in of_rule if _PRIORITY in params), None)
    if priority is None:
        return SimpleNamespace(rule=rule, said=_("decided before any score"))
    return SimpleNamespace(rule=rule, said=_("decided before any score (priority {number})", number=priority))


def _rules(decision: _Plain) -> list[SimpleNamespace]:
    """Each rule that spoke for the category, or did more than add to a score, with its words and conditions."""
    category = decision["category"]
    found: dict[str, SimpleNamespace] = {}
    items = [item for item in decision["evidence"] if item["category"] in {category, ""}]
    for item in sorted(items, key=lambda item: item["category"] != category):
        words = found.setdefault(item["rule"], SimpleNamespace(rule=item["rule"], words={}, said=[])).words
        words[item["word"], show.weight(item["weight"])] = SimpleNamespace(
            word=item["word"], weight=show.weight(item["weight"])
        )
    for one in decision.get("reasons", ()):
        if _PRIORITY not in one["params"]:
            rule = found.setdefault(one["rule"], SimpleNamespace(rule=one["rule"], words={}, said=[]))
            rule.said.append(reason_text(one["reason"], one["params"]))
    return [SimpleNamespace(rule=one.rule, words=list(one.words.values()), said=one.said) for one in found.values()]


def reason_text(message: str, params: _Plain) -> str:
    """A reason in the reader's words: codes by their names, amounts with separators."""
    return _(message, **{name: _value(name, value) for name, value in params.items()})


def _value(name: str, value: Any) -> Any:
    match name, value:
        case "channel", str() if value in set(Channel):
            return _(CHANNEL_LABELS[Channel(value)])
        case "kind", str():
            return next((kind.label for kind in KINDS if kind.code == value), value)
        case "amount", str():
            return f"{Decimal(value).normalize():,f}"
    return value


def _lead(policy: Policy, decision: _Plain) -> str:
    scores: Sequence[_Plain] = decision["scores"]
    if not scores:
        return _("No rule speaks for a category.")
    score, margin = f"{scores[0]['score']:g}", f"{decision['margin']:g}"
    other = decision.get("runner_up")
    if not other:
        return _("Score {score}; no other group came up", score=score)
    name = labels.category_name(policy, other)
    return _("Score {score}, {margin} ahead of {other}", score=score, margin=margin, other=name)


def _other(policy: Policy, score: _Plain, decision: _Plain) -> SimpleNamespace:
    words = [item["word"] for item in decision["evidence"] if item["category"] == score["category"]]
    return SimpleNamespace(
        label=labels.category_name(policy, score["category"]),
        score=f"{score['score']:g}",
        words=_(", ").join(dict.fromkeys(words)),
    )
