"""The clocks of a case: when it must be accepted, resolved, called back; each date keeps its explanation beside it."""

from __future__ import annotations

from typing import Literal

from hotline.cases.models import Case
from hotline.deadlines.limits import DueDate, Limit, due_at
from hotline.work import Work

Clock = Literal["review", "accept", "resolve", "follow_up", "extension"]


def set_clocks(work: Work, case: Case, *clocks: Clock) -> None:
    """Start or move clocks of a case, counted from `work.now`, and keep why it is those dates."""
    limit = _limit(work, case)
    dues = {**case.dues}
    for clock in clocks:
        due = _due(work, case, clock, limit)
        _set(case, clock, due)
        dues["resolve" if clock == "extension" else clock] = due.to_json()
    case.dues = dues


def _set(case: Case, clock: Clock, due: DueDate) -> None:
    match clock:
        case "accept":
            case.accept_by = due.due_at
        case "resolve":
            case.resolve_by = due.due_at
        case "extension":
            case.resolve_by = case.due_at = due.due_at
        case "follow_up":
            case.follow_up_by = case.due_at = due.due_at
        case "review":
            case.due_at = due.due_at


def _due(work: Work, case: Case, clock: Clock, limit: Limit) -> DueDate:
    calendar = work.policy.calendar
    match clock:
        case "accept" | "review":
            return limit.accept_by(since=work.now, calendar=calendar)
        case "resolve":
            return limit.resolve_by(since=work.now, calendar=calendar)
        case "follow_up":
            return limit.follow_up_by(since=work.now, calendar=calendar)
        case "extension":
            since = max(case.resolve_by or work.now, work.now)
            return due_at(case.extension_days or 1, since=since, calendar=calendar)


def _limit(work: Work, case: Case) -> Limit:
    category = work.policy.categories.get(case.category) if case.category else None
    return work.policy.limits.find(
        group=category.group if category else None,
        category=case.category,
        difficulty=case.difficulty,
        urgency=case.urgency,
    )
