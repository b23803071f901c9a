"""Overdue: on the working day after the due date a 催办函 goes to the department, with a copy to its lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from hotline.cases.lifecycle import IN_HANDS
from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.deadlines.reminding import day_begins
from hotline.documents.letter_texts import LetterKind
from hotline.letters.filling import case_values
from hotline.letters.models import Letter, LetterState
from hotline.reminders.duty import After, Duty, Round, Told, about_case, in_order
from hotline.reminders.models import Audience, ObjectKind, Reminder, Step
from hotline.storage.base import fixed


def _find(now: Round, after: After | None, most: int) -> Select[Any]:
    steps, calendar = now.policy.reminding.case, now.policy.calendar
    # Today is a working day: whatever was due before the last of these days is so many working days overdue today.
    first = day_begins(calendar.add_working_days(now.today, 1 - steps.urge_after_days)).astimezone(UTC)
    oldest = first - timedelta(days=steps.look_back_days)
    # What nobody has accepted has the date of acceptance there, and that lies before all days of the limit.
    accepted = calendar.add_working_days(oldest.astimezone(SHANGHAI).date(), -now.policy.limits.longest - 1)
    query = select(Case, Case.resolve_by.label("order_at")).where(
        Case.status.in_(sorted(IN_HANDS)),
        Case.due_at < first,
        Case.due_at >= day_begins(accepted).astimezone(UTC),
        Case.resolve_by < first,
        Case.resolve_by >= oldest,
        Case.department.is_not(None),
        _not_urged(),
    )
    return in_order(query, Case.resolve_by, Case, after, most)


def _not_urged() -> ColumnElement[bool]:
    """That no letter has gone out since the date passed: one that is put right backwards calls for no second letter."""
    told = aliased(Reminder)
    same = (told.object_kind == ObjectKind.CASE, told.object_id == Case.id, told.step == Step.OVERDUE)
    since = select(told.id).where(*same, told.at > Case.resolve_by).limit(fixed(1))
    return since.scalar_subquery().is_(None)  # as `untold`: row by row, in the unique index


def _tell(now: Round, row: Any) -> Sequence[Told]:
    case: Case = row.Case
    letter = Letter(
        kind=LetterKind.URGE,
        state=LetterState.DRAFT,
        field_values=case_values(now.policy, case, now=now.now),
        case_id=case.id,
        department=case.department,
        drafted_at=now.now,
    )
    about = {"due_at": row.order_at, "case_id": case.id, "facts": about_case(case)}
    leading = now.leading(case.department or "")
    return [
        Told(
            step=Step.OVERDUE,
            audience=Audience.DEPARTMENT,
            department=case.department,
            letter=letter,
            signed=True,
            **about,
        ),
        Told(step=Step.OVERDUE_COPY, audience=Audience.LEADS, department=leading, **about),
    ]


DUTY = Duty(Step.OVERDUE, ObjectKind.CASE, Case, _find, _tell)
