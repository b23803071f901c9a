"""Resolution times in SQL: one statement a page, so that totals and lines come from the same set of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ARRAY, ColumnElement, Double, Subquery, case, cast, func, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.lifecycle import Status
from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.reports.figures import FRACTIONS, NOTHING, Figure, Period, Resolution, Week
from hotline.reports.small_cells import LEAST, Cell, Hidden, Tally, show_cell, show_column

By = Literal["department", "category", "none"]
ASIDE: Final = frozenset({Status.MERGED, Status.REFERRED, Status.WITHDRAWN})
"""Ends without a resolution."""
UNRESOLVED: Final = frozenset({Status.RECEIVED, Status.REVIEW, Status.ROUTED, Status.ACCEPTED})
"""Where a case stands of which nothing is resolved yet."""
WORK_MEM: Final = "32MB"
"""Lets a year of 100,000 cases be sorted in memory; until the transaction ends."""
PAGE_COST: Final = "1.1"
"""Cases lie in the order in which they came, most of them in memory: a quarter of a year is read by the index on the
day of the call, a fifth of the work of reading them all. PostgreSQL's own 4 is that of a turning disk."""
_FOR_FIGURES: Final = select(
    func.set_config("work_mem", WORK_MEM, true()), func.set_config("random_page_cost", PAGE_COST, true())
)
EVERYTHING: Final = "everything"
_SETS: Final = ("department", "category", "week")
_COUNTS: Final = ("resolved", "open", "over", "aside")


