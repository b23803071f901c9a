"""From cases to what the API answers: masked, and with the actions this very person may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hotline.cases.case_file import CaseFile
from hotline.cases.clock_facts import ClockFacts, clocks_of
from hotline.cases.handling import offered
from hotline.cases.intake import Taken
from hotline.cases.models import Case
from hotline.cases.queries import Event
from hotline.policy import Policy
from hotline.privacy.masking import mask_name, mask_number, mask_text
from hotline.telephony.calls import Call
from hotline.web.api.clock_shapes import ClockShape, DayShape, DueShape, ExtensionShape, PauseShape
from hotline.web.api.shapes import (
    CallerShape,
    CaseShape,
    DecisionShape,
    EventShape,
    ListedCaseShape,
)
from hotline.web.api.statutory import statutory_shapes
from hotline.web.api.task_shapes import helped_answer, instructed_answer
from hotline.work import Work

_TYPED: Final = frozenset({"refer_to", "not_reopened"})


def case_answer(work: Work, file: CaseFile) -> CaseShape:
    """A stored case as the API answers it."""
    decision = next(row.decision for row in file.decisions if row.actor_name is None)
    answer = _case(
        work,
        file.case,
        narrative=file.narrative,
        number=file.caller.number,
        name=file.caller.name,
        decision=decision,
        events=[_event(event) for event in file.events],
        handler=file.handler,
        merged_into=file.merged_into,
    )
    tasks = {
        "co_handlings": helped_answer(file.co_handlings),
        "instructions": instructed_answer(file.instructions),
        "statutory": statutory_shapes(work, file.statutory.clocks),
    }
    return answer.model_copy(update=tasks)


def taken_answer(work: Work, taken: Taken, call: Call) -> CaseShape:
    """A case that has just been made, without asking the database again."""
    event = taken.event
    first = EventShape(
        version=event.version,
        at=event.at,
        actor=work.actor.name,
        action=event.action,
        before=event.before,
        after=event.after,
        reason=_masked(event.reason),
        details=_told(event.details),
    )
    return _case(
        work,
        taken.case,
        narrative=call.narrative,
        number=call.caller_number.normal,
        name=call.caller_name,
        decision=taken.decision.to_json(),
        events=[first],
        handler=work.actor.name if taken.case.handler_id == work.actor.account_id else None,
        merged_into=None,
    )


def _case(
    work: Work,
    case: Case,
    *,
    narrative: str,
    number: str,
    name: str,
    decision: dict[str, Any],
    events: list[EventShape],
    handler: str | None,
    merged_into: str | None,
) -> CaseShape:
    return CaseShape(
        number=case.number,
        status=case.status,
        channel=case.channel,
        category=case.category,
        group=group_of(work.policy, case.category),
        department=case.department,
        urgency=case.urgency,
        difficulty=case.difficulty,
        confidential=case.confidential,
        narrative=mask_text(narrative),
        caller=_caller(number, name),
        employer=mask_text(case.employer),
        place=mask_text(case.place),
        unit=unit_code(work.policy, case.unit_id),
        people=case.people,
        amount_owed=case.amount_owed,
        wish=case.wish,
        handler=handler,
        merged_into=merged_into,
        opened_at=case.opened_at,
        due=DueShape(accept_by=case.accept_by, resolve_by=case.resolve_by, follow_up_by=case.follow_up_by),
        clocks=[_clock(facts) for facts in clocks_of(work, case)],
        decision=DecisionShape.model_validate(decision),
        actions=list(offered(work.actor, case, work.now)),
        events=events,
        version=case.version,
    )


def _clock(facts: ClockFacts) -> ClockShape:
    terms = facts.terms
    return ClockShape(
        clock=facts.clock,
        due_at=facts.due_at,
        since=terms.since,
        stopped_at=facts.stopped_at,
        running=facts.runs,
        rule=terms.rule,
        working_days=terms.days if terms.hours is None else None,
        hours=terms.hours,
        counted=[DayShape.model_validate(day) for day in facts.counted],
        skipped=[DayShape.model_validate(day) for day in facts.skipped],
        extensions=[ExtensionShape(days=one.days, at=one.at) for one in facts.extensions],
        pauses=[PauseShape(since=one.since, until=one.until, reason=mask_text(one.reason)) for one in facts.pauses],
        provisional=bool(facts.provisional_years),
        gross_minutes=facts.gross_minutes,
        net_minutes=facts.net_minutes,
    )


def listed_answer(work: Work, rows: Sequence[Any]) -> list[ListedCaseShape]:
    """Rows of a list as the API answers them."""
    return [
        ListedCaseShape(
            number=row.number,
            status=row.status,
            category=row.category,
            group=group_of(work.policy, row.category),
            department=row.department,
            urgency=row.urgency,
            confidential=row.confidential,
            summary=row.summary,
            employer=mask_text(row.employer),
            caller=_caller(row.caller_number, row.caller_name),
            handler=row.handler,
            opened_at=row.opened_at,
            due_at=row.due_at,
        )
        for row in rows
    ]


def _event(event: Event) -> EventShape:
    return EventShape(
        version=event.version,
        at=event.at,
        actor=event.actor_name,
        action=event.action,
        before=event.before,
        after=event.after,
        reason=_masked(event.reason),
        details=_told(event.details),
    )


def _told(details: Mapping[str, Any]) -> dict[str, Any]:
    """What an event remembers; of that only what `_TYPED` names is typed by people."""
    return {key: mask_text(value) if key in _TYPED else value for key, value in details.items()}


def _caller(number: str, name: str) -> CallerShape:
    return CallerShape(number=mask_number(number), name=mask_name(name))


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_text(text)


def unit_code(policy: Policy, unit_id: int | None) -> str | None:
    """The code of the organisation a case is against; None for none."""
    unit = policy.routing.units.get(unit_id)
    return unit.code if unit else None


def group_of(policy: Policy, category: str | None) -> str | None:
    """The group a category belongs to; None for no category or one that is no longer configured."""
    found = policy.categories.get(category) if category else None
    return found.group if found else None
