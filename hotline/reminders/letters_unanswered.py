"""Unanswered: an employer has not answered in time; the next letter of the ladder is drafted for a person to sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from hotline.documents.letter_texts import TO_EMPLOYERS
from hotline.letters.filling import following_values, next_kind
from hotline.letters.models import Letter, LetterState
from hotline.reminders.duty import After, Duty, Round, Told, in_order, untold
from hotline.reminders.models import Audience, ObjectKind, Step


def _find(now: Round, after: After | None, most: int) -> Select[Any]:
    query = select(Letter, Letter.reply_by.label("order_at")).where(
        Letter.state == LetterState.SENT,
        Letter.reply_by < now.now,
        Letter.kind.in_(TO_EMPLOYERS),
        untold(ObjectKind.LETTER, Step.UNANSWERED, Letter.id, Letter.reply_by),
    )
    return in_order(query, Letter.reply_by, Letter, after, most)


def _tell(now: Round, row: Any) -> Sequence[Told]:
    letter: Letter = row.Letter
    following = next_kind(letter.kind)
    drafted = (
        Letter(
            kind=following,
            state=LetterState.DRAFT,
            field_values=following_values(letter),
            case_id=letter.case_id,
            organisation_id=letter.organisation_id,
            origin=letter.origin,
            previous_id=letter.id,
            drafted_at=now.now,
        )
        if following is not None
        else None
    )
    return [
        Told(
            step=Step.UNANSWERED,
            due_at=row.order_at,
            audience=Audience.LEADS if letter.origin else Audience.SUPERVISORS,
            department=now.leading(letter.origin) if letter.origin else None,
            case_id=letter.case_id,
            letter_id=letter.id,
            facts={"number": letter.number, "addressee": letter.addressee},
            letter=drafted,
        )
    ]


DUTY = Duty(Step.UNANSWERED, ObjectKind.LETTER, Letter, _find, _tell)
