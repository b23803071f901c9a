"""Overdue: on the working day after the due date a 催办函 goes to the department, with a copy to its lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import Select, select

from hotline.cases.lifecycle import IN_HANDS
from hotline.cases.models import Case
from hotline.deadlines.reminding import day_begins
from hotline.documents.letter_texts import LetterKind
from hotline.letters.filling import case_values
from hotline.letters.models import Letter, LetterState
from hotline.reminders.duty import After, Duty, Round, Told, about_case, in_order, untold
from hotline.reminders.models import Audience, ObjectKind, Step


def _find(now: Round, after: After | None, most: int) -> Select[Any]:
    steps, calendar = now.policy.reminding.case, now.policy.calendar
    # Today is a working day: whatever was due before the last of these days is so many working days overdue today.
    first = day_begins(calendar.add_working_days(now.today, 1 - steps.urge_after_days)).astimezone(UTC)
    query = select(Case, Case.resolve_by.label("order_at")).where(
        Case.status.in_(sorted(IN_HANDS)),
        Case.due_at < first,
        Case.due_at >= first - timedelta(days=steps.look_back_days),
        Case.resolve_by < first,
        Case.department.is_not(None),
        untold(ObjectKind.CASE, Step.OVERDUE, Case.id, Case.resolve_by),
    )
    return in_order(query, Case.resolve_by, Case, after, most)


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
