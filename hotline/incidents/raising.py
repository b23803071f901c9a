"""Counting who tells of one employer or place, and keeping what is a warning: a few statements, however many calls.

People are counted, not messages, and PostgreSQL counts them: a caller counts in every window with a call of theirs in
it, once, however often they call. For how many people somebody speaks is the most that was ever said. All who leave no
number are one caller.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeEngine

from hotline.cases.models import CallRecord, Case
from hotline.incidents.models import Basis, Incident, IncidentState
from hotline.routing.crowds import CrowdLimits
from hotline.routing.places import territory_of

_KEYS: Final = {Basis.EMPLOYER: (Case.employer_key, Case.employer), Basis.PLACE: (Case.place_key, Case.place)}
"""What calls have in common, and how it was written."""
_WARNING: Final[dict[str, TypeEngine[Any]]] = {
    "basis": Text(), "key": Text(), "label": Text(), "territory": Text(), "window_days": Integer(),
    "callers": Integer(), "people": Integer(), "first_at": DateTime(timezone=True), "last_at": DateTime(timezone=True),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Warned:
    """A full window of one employer or place: how many callers, for how many people, first and last call within it."""

    key: str
    days: int
    callers: int
    people: int
    first_at: datetime
    last_at: datetime


def crowds(tellings: FromClause, limits: CrowdLimits, *, now: datetime) -> Select[Any]:
    """The keys with a full window that ends `now`; `tellings` has `key`, `caller` ("" for no number), `at`, `people`.

    A row is a key and, for each window, callers, people, first and last call: `shortest` chooses among them.
    """
    told = tellings.c
    begins = [now - timedelta(days=window.days) for window in limits.windows]
    by_caller = (
        select(
            told.key, func.max(told.at).label("last_at"), func.max(func.greatest(told.people, 1)).label("people"),
            *(func.min(told.at).filter(told.at > begin).label(f"first_{n}") for n, begin in enumerate(begins)),
        )
        .where(told.at > begins[-1], told.at <= now)
        .group_by(told.key, told.caller)
        .cte("by_caller")
    ).c  # fmt: skip
    columns: list[ColumnElement[Any]] = [by_caller.key]
    full = []
    for n, window in enumerate(limits.windows):
        first_at = by_caller[f"first_{n}"]
        within = first_at.is_not(None)
        callers = func.count(first_at)
        full.append(callers >= window.callers)
        columns += [
            callers, func.sum(by_caller.people).filter(within), func.min(first_at),
            func.max(by_caller.last_at).filter(within),
        ]  # fmt: skip
    return select(*columns).group_by(by_caller.key).having(or_(*full))


def shortest(row: Sequence[Any], limits: CrowdLimits) -> Warned:
    """The shortest full window of a row of `crowds`."""
    key, *counted = row
    for place, window in enumerate(limits.windows):
        callers, people, first_at, last_at = counted[4 * place : 4 * place + 4]
        if callers >= window.callers:
            return Warned(key, window.days, callers, people, first_at, last_at)
    raise LookupError("No window is full.")


async def crowds_told(
    session: AsyncSession, basis: Basis, numbers: Collection[str] | None, limits: CrowdLimits, *, now: datetime
) -> list[Warned]:
    """What so many callers name that it is a warning: of all that these cases name, or of everything (None)."""
    key, _label = _KEYS[basis]
    tellings = (
        select(
            key.label("key"), CallRecord.caller_number.label("caller"), Case.opened_at.label("at"),
            func.coalesce(Case.people, 1).label("people"),
        )
        .join(CallRecord, CallRecord.case_id == Case.id)
        .where(key != "")
    )  # fmt: skip
    if numbers is not None:
        named = select(key).where(Case.number == any_(_texts(numbers)), key != "")
        tellings = tellings.where(key == any_(func.array(named.scalar_subquery())))
    rows = await session.execute(crowds(tellings.subquery("tellings"), limits, now=now))
    return [shortest(row, limits) for row in rows]


async def labels_of(session: AsyncSession, basis: Basis, keys: Collection[str]) -> dict[str, str]:
    """How the newest call that wrote each of these wrote it; a key that stands in narratives only is its own label."""
    key, label = _KEYS[basis]
    rows = await session.execute(
        select(key, label)
        .ext(distinct_on(key))
        .where(key == any_(_texts(keys)), key != "", label != "")
        .order_by(key, Case.opened_at.desc(), Case.id.desc())
    )
    return {each: each for each in keys} | {row[0]: row[1] for row in rows}


def _texts(values: Collection[str]) -> ColumnElement[Any]:
    return literal([*values], ARRAY(Text))


async def cases_of_many(
    session: AsyncSession, numbers: Collection[str] | None, *, least: int, since: datetime
) -> Sequence[Any]:
    """The open cases which concern so many people, of these or of all since: number, employer, people, opened_at."""
    chosen = Case.opened_at > since if numbers is None else Case.number == any_(_texts(numbers))
    rows = await session.execute(
        select(Case.number, Case.employer, Case.people, Case.opened_at).where(
            chosen, Case.people >= least, Case.ended_at.is_(None)
        )
    )
    return rows.all()


def warning(basis: Basis, warned: Warned, label: str) -> dict[str, Any]:
    """A warning as `keep_warnings` takes it."""
    return {
        "basis": basis.value,
        "key": warned.key,
        "label": label,
        "territory": territory_of(warned.key) if basis is Basis.PLACE else "",
        "window_days": warned.days,
        "callers": warned.callers,
        "people": warned.people,
        "first_at": warned.first_at.isoformat(),
        "last_at": warned.last_at.isoformat(),
    }


async def keep_warnings(session: AsyncSession, warnings: Sequence[dict[str, Any]], *, since: datetime) -> None:
    """Raise these warnings, or bring those there are up to date; as often as one likes, from any process.

    What was decided lately is not asked again: it only counts on. A silenced warning opens when there are twice as
    many callers as when it was silenced.
    """
    if warnings:
        ordered = sorted(warnings, key=lambda each: (each["basis"], each["key"]))  # two processes lock in one order
        connection = await session.connection()
        await connection.execute(_HOLDING, {"warnings": ordered})
        await connection.execute(_KEEPING, {"warnings": ordered, "since": since})


def _given() -> Any:
    return (
        func.jsonb_to_recordset(bindparam("warnings", type_=JSONB))
        .table_valued(*(column(name, kind) for name, kind in _WARNING.items()))
        .render_derived("given", with_types=True)
    )


def _holding() -> Any:
    """Hold what was ever raised about these: a decision made meanwhile is seen by the statement that follows."""
    given = _given()
    return (
        select(Incident.id)
        .join(given, and_(given.c.basis == Incident.basis, given.c.key == Incident.key))
        .order_by(Incident.basis, Incident.key, Incident.id)
        .with_for_update(of=Incident)
    )


def _keeping() -> Any:
    given = _given()
    told = select(*(given.c[name] for name in _WARNING)).cte("told")
    decided = _counted_on(told)
    already = exists().where(decided.c.basis == told.c.basis, decided.c.key == told.c.key)
    columns = Incident.__table__.c
    values = [told.c[name].cast(columns[name].type) for name in _WARNING]
    new = insert(Incident).from_select(
        [*_WARNING, "state"],
        select(*values, literal(IncidentState.OPEN.value, columns["state"].type)).where(~already),
        include_defaults=False,
    )
    again = ("callers", "people", "last_at", "window_days", "label")
    counted: dict[str, Any] = {name: new.excluded[name] for name in again}
    counted["first_at"] = func.least(columns["first_at"], new.excluded["first_at"])
    return new.on_conflict_do_update(index_elements=["basis", "key"], index_where=text("state = 'open'"), set_=counted)


def _counted_on(told: CTE) -> CTE:
    """Warnings of these things that were decided lately, and are not asked again: brought up to date.

    What is counted in a longer window than that of the decision cannot be compared with it: only its time is kept.
    """
    still_open = aliased(Incident)
    asked = exists().where(
        still_open.basis == Incident.basis, still_open.key == Incident.key, still_open.state == IncidentState.OPEN
    )
    again = and_(
        Incident.state == IncidentState.SILENCED, told.c.window_days <= Incident.window_days,
        told.c.callers >= 2 * Incident.decided_callers,
    )  # fmt: skip
    comparable = or_(again, told.c.window_days == Incident.window_days)
    counted = {
        name: case((comparable, told.c[name]), else_=Incident.__table__.c[name])
        for name in ("window_days", "callers", "people", "label")
    }
    return (
        update(Incident)
        .where(
            Incident.basis == told.c.basis, Incident.key == told.c.key, Incident.state != IncidentState.OPEN,
            Incident.last_at > bindparam("since", type_=DateTime(timezone=True)), ~asked,
        )
        .values(
            **counted, last_at=told.c.last_at, first_at=func.least(Incident.first_at, told.c.first_at),
            state=case((again, literal(IncidentState.OPEN.value)), else_=Incident.state),
        )
        .returning(Incident.basis, Incident.key)
        .cte("decided")
    )  # fmt: skip


_HOLDING: Final = _holding()
_KEEPING: Final = _keeping()
