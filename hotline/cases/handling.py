"""Handling a case: every step anybody takes goes through `perform`, and a status is assigned in exactly one place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from hotline.accounts.permissions import Actor, Permission, allows
from hotline.cases import details as d
from hotline.cases.corrections import keep_correction
from hotline.cases.effects import EFFECTS, NotNow, obstacle
from hotline.cases.effects_clocks import after_step, before_step, untimely
from hotline.cases.effects_supervision import after
from hotline.cases.grams import desk_marks
from hotline.cases.lifecycle import ACTION_LABELS, STATUS_LABELS, Action, Step, actions_for, step_for, takes
from hotline.cases.models import Case, CaseDecision, CaseEvent
from hotline.cases.one_matter import lead_of, merge_target
from hotline.cases.queries import get_case, just_left, last_event, narrative_of, proposal_of
from hotline.cases.rights import facts_of
from hotline.cases.statutory_queries import hand_on_clocks
from hotline.cases.store import file_text_under
from hotline.cases.supervision import Waiting, keep_tasks
from hotline.errors import Changed, Conflict, NotAllowed, NotFound
from hotline.i18n import mark, pick
from hotline.routing.destination import destination
from hotline.routing.units import UnitNamed
from hotline.storage.notices import announce
from hotline.work import Work, leave_trace

PERMISSION_FOR = dict.fromkeys(Action, Permission.CASE_WORK) | {
    Action.NOTE: Permission.CASE_NOTE,
    Action.CO_ANSWER: Permission.CASE_HELP,
}


class StepRefused(Conflict):
    """This step does not lead on from where the case stands."""


def offered(actor: Actor, case: Case, now: datetime) -> tuple[Action, ...]:
    """The actions this person may take on this case now: none of them is refused, all others are."""
    facts = facts_of(case)
    return tuple(
        action
        for action in actions_for(case.status, actor.role)
        if allows(actor, PERMISSION_FOR[action], facts) and obstacle(case, action, actor) is None
        if untimely(case, action, now) is None
    )


async def case_to_work_on(work: Work, number: str) -> Case:
    """The case, locked until the transaction ends.

    Raises `CaseNotFound`; where somebody has just taken it out of sight, `Changed` with who did what and when.
    """
    try:
        return await get_case(work, number, lock=True)
    except NotFound:
        left = await just_left(work, number)
        if left is None:
            raise
        raise await changed_since(work, left) from None


async def perform(work: Work, case: Case, details: d.Details) -> CaseEvent:
    """Take one step: check, change the case, write the event, announce it; all in the transaction of `work`.

    The case must be locked (`get_case(..., lock=True)`). Raises `NotAllowed`, `StepRefused`, `NotNow` or `Invalid`.
    """
    step = await _step(work, case, details)
    if isinstance(details, d.Route) and details.department is None:
        details = await _as_proposed(work, case, details)
    before = facts_of(case)
    was = {"category": case.category, "department": case.department}
    lay, waited = desk_marks(case.department, case.co_handlers), Waiting.on(case)
    before_step(work, case, leaves=step.target is not None)
    recorded = EFFECTS[details.action](work, case, details)
    after_step(work, case, details)
    after(case, details, recorded)
    if isinstance(details, d.Merge):
        case.merged_into_id = await merge_target(work, case, details.into)
        await hand_on_clocks(work.session, case.id, to=case.merged_into_id)
    elif isinstance(details, d.Link):
        case.lead_id = await lead_of(work, case, details.into)
    event = move(work, case, step, details, recorded)
    work.session.add(event)
    if (lies := desk_marks(case.department, case.co_handlers)) != lay:
        await file_text_under(work.session, case.id, lies, instead_of=lay)
    if details.action in {Action.ROUTE, Action.HAND_OVER} or case.category != was["category"]:
        work.session.add(change_by_person(work, case, details, was))
    await keep_correction(work, case, details, was)
    await keep_tasks(work, case, details, waited)
    await leave_trace(work, f"case.{details.action.value}", case_id=case.id, subject=case.number)
    await announce(
        work.session, at=work.now, kind=details.action.value, case_id=case.id, facts=notice_facts(case, before=before)
    )
    return event


async def _step(work: Work, case: Case, details: d.Details) -> Step:
    facts = facts_of(case)
    if not allows(work.actor, PERMISSION_FOR[details.action], facts):
        raise NotAllowed(mark("This case is in other hands; you may read it, but not work on it."))
    step = step_for(case.status, details.action, work.actor.role, details.outcome)
    if step is None and not takes(work.actor.role, details.action):
        raise NotAllowed(mark("Your role does not take this step: “{action}”."), action=ACTION_LABELS[details.action])
    if step is None:
        raise await _refusal(work, case, details.action)
    if (message := obstacle(case, details.action, work.actor)) is not None:
        raise NotNow(message, departments=_names(work, case.co_awaited))
    if (message := untimely(case, details.action, work.now)) is not None:
        raise NotNow(message)
    return step


def _names(work: Work, codes: Iterable[str]) -> str:
    """Departments by name, in the reader's language."""
    known = [(code, work.policy.departments.get(code)) for code in codes or ()]
    return "、".join(pick(one.name, one.name_en) if one else code for code, one in known)


