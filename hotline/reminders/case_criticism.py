"""Criticism: still open some working days after its 催办函, a 通报 is drafted and proposed to the supervisor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import Select, select

from hotline.cases.lifecycle import IN_HANDS
from hotline.cases.models import Case
from hotline.deadlines.reminding import day_begins
from hotline.documents.letter_texts import LetterKind
from hotline.letters.filling import case_values, following_values
from hotline.letters.models import Letter, LetterState
from hotline.reminders.duty import After, Duty, Round, Told, about_case, in_order, untold
from hotline.reminders.models import Audience, ObjectKind, Reminder, Step


def _find(now: Round, after: After | None, most: int) -> Select[Any]:
    steps, calendar = now.policy.reminding.case, now.policy.calendar
    first = day_begins(calendar.add_working_days(now.today, 1 - steps.criticism_after_days)).astimezone(UTC)
    query = (
        select(Case, Reminder.at.label("order_at"), Reminder.due_at.label("due"), Letter)
        .join(Reminder, Reminder.object_id == Case.id)
        .join(Letter, Letter.id == Reminder.letter_id)
        .where(
            Reminder.step == Step.OVERDUE,
            Reminder.object_kind == ObjectKind.CASE,
            Reminder.at < first,
            Reminder.at >= first - timedelta(days=steps.look_back_days),
            Case.status.in_(sorted(IN_HANDS)),
            Case.resolve_by < Reminder.at,
            Case.department == Letter.department,
            Letter.state != LetterState.WITHDRAWN,
            untold(ObjectKind.CASE, Step.CRITICISM, Case.id, Reminder.due_at),
        )
    )
    return in_order(query, Reminder.at, Case, after, most)


def _tell(now: Round, row: Any) -> Sequence[Told]:
    case, urged = row.Case, row.Letter
    letter = Letter(
        kind=LetterKind.CRITICISM,
        state=LetterState.DRAFT,
        field_values={**following_values(urged), **case_values(now.policy, case, now=now.now)},
        case_id=case.id,
        department=case.department,
        previous_id=urged.id,
        drafted_at=now.now,
    )
    return [
        Told(
            step=Step.CRITICISM,
            due_at=row.due,
            audience=Audience.SUPERVISORS,
            case_id=case.id,
            facts=about_case(case),
            letter=letter,
        )
    ]


DUTY = Duty(Step.CRITICISM, ObjectKind.CASE, Case, _find, _tell)
