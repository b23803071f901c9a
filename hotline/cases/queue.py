"""Lists of cases: what waits on a desk, what is due first or newest first; paged by key, never counted whole.

A list is built branch by branch (one department or one status each), so that every branch walks an index in order and
stops after a page: the cost does not grow with the number of cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    false,
    func,
    literal,
    select,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY

from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor, Permission
from hotline.cases.lifecycle import IN_HANDS, UNRESOLVED, Status
from hotline.cases.models import CallRecord, Case
from hotline.cases.rights import condition
from hotline.cases.task_queries import helping
from hotline.storage.base import fixed
from hotline.storage.prepared import Prepared
from hotline.work import Work

PAGE: Final = 50
COUNTED_UP_TO: Final = 100
KEPT_LISTS: Final = 256
"""Queries of first pages kept ready, for so many lists of so many people: building one takes as long as asking it."""

Query: TypeAlias = Select[*tuple[Any, ...]]


class Desk(StrEnum):
    """Lists there are."""

    QUEUE = "queue"
    """In the hands of my department and those below, and what they were asked to help with."""
    WAITING = "waiting"
    """The part of it which nobody has accepted yet."""
    MINE = "mine"
    """The part of it which I have accepted."""
    HELPING = "helping"
    """Where my department was asked to help and has not answered, by when it has to."""
    REVIEW = "review"
    CALL_BACKS = "call_backs"
    """Resolved and to be called back, or called back and only to be closed."""
    TAKEN = "taken"
    """Calls I took, newest first."""
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list; None means everything."""

    department: str | None = None
    category: str | None = None
    status: Status | None = None
    urgency: str | None = None
    channel: str | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class After:
    """Where the page before ended: the key of its last row."""

    at: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list and where the next page begins (None: this is the last)."""

    rows: Sequence[Any]
    next: After | None


_LISTED: Final = (
    Case.id,
    Case.number,
    Case.status,
    Case.category,
    Case.department,
    Case.urgency,
    Case.confidential,
    Case.summary,
    Case.employer,
    Case.people,
    Case.opened_at,
    Case.resolved_at,
    Case.follow_up_attempts,
    Case.returns,
    Case.supervised,
    Case.extension_asked,
    Case.handler_id,
    Case.taken_by_id,
    Case.co_handlers,
    Case.reachable,
    Case.attempted_on,
    Case.report_on,
    Case.to_tell,
)


def wanted(filters: Filters) -> list[ColumnElement[bool]]:
    """These filters as conditions on a case."""
    pairs = (
        (Case.department, filters.department),
        (Case.category, filters.category),
        (Case.status, filters.status),
        (Case.urgency, filters.urgency),
        (Case.channel, filters.channel),
    )
    chosen = [column == value for column, value in pairs if value is not None]
    return chosen if filters.due_before is None else [*chosen, Case.due_at < filters.due_before]


def _by_due(where: Sequence[ColumnElement[bool]], after: After | None, size: int) -> Query:
    conditions = [*where, Case.due_at.is_not(None)]
    if after is not None:
        conditions.append(tuple_(Case.due_at, Case.id) > tuple_(literal(after.at), literal(after.id)))
    shown = select(Case.id, Case.due_at, false().label("helping"))
    return shown.where(*conditions).order_by(Case.due_at, Case.id).limit(fixed(size))


def _newest(where: Sequence[ColumnElement[bool]], after: After | None, size: int) -> Query:
    conditions = [*where] if after is None else [*where, Case.id < after.id]
    shown = select(Case.id, Case.due_at, false().label("helping"))
    return shown.where(*conditions).order_by(Case.id.desc()).limit(fixed(size))


def _branches(actor: Actor, desk: Desk, filters: Filters) -> list[list[ColumnElement[bool]]]:
    """The conditions of each branch of a list; rights and filters come on top."""
    mine = sorted(actor.departments)
    in_hands = sorted(IN_HANDS)
    match desk:
        case Desk.QUEUE:
            departments = [filters.department] if filters.department in mine else mine
            return [[Case.department == code, Case.status.in_(in_hands)] for code in departments]
        case Desk.WAITING:
            return [[Case.department == code, Case.status == Status.ROUTED] for code in mine]
        case Desk.MINE:
            return [[Case.handler_id == actor.account_id, Case.status == Status.ACCEPTED]]
        case Desk.HELPING:
            return []
        case Desk.REVIEW:
            return [[Case.status == Status.REVIEW]]
        case Desk.CALL_BACKS:
            return [[Case.status == status] for status in (Status.FOLLOWED_UP, Status.RESOLVED)]
        case Desk.OPEN:
            return [[Case.status == status] for status in sorted(UNRESOLVED)]
        case Desk.OVERDUE:
            return [[Case.status == status] for status in sorted(UNRESOLVED | {Status.RESOLVED})]
        case Desk.TAKEN:
            return [[Case.taken_by_id == actor.account_id]]


_WITH_HELP: Final = frozenset({Desk.QUEUE, Desk.HELPING})
"""Lists on which stands what my departments were asked to help with."""


async def list_cases(
    work: Work, desk: Desk, *, filters: Filters | None = None, after: After | None = None, size: int = PAGE
) -> Page:
    """One page of a list this person may see. At most `size` rows, with the caller's number and name to be masked."""
    filters = filters or Filters()
    if after is None and desk is not Desk.OVERDUE:
        first = _first_page(work.actor, desk, filters, size)
        return Page((), None) if first is None else _page(await first.rows(work.session), size)
    query = _list(work.actor, desk, filters, size, after=after, now=work.now)
    return Page((), None) if query is None else _page(await _read(work, query), size)


