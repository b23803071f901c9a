"""Conditions of rules on what is known beside the words, and how those that held are told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hotline.i18n import mark
from hotline.routing.compiled import Combination
from hotline.routing.decision import Effect, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known beside the text; None where it is not.

    People affected; money owed in yuan; months it has lasted; the place given, in normal form; what kind of employer
    it is; the hour of the day in Shanghai; the channel it came by.
    """

    people: int | None = None
    amount_owed: Decimal | None = None
    months: float | None = None
    place: str = ""
    employer_kind: str | None = None
    hour: int | None = None
    channel: str = "phone"


NOTHING_KNOWN = Circumstances()


def conditions_hold(rule: Combination, facts: Circumstances, text: str) -> bool:
    """Whether everything a rule asks beside words is so; `text` is the normal form."""
    if rule.min_people is not None and (facts.people is None or facts.people < rule.min_people):
        return False
    if rule.max_people is not None and (facts.people is None or facts.people > rule.max_people):
        return False
    if rule.min_amount is not None and (facts.amount_owed is None or facts.amount_owed < rule.min_amount):
        return False
    if rule.min_months is not None and (facts.months is None or facts.months < rule.min_months):
        return False
    return (
        (not rule.places or _place_named(rule, facts, text) is not None)
        and (not rule.employer_kinds or facts.employer_kind in rule.employer_kinds)
        and (rule.hours is None or facts.hour in rule.hours)
        and (not rule.channels or facts.channel in rule.channels)
    )


def _place_named(rule: Combination, facts: Circumstances, text: str) -> str | None:
    """The first of the rule's places that the place given names, or the text where none is given."""
    told = facts.place or text
    return next((word for word in rule.places if word in told), None)


def with_reasons(rule: Combination, facts: Circumstances, text: str) -> Effect:
    """The effect of a rule that holds, with the conditions that held."""
    effect = rule.effect or Effect(rule.rule, "normal", "normal")
    reasons = [Reason(message, params) for asked, message, params in _reasons(rule, facts, text) if asked]
    return dataclasses.replace(effect, reasons=tuple(reasons)) if reasons else effect


def _reasons(rule: Combination, facts: Circumstances, text: str) -> Iterator[tuple[bool, str, dict[str, Any]]]:
    """Each condition there can be: whether the rule has it, and how it is told."""
    asks_people = rule.min_people is not None or rule.max_people is not None
    yield asks_people, mark("{people} people are affected."), {"people": facts.people}
    yield rule.min_amount is not None, mark("{amount} yuan are owed."), {"amount": str(facts.amount_owed)}
    yield rule.min_months is not None, mark("It has lasted {months} months."), {"months": f"{facts.months or 0:g}"}
    place = _place_named(rule, facts, text)
    yield bool(rule.places), mark("The place “{word}” is named."), {"word": place}
    kind = facts.employer_kind
    yield bool(rule.employer_kinds), mark("The employer is of the kind “{kind}”."), {"kind": kind}
    yield rule.hours is not None, mark("It came in hour {hour} of the day."), {"hour": facts.hour}
    yield bool(rule.channels), mark("It came by “{channel}”."), {"channel": facts.channel}
    priority = rule.priority
    yield priority is not None, mark("The rule goes before the score, priority {number}."), {"number": priority}
