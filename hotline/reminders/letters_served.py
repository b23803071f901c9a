"""Served: a letter that a person signed off lies in the console of a department, which is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, select

from hotline.letters.models import Letter, LetterState
from hotline.reminders.duty import After, Duty, Round, Told, in_order, untold
from hotline.reminders.models import Audience, ObjectKind, Step

_RECENT: Final = timedelta(days=30)


def _find(now: Round, after: After | None, most: int) -> Select[Any]:
    query = select(Letter, Letter.sent_at.label("order_at")).where(
        Letter.state == LetterState.SENT,
        Letter.reply_by > now.now - _RECENT,
        Letter.sent_at >= now.now - _RECENT,
        Letter.department.is_not(None),
        Letter.signed_by_id.is_not(None),
        untold(ObjectKind.LETTER, Step.SERVED, Letter.id, Letter.sent_at),
    )
    return in_order(query, Letter.sent_at, Letter, after, most)


def _tell(_now: Round, row: Any) -> Sequence[Told]:
    letter: Letter = row.Letter
    return [
        Told(
            step=Step.SERVED,
            due_at=row.order_at,
            audience=Audience.DEPARTMENT,
            department=letter.department,
            case_id=letter.case_id,
            letter_id=letter.id,
            facts={"number": letter.number, "title": letter.title},
        )
    ]


DUTY = Duty(Step.SERVED, ObjectKind.LETTER, Letter, _find, _tell)
