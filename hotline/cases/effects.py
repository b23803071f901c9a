"""What each step does to a case besides moving its status: pure changes of one `Case`, no database.

Every effect returns what the timeline should remember of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from hotline.accounts.permissions import Actor
from hotline.cases import details as d
from hotline.cases.choosing import Recorded, chosen_category, chosen_department
from hotline.cases.clocks import Clock, set_clocks
from hotline.cases.effects_clocks import EFFECTS_OF_CLOCKS, extend, moved
from hotline.cases.effects_supervision import EFFECTS_OF_SUPERVISION, help_in_the_way
from hotline.cases.lifecycle import Action, Status
from hotline.cases.models import Case
from hotline.errors import Conflict, Invalid, Mistake
from hotline.i18n import mark
from hotline.work import Work

ATTEMPTS_BEFORE_CLOSING: Final = 3
MOST_EXTENSIONS: Final = 2


class NotNow(Conflict):
    """The step exists, but something else has to happen first."""


def obstacle(case: Case, action: Action, actor: Actor | None = None) -> str | None:
    """What has to happen before this action, as a msgid; None when nothing stands in its way.

    Without an `actor` it is what stands in everybody's way. Of the places of a msgid, `departments` are those who have
    not answered yet (`co_awaited`).
    """
    if (waits := help_in_the_way(case, action, actor)) is not None:
        return waits
    match action:
        case Action.CLOSE if case.status is Status.RESOLVED and not _may_close_unanswered(case):
            return mark("Call the worker back first: three attempts on record, or an answer, before it can be closed.")
        case Action.ASK_EXTENSION if case.extension_asked:
            return mark("An extension has been asked for already and waits for the supervisor.")
        case Action.ASK_EXTENSION if case.extensions >= MOST_EXTENSIONS:
            return mark("This case has been extended twice; more is not possible. Ask your supervisor.")
        case Action.GRANT_EXTENSION | Action.REFUSE_EXTENSION if not case.extension_asked:
            return mark("Nobody asks for an extension of this case.")
        case Action.LINK if case.lead_id is not None:
            return mark("This case is linked to a lead case already. Take the link back first.")
        case Action.UNLINK if case.lead_id is None:
            return mark("This case is linked to no lead case.")
    return None


def _may_close_unanswered(case: Case) -> bool:
    return not case.reachable or case.follow_up_attempts >= ATTEMPTS_BEFORE_CLOSING or case.satisfied is False


def _route(work: Work, case: Case, details: d.Route) -> Recorded:
    case.category = chosen_category(work, details.category or case.category)
    department = chosen_department(work, case, details.department)
    case.urgency = details.urgency or case.urgency
    case.difficulty = details.difficulty or case.difficulty
    _give(work, case, department)
    return {"department": department, "category": case.category}


def _give(work: Work, case: Case, department: str) -> None:
    case.department = department
    case.handler_id = None
    case.accepted_at = None
    case.resolved_at = None
    case.extension_asked = False
    case.extensions = 0  # the date starts anew, and with it what may be added to it
    case.routed_at = work.now
    case.contacted_at = case.contact_by = None
    contact: tuple[Clock, ...] = ("contact",) if case.reachable else ()
    set_clocks(work, case, "accept", *contact, "resolve")
    case.due_at = case.accept_by


def _to_desk(work: Work, case: Case) -> None:
    case.department = None
    case.handler_id = None
    case.accepted_at = None
    case.accept_by = case.resolve_by = case.contact_by = None
    case.extension_asked = False
    set_clocks(work, case, "review")


def _queue(work: Work, case: Case, _details: d.Queue) -> Recorded:
    _to_desk(work, case)
    return {}


def _answer(work: Work, case: Case, details: d.Answer) -> Recorded:
    if details.category is not None:
        case.category = chosen_category(work, details.category)
    case.resolved_at = work.now
    case.handler_id = work.actor.account_id
    _end(work, case)
    return {"category": case.category}


def _refer(work: Work, case: Case, details: d.Refer) -> Recorded:
    if details.category is not None:
        case.category = chosen_category(work, details.category)
    _end(work, case)
    return {"refer_to": details.refer_to, "category": case.category}


def _recall(work: Work, case: Case, _details: d.Recall) -> Recorded:
    recorded = {"department": case.department}
    _to_desk(work, case)
    return recorded


def _accept(work: Work, case: Case, _details: d.Accept) -> Recorded:
    case.handler_id = work.actor.account_id
    case.accepted_at = work.now
    case.due_at = case.resolve_by
    return {}


def _return(work: Work, case: Case, details: d.Return) -> Recorded:
    instead = chosen_department(work, case, details.department) if details.department else None
    recorded = {"reason_code": details.reason_code, "from": case.department, "instead": instead}
    case.returns += 1
    _to_desk(work, case)
    return recorded


def _hand_over(work: Work, case: Case, details: d.HandOver) -> Recorded:
    department = chosen_department(work, case, details.department)
    if department == case.department:
        raise Invalid(Mistake("department", mark("The case is there already. Choose another department.")))
    recorded, before = {"from": case.department, "department": department}, case.resolve_by
    if details.category is not None:
        case.category = chosen_category(work, details.category)
    _give(work, case, department)
    return {**recorded, **moved(before, case.resolve_by)}


def _resolve(work: Work, case: Case, details: d.Resolve) -> Recorded:
    case.disposition = details.disposition
    case.resolved_at = work.now
    case.extension_asked = False
    case.satisfied = None
    case.follow_up_attempts = 0
    set_clocks(work, case, "follow_up")
    recovered = details.money_recovered
    return {
        "disposition": details.disposition,
        "money_recovered": None if recovered is None else str(recovered),
        "people_helped": details.people_helped,
    }


def _close(work: Work, case: Case, details: d.Close) -> Recorded:
    if case.satisfied is False and not details.reason:
        raise Invalid(Mistake("reason", mark("The worker was not satisfied: say why it is closed all the same.")))
    _end(work, case)
    return {}


def _end(work: Work, case: Case) -> None:
    case.ended_at = work.now
    case.extension_asked = False
    case.due_at = case.follow_up_by = None


def _reopen(work: Work, case: Case, _details: d.Reopen) -> Recorded:
    case.reopened += 1
    case.ended_at = None
    case.merged_into_id = None
    case.disposition = None
    case.satisfied = None
    case.follow_up_attempts = 0
    case.follow_up_by = None
    if case.status in {Status.RESOLVED, Status.FOLLOWED_UP, Status.CLOSED} and case.department is not None:
        _give(work, case, case.department)
    else:
        case.resolved_at = None
        _to_desk(work, case)
    return {"department": case.department}


def _withdraw(work: Work, case: Case, _details: d.Withdraw) -> Recorded:
    _end(work, case)
    return {}


def _merge(work: Work, case: Case, details: d.Merge) -> Recorded:
    _end(work, case)
    return {"into": details.into}


def _nothing(_work: Work, _case: Case, _details: d.Details) -> Recorded:
    return {}


def _ask_extension(_work: Work, case: Case, details: d.AskExtension) -> Recorded:
    case.extension_asked = True
    case.extension_days = details.days
    return {"days": details.days}


def _grant_extension(work: Work, case: Case, _details: d.GrantExtension) -> Recorded:
    before = case.resolve_by
    case.extension_asked = False
    case.extensions += 1
    extend(work, case, case.extension_days or 1)
    return moved(before, case.resolve_by)


def _refuse_extension(_work: Work, case: Case, _details: d.RefuseExtension) -> Recorded:
    case.extension_asked = False
    return {}


def _link(_work: Work, _case: Case, details: d.Link) -> Recorded:
    return {"lead": details.into}


def _unlink(_work: Work, case: Case, _details: d.Unlink) -> Recorded:
    case.lead_id = None
    return {}


EFFECTS: dict[Action, Callable[[Work, Case, Any], Recorded]] = {
    Action.ROUTE: _route,
    Action.QUEUE: _queue,
    Action.ANSWER: _answer,
    Action.REFER: _refer,
    Action.RECALL: _recall,
    Action.ACCEPT: _accept,
    Action.RETURN: _return,
    Action.HAND_OVER: _hand_over,
    Action.RESOLVE: _resolve,
    Action.CLOSE: _close,
    Action.REOPEN: _reopen,
    Action.WITHDRAW: _withdraw,
    Action.MERGE: _merge,
    **EFFECTS_OF_CLOCKS,
    Action.ASK_EXTENSION: _ask_extension,
    Action.GRANT_EXTENSION: _grant_extension,
    Action.REFUSE_EXTENSION: _refuse_extension,
    Action.URGE: _nothing,
    Action.LINK: _link,
    Action.UNLINK: _unlink,
    **EFFECTS_OF_SUPERVISION,
}
