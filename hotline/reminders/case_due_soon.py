"""Due soon: the handler is reminded before the matter is due; where nobody has it in hand, the department is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import Select, select

from hotline.cases.lifecycle import Status
from hotline.cases.models import Case
from hotline.deadlines.reminding import day_begins
from hotline.reminders.duty import After, Duty, Round, Told, about_case, in_order, untold
from hotline.reminders.models import Audience, ObjectKind, Step


def _find(now: Round, after: After | None, most: int) -> Select[Any]:
    calendar = now.policy.calendar
    # Until midnight: some departments work longer than others.
    last = calendar.add_working_days(now.today, now.policy.reminding.case.due_soon_days)
    query = select(Case, Case.due_at.label("order_at")).where(
        Case.status == Status.ACCEPTED,
        Case.due_at > now.now,
        Case.due_at < day_begins(last + timedelta(days=1)).astimezone(UTC),
        untold(ObjectKind.CASE, Step.DUE_SOON, Case.id, Case.due_at),
    )
    return in_order(query, Case.due_at, Case, after, most)


def _tell(_now: Round, row: Any) -> Sequence[Told]:
    case: Case = row.Case
    for_person = case.handler_id is not None
    return [
        Told(
            step=Step.DUE_SOON,
            due_at=row.order_at,
            audience=Audience.PERSON if for_person else Audience.DEPARTMENT,
            recipient_id=case.handler_id,
            department=None if for_person else case.department,
            case_id=case.id,
            facts=about_case(case),
        )
    ]


DUTY = Duty(Step.DUE_SOON, ObjectKind.CASE, Case, _find, _tell)