@lru_cache(maxsize=KEPT_LISTS)
def _first_page(actor: Actor, desk: Desk, filters: Filters, size: int) -> Prepared | None:
    query = _list(actor, desk, filters, size)
    return None if query is None else Prepared(query)


def _list(
    actor: Actor,
    desk: Desk,
    filters: Filters,
    size: int,
    *,
    after: After | None = None,
    now: datetime | None = None,
) -> Query | None:
    """The query of a list, None where there is nothing to ask for; `now` is needed for what is overdue alone."""
    common = [condition(actor, Permission.CASE_READ), *wanted(filters)]
    if desk is Desk.OVERDUE:
        common.append(Case.due_at < now)
    build = _newest if desk is Desk.TAKEN else _by_due
    parts = [build([*branch, *common], after, size + 1).subquery() for branch in _branches(actor, desk, filters)]
    if desk in _WITH_HELP and actor.departments:
        key = None if after is None else (after.at, after.id)
        parts.append(helping(actor, common, key, size + 1, beside=desk is Desk.QUEUE).subquery())
    if not parts:
        return None
    found = union_all(*(select(part) for part in parts)).subquery("found")
    order = (found.c.id.desc(),) if desk is Desk.TAKEN else (found.c.due_at, found.c.id)
    chosen = select(found).order_by(*order).limit(fixed(size + 1)).subquery("chosen")
    return listed(chosen, by_due=desk is not Desk.TAKEN)


async def find_cases(work: Work, *, filters: Filters, after: After | None = None, size: int = PAGE) -> Page:
    """Every case this person may see, newest first, narrowed by `filters`."""
    where = [condition(work.actor, Permission.CASE_READ), *wanted(filters)]
    chosen = _newest(where, after, size + 1).subquery("chosen")
    return _page(await _read(work, listed(chosen)), size)


def listed(chosen: Any, *, by_due: bool = False) -> Query:
    """What lists show of the chosen cases."""
    order = (chosen.c.due_at, chosen.c.id) if by_due else (chosen.c.id.desc(),)
    due = chosen.c.get("due_at", Case.due_at).label("due_at")
    helps = chosen.c.get("helping", false()).label("helping")
    return (
        select(*_LISTED, due, helps, CallRecord.caller_number, CallRecord.caller_name, Account.name.label("handler"))
        .join(chosen, chosen.c.id == Case.id)
        .outerjoin(CallRecord, CallRecord.case_id == Case.id)
        .outerjoin(Account, Account.id == Case.handler_id)
        .order_by(*order)
    )


async def _read(work: Work, query: Query) -> Sequence[Any]:
    return (await (await work.session.connection()).execute(query)).all()


def _page(rows: Sequence[Any], size: int) -> Page:
    shown = rows[:size]
    more = len(rows) > size
    return Page(shown, After(shown[-1].due_at, shown[-1].id) if more else None)


async def read_listed(work: Work, ids: Sequence[int]) -> Sequence[Any]:
    """The rows of these cases as lists show them, newest first; those this person may not see are left out."""
    return await _named(work.actor).rows(work.session, {"ids": list(ids)}) if ids else ()


@lru_cache(maxsize=KEPT_LISTS)
def _named(actor: Actor) -> Prepared:
    ids = bindparam("ids", type_=ARRAY(BigInteger))
    chosen = select(Case.id).where(Case.id == func.any(ids), condition(actor, Permission.CASE_READ))
    return Prepared(listed(chosen.subquery("chosen")))


More = tuple[tuple[str, ScalarSelect[int]], ...]
"""What else is counted in the same statement: a name and a count that is always the same object for one person."""


async def count_desks(work: Work, desks: Sequence[Desk], more: More = ()) -> dict[str, int]:
    """How many cases stand on each of these lists, counted up to 100 and no further, and `more` beside them."""
    if not desks and not more:
        return {}
    row = await _counts(work.actor, tuple(desks), more).row(work.session, {"now": work.now})
    return {name: getattr(row, name) for name in (*(desk.value for desk in desks), *(name for name, _count in more))}


@lru_cache(maxsize=KEPT_LISTS)
def _counts(actor: Actor, desks: Sequence[Desk], more: More) -> Prepared:
    visible = condition(actor, Permission.CASE_READ)
    late = Case.due_at < bindparam("now", type_=Case.due_at.type)
    most = fixed(COUNTED_UP_TO)
    counts = []
    for desk in desks:
        met = [visible, late] if desk is Desk.OVERDUE else [visible]
        parts = [
            select(fixed(1).label("one")).where(*branch, *met).limit(most)
            for branch in _branches(actor, desk, Filters())
        ]
        if desk in _WITH_HELP and actor.departments:
            asked = helping(actor, met, None, COUNTED_UP_TO, beside=desk is Desk.QUEUE).subquery()
            parts.append(select(fixed(1).label("one")).select_from(asked))
        if not parts:
            counts.append(literal(0).label(desk.value))
            continue
        together = union_all(*(select(part.subquery()) for part in parts)).limit(most).subquery()
        counts.append(select(func.count()).select_from(together).scalar_subquery().label(desk.value))
    return Prepared(select(*counts, *(count.label(name) for name, count in more)))
