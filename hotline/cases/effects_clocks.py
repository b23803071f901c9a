"""What steps do to the clocks of a case: first contact, pauses, extensions, another kind or difficulty.

Waiting for the worker pauses the clock of resolution for so many working days at the most, so that nobody escapes a
date by waiting for ever, and every date can be told at any moment. An end of the pause before its time is written down
as such. The clock of an overdue case cannot be paused, and no extension is asked for it any more; its kind and
difficulty can still be put right by who leads the department.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from hotline.cases import details as d
from hotline.cases.clocks import Clock, counted, limit_of, move_date, terms_of
from hotline.cases.details_clocks import Contact, Reclassify, Resume, Wait
from hotline.cases.lifecycle import IN_HANDS, Action, FollowUp, Status
from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.deadlines.due import Pause, Terms
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.work import Work

Recorded = dict[str, Any]


def untimely(case: Case, action: Action, now: datetime) -> str | None:
    """Why this action about a clock comes too late, too early or twice, as a msgid; None when it does not."""
    match action:
        case Action.ASK_EXTENSION if is_late(case, now):
            return mark(
                "The time is up: an extension is asked for before the date, not after it. Tell your supervisor."
            )
        case Action.WAIT if is_paused(case, now):
            return mark("The clock is paused already. Let it go on first.")
        case Action.WAIT if is_late(case, now):
            return mark("The time is up: the clock of an overdue case is not paused any more.")
        case Action.RESUME if not is_paused(case, now):
            return mark("The clock of this case is not paused.")
        case Action.CONTACT if case.contacted_at is not None:
            return mark("The first contact is on record already. Write a note instead.")
        case Action.CONTACT if not case.reachable:
            return mark("The caller left no number: there is nobody to be contacted.")
    return None


def is_late(case: Case, now: datetime) -> bool:
    """Whether the date of resolution has passed."""
    return case.resolve_by is not None and now > case.resolve_by


def is_paused(case: Case, now: datetime) -> bool:
    """Whether the clock of resolution stands still."""
    return case.paused_until is not None and now < case.paused_until


def extend(work: Work, case: Case, days: int) -> None:
    """Move the date of resolution by so many working days."""
    terms = terms_of(case, "resolve") or Terms(case.resolve_by or work.now, 0)
    _count_again(work, case, "resolve", terms.extended(days, at=work.now))
    case.due_at = case.resolve_by


def end_pause(work: Work, case: Case) -> None:
    """Let the clock run again before the pause is over by itself; nothing where it runs."""
    terms = terms_of(case, "resolve")
    if not is_paused(case, work.now) or terms is None:
        return
    case.paused_until = None
    # Never before it began, though the clock may have been set back since.
    pauses = tuple(replace(pause, until=max(pause.since, min(pause.until, work.now))) for pause in terms.pauses)
    _count_again(work, case, "resolve", replace(terms, pauses=pauses))


def before_step(work: Work, case: Case, *, leaves: bool) -> None:
    """A case that is moved on waits for nobody any more."""
    if leaves and case.status in IN_HANDS:
        end_pause(work, case)


def after_step(work: Work, case: Case, details: d.Details) -> None:
    """Who was reached by the call-back has been contacted."""
    if isinstance(details, d.CallBack) and details.result is not FollowUp.UNREACHABLE and case.contacted_at is None:
        case.contacted_at = work.now


def _count_again(work: Work, case: Case, clock: Clock, terms: Terms) -> None:
    move_date(case, clock, counted(work, case, clock, terms))


def _contact(work: Work, case: Case, _details: Contact) -> Recorded:
    case.contacted_at = work.now
    return {}


def _wait(work: Work, case: Case, details: Wait) -> Recorded:
    terms, before = terms_of(case, "resolve") or Terms(work.now, 0), case.resolve_by
    until = counted(work, case, "resolve", Terms(work.now, details.days)).due_at
    case.paused_until = until
    _count_again(work, case, "resolve", replace(terms, pauses=(*terms.pauses, Pause(work.now, until, details.reason))))
    return {"paused_until": until.isoformat(), **moved(before, case.resolve_by)}


def _resume(work: Work, case: Case, _details: Resume) -> Recorded:
    before = case.resolve_by
    end_pause(work, case)
    return moved(before, case.resolve_by)


def _reclassify(work: Work, case: Case, details: Reclassify) -> Recorded:
    category, difficulty = details.category or case.category, details.difficulty or case.difficulty
    if category is None or category not in work.policy.categories:
        raise Invalid(Mistake("category", mark("Choose the kind of matter.")))
    if (category, difficulty) == (case.category, case.difficulty):
        raise Invalid(Mistake("difficulty", mark("Nothing would change. Choose another kind or another difficulty.")))
    recorded: Recorded = {"category": category} if category != case.category else {}
    if difficulty != case.difficulty:
        recorded["difficulty"] = difficulty
    before = case.resolve_by
    case.category, case.difficulty = category, difficulty
    limit = limit_of(work, case)
    clocks: tuple[Clock, ...] = ("accept", "resolve") if case.status is Status.ROUTED else ("resolve",)
    for clock in clocks:
        if (old := terms_of(case, clock)) is not None:
            new = limit.terms("accept" if clock == "accept" else "resolve", since=old.since)
            _count_again(work, case, clock, replace(new, extensions=old.extensions, pauses=old.pauses))
    return {**recorded, **moved(before, case.resolve_by)}


def moved(before: datetime | None, after: datetime | None) -> Recorded:
    """The date there was and the one there is, in Shanghai."""
    return {
        "before": None if before is None else before.astimezone(SHANGHAI).isoformat(),
        "resolve_by": None if after is None else after.astimezone(SHANGHAI).isoformat(),
    }


EFFECTS_OF_CLOCKS: Final[dict[Action, Callable[[Work, Case, Any], Recorded]]] = {
    Action.CONTACT: _contact,
    Action.WAIT: _wait,
    Action.RESUME: _resume,
    Action.RECLASSIFY: _reclassify,
}