async def _as_proposed(work: Work, case: Case, details: d.Route) -> d.Route:
    """Fill what the person left open: the department the rules proposed, or for another category the one it has."""
    proposed, department = await proposal_of(work.session, case.id)
    category = details.category or case.category or proposed
    if category != proposed:
        text = await narrative_of(work.session, case.id)
        unit = work.policy.routing.units.get(case.unit_id)
        department = department_for(work, category, place=case.place, employer=case.employer, text=text, unit=unit)
    return details.model_copy(update={"category": category, "department": department})


def department_for(
    work: Work, category: str | None, *, place: str, employer: str, text: str, unit: UnitNamed | None = None
) -> str | None:
    """Who handles a category a person has chosen, in the territory the call tells of; None: nobody is known."""
    known = work.policy.categories.get(category) if category else None
    if known is None:
        return None
    tree, links = work.policy.departments, work.policy.routing.links
    told = {"place": place, "employer": employer, "text": text}
    return destination(tree, known.code, known.group, **told, unit=unit, links=links).department


async def _refusal(work: Work, case: Case, action: Action) -> StepRefused:
    return StepRefused(
        mark("“{action}” is not possible now: {who} did “{last}” at {at}, and the case stands at “{status}”."),
        action=ACTION_LABELS[action],
        **await _who_did_what(work, case),
    )


async def changed_since(work: Work, case: Case) -> Changed:
    """The refusal for somebody who acts on a page that is no longer true: who did what, and when."""
    return Changed(
        mark("{who} did “{last}” at {at}: the case stands at “{status}”. Read it again, then decide."),
        **await _who_did_what(work, case),
    )


async def _who_did_what(work: Work, case: Case) -> dict[str, Any]:
    last = await last_event(work.session, case.id)
    return {
        "status": STATUS_LABELS[case.status],
        "who": (last and last.actor_name) or mark("the service"),
        "last": ACTION_LABELS[last.action] if last else "",
        "at": last.at if last else case.opened_at,
    }


def move(work: Work, case: Case, step: Step, details: d.Details, recorded: dict[str, Any]) -> CaseEvent:
    """Move the case along this step and make the event that says so. The only place that assigns a status."""
    before = case.status
    case.status = step.target if step.target is not None else before
    case.version += 1
    case.touched_at = work.now
    return CaseEvent(
        case_id=case.id,
        version=case.version,
        at=work.now,
        actor_id=work.actor.account_id,
        action=details.action,
        before=before,
        after=case.status,
        reason=details.why,
        details=recorded,
    )


def change_by_person(work: Work, case: Case, details: d.Details, was: dict[str, str | None]) -> CaseDecision:
    """A person's decision on category and department, to stand beside the one of the rules."""
    return CaseDecision(
        case_id=case.id,
        at=work.now,
        actor_id=work.actor.account_id,
        category=case.category,
        department=case.department,
        reason=details.why,
        decision={"before": was},
    )


def notice_facts(case: Case, *, before: Any = None) -> dict[str, Any]:
    """What decides who may hear of a step: how the case stands now, and where it came from."""
    facts = facts_of(case)
    return {
        "number": case.number,
        "status": case.status.value,
        "version": case.version,
        "department": facts.department,
        "taken_by": facts.taken_by,
        "confidential": facts.confidential,
        "co_handlers": sorted(facts.co_handlers),
        "unit": facts.unit,
        "employer_key": facts.employer_key,
        "left": before.department if before is not None and before.department != facts.department else None,
    }
