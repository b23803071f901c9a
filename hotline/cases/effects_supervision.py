"""What call-backs, instructions, notes and co-handling do to a case: pure changes of one `Case`, as `cases.effects`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import details_supervision as d
from hotline.cases.choosing import Recorded, chosen_department
from hotline.cases.clocks import set_clocks
from hotline.cases.details_base import Details
from hotline.cases.lifecycle import Action, FollowUp, Status
from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.deadlines.due import DueDate, Terms, due_at
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.work import Work

_HANDLERS: Final = frozenset({Role.STAFF, Role.LEAD})
_DECIDED: Final = frozenset({Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION})
_GIVEN: Final = frozenset({Action.ROUTE, Action.HAND_OVER, Action.REOPEN})
_ENDED: Final = frozenset({Action.ANSWER, Action.REFER, Action.WITHDRAW, Action.MERGE, Action.CLOSE})
CHOSEN: Final = "chosen"
"""The rule of a date somebody has named: it is counted from nothing."""
_DAY_IS_PAST: Final = mark("This day is past. Choose today or a later day.")


def still_to_answer(case: Case, actor: Actor | None) -> list[str]:
    """The departments asked to help that have not answered; of these for an actor only the own ones."""
    awaited = case.co_awaited or []
    return [code for code in awaited if actor is None or code in actor.departments]


def help_in_the_way(case: Case, action: Action, actor: Actor | None) -> str | None:
    """What of co-handling stands in the way of this action, as a msgid; see `effects.obstacle`."""
    match action:
        case Action.RESOLVE if case.co_awaited:
            return mark("The departments asked to help have not answered yet: {departments}.")
        case Action.CO_HANDLE if case.confidential:
            return mark("This case is confidential: no other department would see it. Ask your supervisor.")
        case Action.CO_ANSWER if not still_to_answer(case, actor):
            return mark("Your department has answered, or nobody has asked it.")
        case Action.CO_RELEASE if not case.co_awaited:
            return mark("Nobody who was asked to help has still to answer.")
    return None


def may_report(case: Case, actor: Actor) -> bool:
    """Whether an instruction waits for a report, and this person is of the department that has the case."""
    return case.report_on is not None and actor.role in _HANDLERS and case.department in actor.departments


def answer_by(work: Work, department: str, by_on: date | None) -> DueDate:
    """When a department asked to help just now has to answer, explained; raises `Invalid` for a day that is past."""
    calendar = work.policy.calendar
    hours = calendar.hours_of(department)
    if by_on is None:
        return due_at(work.policy.supervision.respond, since=work.now, calendar=calendar, hours=hours)
    since = work.now.astimezone(SHANGHAI)
    if by_on < since.date():
        raise Invalid(Mistake("by_on", _DAY_IS_PAST))
    return DueDate(datetime.combine(by_on, hours.end, SHANGHAI), Terms(since, 0, rule=CHOSEN))


def after(case: Case, details: Details, recorded: Recorded) -> None:
    """What follows from a step for those who watch over the case; to be called before the status moves.

    Who gets the case does not help any longer; nobody is waited for on a case that ends; of an extension decided the
    worker is to be told; call-backs are counted anew with every resolution.
    """
    action = details.action
    if action in _GIVEN and case.department in case.co_handlers:
        case.co_handlers = [code for code in case.co_handlers if code != case.department]
        case.co_awaited = [code for code in case.co_awaited if code != case.department]
    if action in _DECIDED and case.reachable:
        case.to_tell = action.value
    if action in {Action.RESOLVE, Action.REOPEN}:
        case.attempted_on = case.solved = case.in_time = None
    if action is Action.CLOSE and case.status is Status.RESOLVED and case.satisfied is None:
        recorded["without_call_back"] = "unreached" if case.reachable else "no_number"
    if action is Action.RESOLVE:
        case.report_on = None
    if action in _ENDED:
        case.co_awaited, case.report_on, case.to_tell = [], None, None


def _follow_up(work: Work, case: Case, details: d.CallBack) -> Recorded:
    today = work.now.astimezone(SHANGHAI).date()
    _check_call_back(case, details, today)
    case.follow_up_attempts += 1
    case.attempted_on = today
    if details.result is not FollowUp.UNREACHABLE:
        case.satisfied = details.result is FollowUp.SATISFIED
        case.solved, case.in_time = details.solved, details.in_time
    if details.result is FollowUp.SATISFIED:
        case.follow_up_by = None  # `due_at` stays: a case that is only to be closed must not vanish from every list
    else:
        set_clocks(work, case, "follow_up")
    recorded = {"outcome": details.result, "attempt": case.follow_up_attempts}
    said = {"solved": details.solved, "in_time": details.in_time}
    recorded |= {key: value for key, value in said.items() if value is not None}
    return recorded | ({"not_reopened": details.reason} if details.reopen is False else {})


def _check_call_back(case: Case, details: d.CallBack, today: date) -> None:
    if details.result is FollowUp.UNREACHABLE and case.attempted_on == today:
        raise Invalid(Mistake("outcome", mark("Today's attempt is on record already; the next one counts tomorrow.")))
    if details.result is not FollowUp.UNSATISFIED and details.reopen is not None:
        raise Invalid(Mistake("reopen", mark("Only a case whose worker is not satisfied is taken up again here.")))
    if details.reopen is True and not details.reason:
        raise Invalid(Mistake("reason", mark("Say what is still to be done.")))
    if details.reopen is False and not details.reason:
        raise Invalid(Mistake("reason", mark("Say why the case is not taken up again.")))


def _note(work: Work, case: Case, details: d.Note) -> Recorded:
    recorded: Recorded = {}
    if details.reported:
        if not may_report(case, work.actor):
            raise Invalid(Mistake("reported", mark("No instruction waits for a report of your department.")))
        case.report_on = None
        recorded["reported"] = True
    if details.told:
        if case.to_tell is None:
            raise Invalid(Mistake("told", mark("There is nothing left to tell the worker.")))
        recorded["told"] = case.to_tell
        case.to_tell = None
    return recorded


def _supervise(work: Work, case: Case, details: d.Supervise) -> Recorded:
    case.supervised = True
    if details.by_on is None:
        return {}
    if details.by_on < work.now.astimezone(SHANGHAI).date():
        raise Invalid(Mistake("by_on", _DAY_IS_PAST))
    case.report_on = min(details.by_on, case.report_on or details.by_on)
    return {"by_on": details.by_on.isoformat()}


def _co_handle(work: Work, case: Case, details: d.CoHandle) -> Recorded:
    department = chosen_department(work, case, details.department)
    if department == case.department or department in case.co_awaited:
        raise Invalid(Mistake("department", mark("This department has the case already. Choose another one.")))
    due = answer_by(work, department, details.by_on)
    if department not in case.co_handlers:
        case.co_handlers = [*case.co_handlers, department]
    case.co_awaited = [*case.co_awaited, department]
    return {"department": department, "answer_by": due.due_at.isoformat()}


def _co_answer(work: Work, case: Case, details: d.CoAnswer) -> Recorded:
    own = still_to_answer(case, work.actor)
    usual = work.actor.department if work.actor.department in own else None
    helper = _one_of(own, details.department or usual)
    case.co_awaited = [code for code in case.co_awaited if code != helper]
    return {"helper": helper}


def _co_release(_work: Work, case: Case, details: d.CoRelease) -> Recorded:
    helper = _one_of(case.co_awaited, details.department)
    case.co_awaited = [code for code in case.co_awaited if code != helper]
    case.co_handlers = [code for code in case.co_handlers if code != helper]
    return {"helper": helper, "released": True}


def _one_of(awaited: list[str], chosen: str | None) -> str:
    """The department that is meant: the chosen one, or the only one; raises `Invalid`."""
    if chosen is None and len(awaited) == 1:
        return awaited[0]
    if chosen is None or chosen not in awaited:
        raise Invalid(Mistake("department", mark("Choose one of the departments that have still to answer.")))
    return chosen


EFFECTS_OF_SUPERVISION: dict[Action, Callable[[Work, Case, Any], Recorded]] = {
    Action.FOLLOW_UP: _follow_up,
    Action.NOTE: _note,
    Action.SUPERVISE: _supervise,
    Action.CO_HANDLE: _co_handle,
    Action.CO_ANSWER: _co_answer,
    Action.CO_RELEASE: _co_release,
}
