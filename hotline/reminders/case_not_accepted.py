"""Not accepted: the date for accepting has passed, and the leads of the department are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select

from hotline.cases.lifecycle import Status
from hotline.cases.models import Case
from hotline.reminders.duty import After, Duty, Round, Told, about_case, in_order, untold
from hotline.reminders.models import Audience, ObjectKind, Step


def _find(now: Round, after: After | None, most: int) -> Select[Any]:
    query = select(Case, Case.due_at.label("order_at")).where(
        Case.status == Status.ROUTED,
        Case.due_at < now.now,
        Case.due_at >= now.now - timedelta(days=now.policy.reminding.case.look_back_days),
        untold(ObjectKind.CASE, Step.NOT_ACCEPTED, Case.id, Case.due_at),
    )
    return in_order(query, Case.due_at, Case, after, most)


def _tell(now: Round, row: Any) -> Sequence[Told]:
    case: Case = row.Case
    return [
        Told(
            step=Step.NOT_ACCEPTED,
            due_at=row.order_at,
            audience=Audience.LEADS,
            department=now.leading(case.department or ""),
            case_id=case.id,
            facts=about_case(case),
        )
    ]


DUTY = Duty(Step.NOT_ACCEPTED, ObjectKind.CASE, Case, _find, _tell)
