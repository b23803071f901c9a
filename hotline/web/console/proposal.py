"""What the rules say, worded for the operator who is listening."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final

from hotline.cases.intake import untold_in
from hotline.i18n import _, mark
from hotline.routing.decision import Decision
from hotline.routing.facts import Fact, extract_facts
from hotline.routing.questions import SEVEN, SEVEN_LABELS, missing_facts
from hotline.telephony.calls import Call
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.console.reasons import why_view
from hotline.work import Work

MOST_OFFERS: Final = 3
"""For one field."""
_FIELD_OF: Final = {"people": "people", "amount": "amount_owed", "employer": "employer"}
_FACT_OF: Final = {fact: fact for fact in SEVEN} | {"period": "since"}
"""Which of the seven facts a fact of the narrative is."""
_FACT_LABELS: Final = {**SEVEN_LABELS, "injury": mark("Injury")}


def proposal_view(work: Work, call: Call, decision: Decision, *, who: bool) -> SimpleNamespace:
    """The context of `console/_proposal.html`; `who`: a name or number has been typed."""
    facts = extract_facts(call.narrative, tree=work.policy.departments)
    untold = [_(SEVEN_LABELS[fact]) for fact in untold_in(call, facts, decision) if fact != "who" or not who]
    view = why_view(work.policy, decision.to_json())
    view.accept_by = _accept_by(work, decision)
    view.urgent = decision.urgency != "normal"
    view.urgency_label = _(labels.URGENCY_LABELS[decision.urgency])
    view.difficulty_label = _(labels.DIFFICULTY_LABELS[decision.difficulty])
    view.pieces = _pieces(call.narrative, decision, facts)
    view.told = f"{len(SEVEN) - len(untold)}/{len(SEVEN)}"
    view.complete, view.untold = not untold, untold
    view.offers = offers(call, facts)
    view.missing = [_(question) for question in _missing(work, call, decision)]
    return view


def offers(call: Call, facts: Sequence[Fact]) -> list[SimpleNamespace]:
    """What the words tell and the fields do not say, by field: to be filled in by a press, never by itself."""
    fields: dict[str, Any] = {"people": call.people, "amount_owed": call.amount_owed, "employer": call.employer}
    made: list[SimpleNamespace] = []
    for fact in facts:
        field = _FIELD_OF.get(fact.kind)
        if field is None or fact.value == fields[field] or (fields[field] and str(fact.value) in str(fields[field])):
            continue
        offer = SimpleNamespace(field=field, value=_typed(fact.value), text=_offered(fact))
        of_field = [one for one in made if one.field == field]
        if len(of_field) < MOST_OFFERS and offer.value not in {one.value for one in of_field}:
            made.append(offer)
    places = [place for place in _places(call.narrative, facts) if place not in call.place]
    return made + [SimpleNamespace(field="place", value=place, text=place) for place in places[:MOST_OFFERS]]


def _places(narrative: str, facts: Sequence[Fact]) -> list[str]:
    """Places as they are told: names that follow one another, district and street, are one."""
    spans: list[list[int]] = []
    for fact in facts:
        if fact.kind == "place" and spans and fact.start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], fact.end)
        elif fact.kind == "place":
            spans.append([fact.start, fact.end])
    return list(dict.fromkeys(narrative[start:end] for start, end in spans))


def _typed(value: int | Decimal | str) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _offered(fact: Fact) -> str:
    if isinstance(fact.value, Decimal):
        return words.money(fact.value)
    return _("{n} people", n=words.count(fact.value)) if fact.kind == "people" else str(fact.value)


def _pieces(narrative: str, decision: Decision, facts: Sequence[Fact]) -> list[SimpleNamespace]:
    """The narrative with the words that decided and the facts it tells; `fact` where nothing but a fact is told."""
    labels_of = {fact.kind: _(_FACT_LABELS[_FACT_OF.get(fact.kind, fact.kind)]) for fact in facts}
    spans = [(item.start, item.end, item.rule) for item in decision.evidence]
    if decision.unit is not None and decision.unit.start is not None and decision.unit.end is not None:
        spans.append((decision.unit.start, decision.unit.end, _("In the register")))
    spans += [(fact.start, fact.end, labels_of[fact.kind]) for fact in facts]
    told = set(labels_of.values())
    return [
        SimpleNamespace(
            text=piece.text, rules=piece.rules, fact=piece.rules is not None and told.issuperset(piece.rules)
        )
        for piece in words.pieces(narrative, spans)
    ]


def _accept_by(work: Work, decision: Decision) -> str:
    if decision.outcome != "routed":
        return ""
    limit = work.policy.limits.find(
        group=decision.group,
        category=decision.category,
        difficulty=decision.difficulty,
        urgency=decision.urgency,
    )
    due = limit.accept_by(since=work.now, calendar=work.policy.calendar)
    return words.when(due.due_at, work.now)


def _missing(work: Work, call: Call, decision: Decision) -> tuple[str, ...]:
    category = work.policy.categories.get(decision.category) if decision.category else None
    if category is None:
        return ()
    registered = "" if decision.unit is None else decision.unit.name  # the register knows where it is
    return missing_facts(
        category,
        call.narrative,
        place=call.place or registered,
        employer=call.employer or registered,
        people=call.people,
        amount_owed=call.amount_owed,
    )
