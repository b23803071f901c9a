"""Taking a call: from what the worker says to a case on the right desk, or answered, or referred, or in review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hotline.accounts.permissions import Permission, demand
from hotline.cases import details as d
from hotline.cases.clocks import set_clocks
from hotline.cases.corrections import correction_at_intake
from hotline.cases.effects import EFFECTS
from hotline.cases.grams import desk_marks, grams, normal
from hotline.cases.handling import StepRefused, change_by_person, department_for, move, notice_facts
from hotline.cases.lifecycle import ACTION_LABELS, START, STATUS_LABELS, Action, Status, step_for
from hotline.cases.models import Case, CaseEvent
from hotline.cases.store import Row, store_new_case
from hotline.clock import SHANGHAI
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.privacy.masking import mask_text
from hotline.routing.decision import Decision
from hotline.routing.employers import employer_told
from hotline.routing.engine import decide
from hotline.routing.facts import Fact, FactKind, extract_facts
from hotline.routing.places import place_key
from hotline.routing.questions import untold
from hotline.telephony.calls import Call
from hotline.work import Work

SUMMARY_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Taken:
    """A case that has just been made, with the decision of the rules and the first step of its life."""

    case: Case
    decision: Decision
    event: CaseEvent


def propose(work: Work, call: Call) -> Decision:
    """What the rules say about this call; nothing is stored."""
    return decide(
        work.policy.routing,
        call.narrative,
        place=call.place,
        employer=call.employer,
        people=call.people,
        amount_owed=call.amount_owed,
        channel=call.channel,
        at=work.now,
        unit=call.unit,
    )


async def take_call(work: Work, call: Call, first: d.Details | None = None) -> Taken:
    """Open a case for this call and take its first step.

    Without `first` the rules decide: routed when they are sure, else into the review queue. With it the operator does:
    route (empty codes take the proposal), answer, refer or queue. Raises `NotAllowed`, `Invalid` or `StepRefused`.
    """
    demand(work.actor, Permission.CALL_TAKE)
    if call.unit and work.policy.routing.units.by_code(call.unit) is None:
        message = mark("There is no organisation with the code {code} in the register. Choose another, or none.")
        raise Invalid(Mistake("unit", message, {"code": call.unit}))
    decision = propose(work, call)
    details = _first_step(work, call, decision, first)
    case = open_case(work, call, decision)
    step = step_for(case.status, details.action, work.actor.role, details.outcome)
    if step is None:
        raise StepRefused(
            mark("“{action}” is not possible now: the case stands at “{status}”."),
            action=ACTION_LABELS[details.action],
            status=STATUS_LABELS[case.status],
        )
    recorded = EFFECTS[details.action](work, case, details)
    event = move(work, case, step, details, recorded)
    await store_new_case(
        work.session,
        case,
        year=work.now.astimezone(SHANGHAI).year,
        text=_text(call, case),
        call=_call_record(work, call),
        event=event,
        decision=_decision_row(work, decision),
        trail=_trail(work, details.action),
        notice={"at": work.now, "kind": details.action.value, "facts": notice_facts(case)},
    )
    await _keep_change_by_person(work, case, details, decision)
    return Taken(case, decision, event)


def _first_step(work: Work, call: Call, decision: Decision, first: d.Details | None) -> d.Details:
    if isinstance(first, d.Route):
        category, department = first.category or decision.category, first.department
        if department is None and category == decision.category:
            department = decision.department
        elif department is None:
            where = {"place": call.place, "employer": call.employer, "text": call.narrative}
            department = department_for(work, category, **where, unit=decision.unit)
        return first.model_copy(update={"category": category, "department": department})
    if first is not None:
        return first
    if decision.outcome == "routed":
        return d.Route(category=decision.category, department=decision.department)
    return d.Queue()


def open_case(work: Work, call: Call, decision: Decision) -> Case:
    """A case as it is before its first step; not stored yet."""
    told = _facts_beside(call, decision)
    case = Case(
        number="",
        status=START,
        channel=call.channel,
        category=decision.category,
        department=None,
        urgency=decision.urgency,
        difficulty=decision.difficulty,
        confidential=call.confidential,
        employer=call.employer,
        place=call.place,
        unit_id=decision.unit.id if decision.unit is not None else None,
        territory=decision.territory,
        people=call.people,
        amount_owed=call.amount_owed,
        wish=call.wish,
        reachable=bool(call.caller_number.normal),
        summary=summary_of(call.narrative),
        taken_by_id=work.actor.account_id,
        co_handlers=[],
        co_awaited=[],
        employer_key=_employer_key(work, call, decision, told),
        place_key=place_key(work.policy.departments, call.place),
        missing=[*untold_in(call, told, decision)],
        opened_at=work.now,
        dues={},
        follow_up_attempts=0,
        returns=0,
        reopened=0,
        extensions=0,
        extension_asked=False,
        supervised=False,
        version=0,
    )
    set_clocks(work, case, "review")
    return case


def _facts_beside(call: Call, decision: Decision) -> tuple[Fact, ...]:
    """What the narrative tells of what no field does."""
    fields: dict[FactKind, object] = {
        "employer": call.employer or decision.unit,
        "people": call.people,
        "amount": call.amount_owed is not None,
    }
    told: list[FactKind] = [kind for kind, value in fields.items() if value]
    return extract_facts(call.narrative, leave_out=[*told, "injury"])


def _employer_key(work: Work, call: Call, decision: Decision, told: Iterable[Fact]) -> str:
    """What callers who name the same employer have in common, however they write it; empty when none is named."""
    name = decision.unit.name if decision.unit is not None else call.employer
    return work.policy.routing.units.key(employer_told(name, told))


def untold_in(call: Call, facts: Iterable[Fact], decision: Decision) -> tuple[str, ...]:
    """Which of the seven facts this call does not tell; an employer found in the register is told."""
    return untold(
        call.narrative,
        facts,
        who=bool(call.caller_number.normal or call.caller_name),
        place=call.place,
        employer=call.employer or (decision.unit.name if decision.unit is not None else ""),
        people=call.people,
        amount_owed=call.amount_owed,
        wish=call.wish,
    )


def summary_of(narrative: str) -> str:
    """The first words of a narrative on one line, numbers masked: what a list may show."""
    line = mask_text(" ".join(narrative.split())[: SUMMARY_LENGTH * 2])  # a number cut through is beyond what is shown
    return line if len(line) <= SUMMARY_LENGTH else line[: SUMMARY_LENGTH - 1] + "…"


def _text(call: Call, case: Case) -> Row:
    # Masked as it is shown: else searching digit by digit would tell what the page hides.
    searched = "\n".join(normal(mask_text(part)) for part in (call.narrative, call.employer, call.place))
    marks = desk_marks(case.department, case.co_handlers)
    return {"narrative": call.narrative, "searched": searched, "grams": [*grams(searched), *marks]}


def _call_record(work: Work, call: Call) -> Row:
    return {
        "at": work.now,
        "caller_number": call.caller_number.normal,
        "caller_extension": call.caller_number.extension,
        "caller_name": call.caller_name,
        "name_grams": grams(normal(call.caller_name)),
    }


def _decision_row(work: Work, decision: Decision) -> Row:
    return {
        "at": work.now,
        "actor_id": None,
        "category": decision.category,
        "department": decision.department,
        "reason": None,
        "decision": decision.to_json(),
    }


def _trail(work: Work, action: Action) -> Row:
    return {
        "at": work.now,
        "actor_id": work.actor.account_id,
        "actor": work.actor.login,
        "act": "call.take",
        "reason": None,
        "details": {"first": action.value},
        "address": work.address,
        "request_id": work.request_id,
    }


async def _keep_change_by_person(work: Work, case: Case, details: d.Details, decision: Decision) -> None:
    """Store the operator's choice beside the rules' when they differ."""
    was = {"category": decision.category, "department": decision.department}
    differs = case.category != decision.category or (
        case.status is Status.ROUTED and case.department != decision.department
    )
    if differs:
        work.session.add(change_by_person(work, case, details, was))
        work.session.add(correction_at_intake(work, case, details, decision))
        await work.session.flush()
