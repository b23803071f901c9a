"""Questions about what others were asked on a case, and what supervisors found when they looked at it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, false, func, literal, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor, Permission, may
from hotline.cases.models import Case
from hotline.cases.task_models import CoHandling, Instruction, QualityCheck
from hotline.storage.base import fixed

_ASKED_BY, _ENDED_BY = aliased(Account), aliased(Account)


class Helped(NamedTuple):
    """A department asked to help, until when, and its answer; `ended_at` is None while it is waited for."""

    department: str
    asked_at: datetime
    asked_by: str | None
    asked: str
    due_at: datetime
    why: dict[str, Any]
    ended_at: datetime | None
    ended_by: str | None
    words: str | None
    released: bool


class Instructed(NamedTuple):
    """An instruction, the day by which a report is wanted, and the report."""

    at: datetime
    by: str | None
    words: str
    by_on: date | None
    reported_at: datetime | None
    reported_by: str | None
    report: str | None


class Checked(NamedTuple):
    """What a supervisor found when looking at an ended case."""

    sampled_on: date
    at: datetime
    by: str | None
    points: dict[str, bool]
    remark: str


def records(rows: Select[Any]) -> ColumnElement[Any]:
    """These rows as one array."""
    return func.array(rows.scalar_subquery())


def co_handlings_of(found: Subquery) -> Select[Any]:
    """`Helped` of the found case, oldest first."""
    one = CoHandling
    shown = func.row(
        one.department, one.asked_at, _ASKED_BY.name, one.asked, one.due_at, one.why, one.ended_at, _ENDED_BY.name,
        one.words, one.released,
    )  # fmt: skip
    helped = select(shown).select_from(one).outerjoin(_ASKED_BY, _ASKED_BY.id == one.asked_by_id)
    helped = helped.outerjoin(_ENDED_BY, _ENDED_BY.id == one.ended_by_id)
    return helped.where(one.case_id == found.c.id).order_by(one.id)


def instructions_of(found: Subquery) -> Select[Any]:
    """`Instructed` on the found case, oldest first."""
    one = Instruction
    shown = func.row(one.at, _ASKED_BY.name, one.words, one.by_on, one.reported_at, _ENDED_BY.name, one.report)
    given = select(shown).select_from(one).outerjoin(_ASKED_BY, _ASKED_BY.id == one.by_id)
    given = given.outerjoin(_ENDED_BY, _ENDED_BY.id == one.reported_by_id)
    return given.where(one.case_id == found.c.id).order_by(one.id)


def checks_of(actor: Actor, found: Subquery) -> Select[Any]:
    """`Checked` of the found case, oldest first; nothing for who does not judge samples."""
    one = QualityCheck
    shown = func.row(one.sampled_on, one.at, Account.name, one.points, one.remark)
    checks = select(shown).select_from(one).outerjoin(Account, Account.id == one.by_id)
    if not may(actor, Permission.QUALITY_WORK):
        checks = checks.where(false())
    return checks.where(one.case_id == found.c.id).order_by(one.id)


async def open_co_handlings(session: AsyncSession, case_id: int) -> Sequence[CoHandling]:
    """The requests for help on a case that have not been answered."""
    found = select(CoHandling).where(CoHandling.case_id == case_id, CoHandling.ended_at.is_(None))
    return (await session.scalars(found)).all()


async def open_instructions(session: AsyncSession, case_id: int) -> Sequence[Instruction]:
    """The instructions on a case that no report has answered."""
    found = select(Instruction).where(Instruction.case_id == case_id, Instruction.reported_at.is_(None))
    return (await session.scalars(found)).all()


def helping(
    actor: Actor,
    where: Sequence[ColumnElement[bool]],
    after: tuple[datetime | None, int] | None,
    size: int,
    *,
    beside: bool,
) -> Select[*tuple[Any, ...]]:
    """What this person's departments were asked to help with and have not answered, by its own clock.

    `after` is when the last one of the page before is due, and its id. `beside` a list of what is in their hands,
    without what stands there already.
    """
    mine = sorted(actor.departments)
    due = func.min(CoHandling.due_at)
    asked = (
        select(Case.id, due.label("due_at"), true().label("helping"))
        .join(CoHandling, CoHandling.case_id == Case.id)
        .where(CoHandling.ended_at.is_(None), CoHandling.department.in_(mine), *where)
        .group_by(Case.id)
    )
    if beside:
        asked = asked.where(or_(Case.department.is_(None), Case.department.not_in(mine)))
    if after is not None:
        asked = asked.having(tuple_(due, Case.id) > tuple_(*map(literal, after)))
    return asked.order_by(due, Case.id).limit(fixed(size))
