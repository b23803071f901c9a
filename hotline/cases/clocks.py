"""The clocks of a case: when it must be accepted, resolved, called back; each date keeps its explanation beside it.

What a date is counted from stands in the explanation (`Terms`), so that it can be counted again: with a corrected
calendar, after a pause, after an extension. The hours are those of the department that has the case; the usual ones for
what the hotline itself does, which is the call-back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

from hotline.cases.lifecycle import IN_HANDS, Status
from hotline.cases.models import Case
from hotline.deadlines.calendar import Calendar
from hotline.deadlines.due import DueDate, Terms, count
from hotline.deadlines.limits import Limit
from hotline.work import Work

Clock = Literal["review", "accept", "contact", "resolve", "follow_up"]


def set_clocks(work: Work, case: Case, *clocks: Clock) -> None:
    """Start clocks of a case at `work.now`, and keep why their dates are those dates."""
    limit, dues = limit_of(work, case), {**case.dues}
    for clock in clocks:
        due = counted(work, case, clock, limit.terms("accept" if clock == "review" else clock, since=work.now))
        _put(case, clock, due)
        dues[clock] = due.to_json()
    case.dues = dues


def counted(work: Work, case: Case, clock: Clock, terms: Terms) -> DueDate:
    """The date of a clock that follows from these terms for who has this case."""
    calendar = work.policy.calendar
    return count(terms, calendar=calendar, hours=calendar.hours_of(who_works(case, clock)))


def who_works(case: Case, clock: Clock) -> str | None:
    """The department whose hours count for this clock; None: the hotline's own."""
    return None if clock == "follow_up" else case.department


def terms_of(case: Case, clock: Clock) -> Terms | None:
    """What the date of a clock is counted from; None where it was never set."""
    kept = case.dues.get(clock)
    return Terms.from_json(kept) if kept else None


def _put(case: Case, clock: Clock, due: DueDate) -> None:
    match clock:
        case "accept":
            case.accept_by = due.due_at
        case "contact":
            case.contact_by = due.due_at
        case "resolve":
            case.resolve_by = due.due_at
        case "follow_up":
            case.follow_up_by = case.due_at = due.due_at
        case "review":
            case.due_at = due.due_at


def limit_of(work: Work, case: Case) -> Limit:
    """The limits of this case as it is sorted now."""
    category = work.policy.categories.get(case.category) if case.category else None
    return work.policy.limits.find(
        group=category.group if category else None,
        category=case.category,
        difficulty=case.difficulty,
        urgency=case.urgency,
    )


DATES: Final[dict[Clock, str]] = {
    "review": "due_at",
    "accept": "accept_by",
    "contact": "contact_by",
    "resolve": "resolve_by",
    "follow_up": "follow_up_by",
}
"""In which column the date of each clock stands."""


def running(case: Case) -> Iterator[Clock]:
    """The clocks of this case that run, in the order in which they end."""
    if case.status is Status.REVIEW:
        yield "review"
    if case.status is Status.ROUTED and case.accept_by is not None:
        yield "accept"
    if case.status in IN_HANDS and case.contact_by is not None and case.contacted_at is None:
        yield "contact"
    if case.status in IN_HANDS and case.resolve_by is not None:
        yield "resolve"
    if case.status is Status.RESOLVED and case.follow_up_by is not None:
        yield "follow_up"


def count_again(case: Case, calendar: Calendar) -> Iterator[tuple[Clock, datetime, DueDate]]:
    """Running clocks whose explanation is another one by this calendar, with the date there was and what it is now.

    `case` may be a row of the columns this reads. Dates in hours on the clock, and those nobody explained, stay.
    """
    for clock in running(case):
        kept, before = case.dues.get(clock), getattr(case, DATES[clock])
        if not kept or not kept.get("counted") or before is None:
            continue
        due = count(Terms.from_json(kept), calendar=calendar, hours=calendar.hours_of(who_works(case, clock)))
        if due.due_at != before or due.to_json() != kept:
            yield clock, before, due


def move_date(case: Case, clock: Clock, due: DueDate) -> None:
    """Put another date in the place of one that runs; what was due next still is."""
    was_next = case.due_at is not None and case.due_at == getattr(case, DATES[clock])
    _put(case, clock, due)
    case.dues = {**case.dues, clock: due.to_json()}
    if was_next:
        case.due_at = due.due_at