@dataclass(frozen=True, slots=True)
class ResolutionTimes:
    """A total and its lines; `lines` are in the order of their codes, None last."""

    total: Resolution
    lines: tuple[Resolution, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolutionPage:
    """Everything the page of resolution times shows, from one look at the cases."""

    total: Resolution
    departments: tuple[Resolution, ...]
    categories: tuple[Resolution, ...]
    weeks: tuple[Week, ...]


async def resolution_times(
    session: AsyncSession, condition: ColumnElement[bool], period: Period, *, now: datetime, by: By = "department"
) -> ResolutionTimes:
    """Resolution times of the matters opened in the period, as `figures.DEFINITIONS` says.

    `condition` is over `Case`: `cases.rights.condition(actor, Permission.FIGURES_READ)`. `now` decides what is overdue.
    """
    sets = () if by == "none" else (by,)
    rows = await _measure(session, condition, period, now=now, sets=sets)
    return ResolutionTimes(_total(rows), () if by == "none" else _lines_by(rows, by))


async def resolution_page(
    session: AsyncSession, condition: ColumnElement[bool], period: Period, *, now: datetime
) -> ResolutionPage:
    """The same by department, by category and by week of opening, in one statement."""
    rows = await _measure(session, condition, period, now=now, sets=_SETS)
    return ResolutionPage(
        total=_total(rows),
        departments=_lines_by(rows, "department"),
        categories=_lines_by(rows, "category"),
        weeks=_weeks(rows, period),
    )


async def resolution_weeks(
    session: AsyncSession, condition: ColumnElement[bool], period: Period, *, now: datetime
) -> tuple[Week, ...]:
    """The same by week of opening alone: what the chart draws."""
    return _weeks(await _measure(session, condition, period, now=now, sets=("week",)), period)


def _weeks(rows: Sequence[Any], period: Period) -> tuple[Week, ...]:
    by_week = {line.label: line for line in _lines_by(rows, "week")}
    return tuple(Week(monday, by_week.get(str(monday), NOTHING)) for monday in period.weeks)


def _matters(condition: ColumnElement[bool], period: Period, now: datetime) -> Subquery:
    """One row a case: where it belongs, how it stands, how long it took."""
    aside = Case.status.in_(sorted(ASIDE))
    resolved = ~aside & Case.resolved_at.is_not(None)
    is_open = ~aside & Case.resolved_at.is_(None)
    hours = func.date_part("epoch", Case.resolved_at - Case.opened_at, type_=Double) / 3600
    monday = datetime.combine(period.weeks[0], time.min, SHANGHAI)
    return (
        select(
            Case.department,
            Case.category,
            func.date_bin(timedelta(days=7), Case.opened_at, monday).label("week"),
            Case.confidential,
            resolved.label("resolved"),
            is_open.label("open"),
            (is_open & (Case.resolve_by < now)).label("over"),
            aside.label("aside"),
            (Case.resolved_at <= Case.resolve_by).label("in_time"),
            Case.resolve_by.is_not(None).label("dated"),
            case((resolved, hours)).label("hours"),
        )
        .where(
            condition,
            Case.opened_at >= period.starts_at,
            Case.opened_at < period.ends_at,
            Case.routed_at.is_not(None),
        )
        .offset(0)  # keeps the planner from computing these anew for every aggregate that reads them
        .subquery("matters")
    )


def _counted(matters: Subquery) -> list[ColumnElement[Any]]:
    m = matters.c
    columns = []
    for name in _COUNTS:
        columns.append(func.count().filter(m[name]).label(name))
        columns.append(func.count().filter(m[name], m.confidential).label(f"{name}_sealed"))
    fractions = cast(literal(list(FRACTIONS), ARRAY(Double)), ARRAY(Double))
    return [
        *columns,
        func.count().filter(m.resolved, m.in_time).label("in_time"),
        func.count().filter((m.resolved & m.dated) | m.over).label("in_time_of"),
        func.percentile_cont(fractions, type_=ARRAY(Double)).within_group(m.hours).label("times"),
    ]


async def _measure(
    session: AsyncSession, condition: ColumnElement[bool], period: Period, *, now: datetime, sets: Sequence[str]
) -> Sequence[Any]:
    """A row for everything and a row for every value of each of `sets`; `grouped` tells which."""
    matters = _matters(condition, period, now)
    keys = [matters.c[name] for name in _SETS if name in sets]
    grouped = (
        case(*((func.grouping(key) == 0, key.name) for key in keys), else_=EVERYTHING) if keys else literal(EVERYTHING)
    )
    query = select(*keys, grouped.label("grouped"), *_counted(matters))
    if keys:
        query = query.group_by(func.grouping_sets(tuple_(), *(tuple_(key) for key in keys)))
    await session.execute(_FOR_FIGURES)
    return (await session.execute(query)).all()


def _tally(row: Any, name: str) -> Tally:
    sealed = getattr(row, f"{name}_sealed")
    if name == "over" and not sealed and row.open < LEAST:
        sealed = row.open_sealed  # the overdue ones of a hidden few would give the few away
    return Tally(getattr(row, name), sealed)


def _total(rows: Sequence[Any]) -> Resolution:
    row = next(row for row in rows if row.grouped == EVERYTHING)
    return _line(row, None, *(show_cell(_tally(row, name)) for name in _COUNTS))


def _lines_by(rows: Sequence[Any], by: str) -> tuple[Resolution, ...]:
    """The lines of one set in the order of their values, the one without a value last."""
    chosen = [row for row in rows if row.grouped == by]
    chosen.sort(key=lambda row: (getattr(row, by) is None, getattr(row, by)))
    columns = [show_column([_tally(row, name) for row in chosen]) for name in _COUNTS]
    values = [getattr(row, by) for row in chosen]
    return tuple(_line(row, _label(value), *cells) for row, value, *cells in zip(chosen, values, *columns, strict=True))


def _label(value: Any) -> str | None:
    """The code, or of a week the day of its Monday."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).date().isoformat()
    return None if value is None else str(value)


def _line(row: Any, label: str | None, n: Cell, is_open: Cell, over: Cell, aside: Cell) -> Resolution:
    """Times are shown with the number they are taken from, the share only with both of its parts."""
    few = isinstance(n, Hidden)
    median, p75, p90 = row.times if row.times and not few else (None, None, None)
    shares = not few and not isinstance(over, Hidden)
    in_time = Figure("in_time", row.in_time, row.in_time_of) if shares else None
    return Resolution(label, n, is_open, over, aside, median, p75, p90, in_time)
