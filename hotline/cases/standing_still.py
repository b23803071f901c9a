"""What stands still and needs a decision: found kind by kind, oldest first, paged by key, never counted whole.

Each kind walks an index of its own and stops after a page. On the list of everything a case stands once, under the
first kind that fits it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from hotline.accounts.models import Account
from hotline.accounts.permissions import Permission, demand
from hotline.cases.lifecycle import UNRESOLVED, Action, Status
from hotline.cases.models import Case, CaseEvent
from hotline.cases.rights import condition
from hotline.cases.task_models import CoHandling
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar
from hotline.storage.base import fixed
from hotline.work import Work

PAGE: Final = 20
COUNTED_UP_TO: Final = 100
_DAY: Final = timedelta(days=1)


class Stall(StrEnum):
    """Why a case needs a decision, the most pressing first."""

    EXTENSION = "extension"
    RETURNED = "returned"
    INSTRUCTION = "instruction"
    """The day by which its department was told to report has passed."""
    CO_HANDLING = "co_handling"
    """A department asked to help has not answered in time."""
    SILENT = "silent"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Stalled:
    """One case that needs a decision: since when, and the step that tells why (by whom, what was said)."""

    kind: Stall
    since: datetime
    case: Case
    said: str | None
    by: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _At:
    """The moment as the kinds need it: now, the day in Shanghai, and before when a last step counts as silence."""

    now: datetime
    today: date
    silent: datetime


_TOLD_BY: Final = {
    Stall.EXTENSION: Action.ASK_EXTENSION,
    Stall.RETURNED: Action.RETURN,
    Stall.INSTRUCTION: Action.SUPERVISE,
    Stall.CO_HANDLING: Action.CO_HANDLE,
}
"""The step that tells why; of the other kinds the last one."""
_OVERDUE_AT: Final = (*sorted(UNRESOLVED), Status.RESOLVED)


def silent_since(calendar: Calendar, today: date, working_days: int) -> datetime:
    """The moment before which a last step means silence: so many whole working days have passed since."""
    day, left = today, working_days
    while left:
        day -= _DAY
        left -= calendar.is_working_day(day)
    return datetime.combine(day, time.min, SHANGHAI)


async def list_stalled(
    work: Work, kind: Stall | None, *, after: tuple[datetime, int] | None = None, size: int = PAGE
) -> tuple[list[Stalled], tuple[datetime, int] | None]:
    """One page of what needs a decision, of one kind or of all, with the key after which the next page begins."""
    demand(work.actor, Permission.SUPERVISION_READ)
    at = _moment(work)
    visible = condition(work.actor, Permission.SUPERVISION_READ)
    parts = [
        _part(one, since, [visible, *where], after, size + 1)
        for one in ([kind] if kind else Stall)
        for since, where in _branches(one, at, once=kind is None)
    ]
    found = union_all(*(select(part.subquery()) for part in parts)).subquery("found")
    chosen = select(found).order_by(found.c.since, found.c.id).limit(fixed(size + 1)).subquery("chosen")
    rows = (await work.session.execute(_shown(chosen))).all()
    shown = [
        Stalled(Stall(row.kind), row.since, row.Case, row.reason, row.by, row.details or {}) for row in rows[:size]
    ]
    more = len(rows) > size
    return shown, (shown[-1].since, shown[-1].case.id) if more else None


async def count_stalled(work: Work) -> dict[Stall, int]:
    """How many cases there are of each kind, counted up to 100 and no further."""
    demand(work.actor, Permission.SUPERVISION_READ)
    at = _moment(work)
    visible = condition(work.actor, Permission.SUPERVISION_READ)
    counts = []
    for kind in Stall:
        ids = [
            select(Case.id).where(visible, *where).limit(fixed(COUNTED_UP_TO)).subquery()
            for _since, where in _branches(kind, at, once=False)
        ]
        together = union_all(*(select(part) for part in ids)).limit(fixed(COUNTED_UP_TO)).subquery()
        counts.append(select(func.count()).select_from(together).scalar_subquery().label(kind.value))
    row = (await work.session.execute(select(*counts))).one()
    return {kind: getattr(row, kind.value) for kind in Stall}


def _moment(work: Work) -> _At:
    today = work.now.astimezone(SHANGHAI).date()
    return _At(work.now, today, silent_since(work.policy.calendar, today, work.policy.supervision.silent))


def _branches(kind: Stall, at: _At, *, once: bool) -> list[tuple[ColumnElement[Any], list[ColumnElement[bool]]]]:
    """Since when, and which cases; `once` leaves out those that stand under a kind before this one."""
    where = [_is(kind, at)]
    if once:
        where += [not_(_is(other, at)) for other in list(Stall)[: list(Stall).index(kind)]]
    match kind:
        case Stall.EXTENSION | Stall.RETURNED:
            return [(_told_at(_TOLD_BY[kind]), where)]
        case Stall.INSTRUCTION:
            midnight = func.timezone(SHANGHAI.key, cast(Case.report_on + 1, DateTime), type_=DateTime(timezone=True))
            return [(midnight, where)]
        case Stall.CO_HANDLING:
            return [(_answer_due(), where)]
        case Stall.SILENT:
            return [(Case.touched_at.expression, where)]
        case Stall.OVERDUE:
            return [(Case.due_at.expression, [Case.status == status, *where]) for status in _OVERDUE_AT]


def _is(kind: Stall, at: _At) -> ColumnElement[bool]:
    """Which cases are of this kind; never null, so that its opposite can be asked for."""
    match kind:
        case Stall.EXTENSION:
            return Case.extension_asked.expression
        case Stall.RETURNED:
            return and_(Case.status == Status.REVIEW, Case.returns > 0)
        case Stall.INSTRUCTION:
            return and_(Case.report_on.is_not(None), func.coalesce(Case.report_on, at.today) < at.today)
        case Stall.CO_HANDLING:
            late = select(CoHandling.case_id).where(CoHandling.ended_at.is_(None), CoHandling.due_at < at.now)
            return Case.id.in_(late)
        case Stall.SILENT:
            return and_(Case.ended_at.is_(None), func.coalesce(Case.touched_at, at.now) < at.silent)
        case Stall.OVERDUE:
            return func.coalesce(Case.due_at, at.now) < at.now


def _told_at(action: Action) -> ColumnElement[Any]:
    told = select(func.max(CaseEvent.at)).where(CaseEvent.case_id == Case.id, CaseEvent.action == action)
    return func.coalesce(told.scalar_subquery(), Case.opened_at)


def _answer_due() -> ColumnElement[Any]:
    asked = select(func.min(CoHandling.due_at)).where(CoHandling.case_id == Case.id, CoHandling.ended_at.is_(None))
    return asked.scalar_subquery()


def _part(
    kind: Stall,
    since: ColumnElement[Any],
    where: Sequence[ColumnElement[bool]],
    after: tuple[datetime, int] | None,
    size: int,
) -> Select[*tuple[Any, ...]]:
    told_by = _TOLD_BY.get(kind)
    part = select(
        literal(kind.value).label("kind"),
        since.label("since"),
        Case.id,
        cast(literal(told_by and told_by.value), String).label("told_by"),
    ).where(*where)
    if after is not None:
        part = part.where(tuple_(since, Case.id) > tuple_(*map(literal, after)))
    return part.order_by(since, Case.id).limit(fixed(size))


def _shown(chosen: Any) -> Select[*tuple[Any, ...]]:
    step = (
        select(CaseEvent.reason, CaseEvent.actor_id, CaseEvent.details)
        .where(CaseEvent.case_id == chosen.c.id)
        .where(or_(chosen.c.told_by.is_(None), cast(CaseEvent.action, String) == chosen.c.told_by))
        .order_by(CaseEvent.version.desc())
        .limit(1)
        .lateral("step")
    )
    return (
        select(Case, chosen.c.kind, chosen.c.since, step.c.reason, Account.name.label("by"), step.c.details)
        .join(chosen, chosen.c.id == Case.id)
        .outerjoin(step, true())
        .outerjoin(Account, Account.id == step.c.actor_id)
        .order_by(chosen.c.since, chosen.c.id)
    )
