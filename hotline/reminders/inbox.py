"""The inbox: what a person, their department or the supervisors are told, as each may see it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, false, func, or_, select, update

from hotline.accounts.permissions import Actor, Permission, may
from hotline.accounts.roles import Role
from hotline.cases.models import Case
from hotline.cases.queue import COUNTED_UP_TO
from hotline.cases.rights import condition
from hotline.letters.models import Letter
from hotline.registry.models import Organisation
from hotline.reminders.models import Audience, Reminder, Step
from hotline.storage.base import fixed
from hotline.work import Work, leave_trace

PAGE: Final = 50
_KEPT: Final = 2048
_FOR_LEADS: Final = (Audience.DEPARTMENT, Audience.LEADS)


def _addressed_to(actor: Actor) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = [Reminder.recipient_id == actor.account_id]
    if actor.department is not None:
        here = Reminder.department == actor.department
        if actor.role is Role.LEAD:  # who has the copy needs no second line for the same letter
            ways.append(and_(here, Reminder.audience.in_(_FOR_LEADS), Reminder.step != Step.OVERDUE))
        else:
            ways.append(and_(here, Reminder.audience == Audience.DEPARTMENT))
    if actor.role is Role.SUPERVISOR:
        ways.append(Reminder.audience == Audience.SUPERVISORS)
    return or_(*ways)


@lru_cache(maxsize=_KEPT)
def _mine(actor: Actor) -> ColumnElement[bool]:
    """What lies in this person's inbox: nothing about a case they may not see, or no longer."""
    if not may(actor, Permission.REMINDERS_READ):
        return false()
    visible = condition(actor, Permission.REMINDERS_READ)
    seen = exists(select(Case.id).where(Case.id == Reminder.case_id, visible).correlate(Reminder))
    return and_(_addressed_to(actor), or_(Reminder.case_id.is_(None), seen))


@lru_cache(maxsize=_KEPT)
def unread(actor: Actor) -> ScalarSelect[int]:
    """How many lines of this inbox are not read, counted up to 100; for the statement that counts the desks."""
    some = select(fixed(1).label("one")).where(_mine(actor), Reminder.read_at.is_(None)).limit(fixed(COUNTED_UP_TO))
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


async def list_reminders(work: Work, *, before: int | None = None) -> tuple[Sequence[Any], int | None]:
    """A page of the inbox, newest first, and where the next one begins.

    Rows: `Reminder`, `number` of the case, `code` and `name` of the organisation, `letter_number` and `letter_title`.
    """
    query = (
        select(
            Reminder, Case.number, Organisation.code, Organisation.name,
            Letter.number.label("letter_number"), Letter.title.label("letter_title"),
        )
        .outerjoin(Case, Case.id == Reminder.case_id)
        .outerjoin(Organisation, Organisation.id == Reminder.organisation_id)
        .outerjoin(Letter, Letter.id == Reminder.letter_id)
        .where(_mine(work.actor))
        .order_by(Reminder.id.desc())
        .limit(fixed(PAGE + 1))
    )  # fmt: skip
    if before is not None:
        query = query.where(Reminder.id < before)
    rows = (await work.session.execute(query)).all()
    return rows[:PAGE], rows[PAGE - 1].Reminder.id if len(rows) > PAGE else None


async def mark_read(work: Work, reminder_id: int | None = None) -> int:
    """Mark one line of this inbox as read, or all of them (None); how many were not."""
    chosen = [_mine(work.actor), Reminder.read_at.is_(None)]
    if reminder_id is not None:
        chosen.append(Reminder.id == reminder_id)
    read = update(Reminder).where(*chosen).values(read_at=work.now, read_by_id=work.actor.account_id)
    done = (await work.session.scalars(read.returning(Reminder.id).execution_options(synchronize_session=False))).all()
    if done:
        await leave_trace(work, "reminder.read", details={"read": len(done)})
    return len(done)
