"""The counts behind every figure, read in two statements under the rights of who asks.

One adds up the sums by day of what has happened, the other looks at the open cases one by one, as of now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    Text,
    and_,
    cast,
    extract,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.sql.visitors import replacement_traverse

from hotline.accounts.permissions import Actor, Atom, Permission, relations
from hotline.cases.models import Case
from hotline.cases.rights import condition
from hotline.reports.ageing import Opened
from hotline.reports.counts import Clock, Counts, Line, Spread, Time, together
from hotline.reports.figures import Period
from hotline.reports.keeping import get_state
from hotline.reports.models import ADDED, EVERY_DEPARTMENT, FIGURE_CELLS, SUMS, By, CaseFigures, Flag
from hotline.reports.months import NOTHING, month_after, read_months
from hotline.reports.steps import UPPER, added, vector
from hotline.reports.times import names_of
from hotline.reports.working_time import clock_of
from hotline.work import Work

Part = ColumnElement[Any]
COLUMNS_OF: Final = {
    Clock.RESOLUTION: ("resolve_work", "resolve_clock"),
    Clock.ACCEPTANCE: ("accept_work", "accept_clock"),
    Clock.FIRST_CONTACT: ("contact_work", "contact_clock"),
}
NAMES_OF: Final[dict[Clock | None, tuple[str, ...]]] = {
    None: ADDED,
    **{clock: tuple(name for name in ADDED if name in names_of(clock)) for clock in Clock},
}
"""What is added up beside the times of a clock: no more than `times` asks for."""
WORK_MEM: Final = "32MB"
_SET: Final = select(func.set_config("work_mem", WORK_MEM, true()), func.set_config("random_page_cost", "1.1", true()))
_FACTS: Final = CaseFigures.__table__.c
_CELLS: Final = FIGURE_CELLS.c
_ROUTED: Final = _FACTS.flags.op("&")(1 << Flag.ROUTED) != 0
_ALL: Final = frozenset({Atom.ANY})
STATES: Final[dict[str, Callable[[datetime], Part]]] = {
    "stock": lambda _now: true(),
    "open": lambda _now: _ROUTED,
    "over": lambda now: and_(_ROUTED, _FACTS.resolve_by < now),
    "waiting": lambda _now: _FACTS.waits_since.is_not(None),
    "waiting_over": lambda now: and_(_FACTS.waits_since.is_not(None), _FACTS.accept_by < now),
    "contact_over": lambda now: and_(_ROUTED, _FACTS.contact_by < now),
    "uncontacted": lambda _now: and_(_ROUTED, _FACTS.contact_work.is_(None)),
}
"""States of an open case at a moment, as `Counts` says."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The lines by their keys ("" for none), all of them together, and as of when."""

    lines: dict[str, Line]
    total: Line
    as_of: datetime | None


async def read_figures(work: Work, period: Period, by: By, clock: Clock | None = None) -> Figures:
    """What is counted of the cases opened in the period, with the times of one clock."""
    return await _read(work, period, by, clock)


async def read_weeks(work: Work, period: Period, clock: Clock) -> dict[date, Line]:
    """The same by the week of the call, told by its Monday."""
    found = await _read(work, period, By.WEEK, clock)
    return {date.fromisoformat(key): line for key, line in found.lines.items()}


async def read_open(work: Work, period: Period | None, by: By) -> list[Opened]:
    """How many are open, by key and day of the call; of the period or of all time."""
    where = [_FACTS.open, figures_condition(work.actor, _FACTS)]
    if period is not None:
        where.append(_during(period, _FACTS))
    query = (
        select(key_of(by, _FACTS), _FACTS.opened_on, _FACTS.confidential, func.count())
        .where(*where)
        .group_by(literal_column("1"), literal_column("2"), literal_column("3"))
    )
    return [(str(key), on, sealed, count) for key, on, sealed, count in await work.session.execute(query)]


async def as_of(work: Work) -> datetime | None:
    """Until when everything is counted; None when nothing has been counted yet."""
    return (await get_state(work.session)).as_of


async def _read(work: Work, period: Period, by: By, clock: Clock | None) -> Figures:
    await work.session.execute(_SET)
    lines: dict[str, Line] = {}
    months = await _months(work, lines, period, by, clock)
    for query, sign in _statements(work, period, by, clock, months):
        found = await work.session.execute(query)
        names = tuple(found.keys())
        for values in found:
            row = dict(zip(names, values, strict=True))
            lines.setdefault(row["key"], Line()).add(_counts(row, clock), confidential=row["confidential"], sign=sign)
    there = {key: line for key, line in lines.items() if line.everything.cases or line.everything.flags["stock"]}
    return Figures(there, together(there), await as_of(work))


async def _months(work: Work, lines: dict[str, Line], period: Period, by: By, clock: Clock | None) -> frozenset[date]:
    """Put what is counted of whole months into `lines`, for those who see everything; which months these are."""
    if by is By.WEEK or not _sees_everything(work.actor):
        return frozenset()
    rows = await read_months(work.session, period, by, NAMES_OF[clock], _steps_of(clock))
    for row in rows:
        lines.setdefault(row["key"], Line()).add(_counts(row, clock), confidential=row["confidential"])
    return frozenset(month for row in rows for month in row["months"])


def _sees_everything(actor: Actor) -> bool:
    return _ALL in relations(actor, Permission.FIGURES_READ)


def _statements(
    work: Work, period: Period, by: By, clock: Clock | None, months: frozenset[date]
) -> Sequence[tuple[Select[*tuple[Any, ...]], int]]:
    """What is to be added, and what is to be taken away: cases of employers this person has to do with."""
    free = replace(work.actor, conflicts=frozenset(), conflict_names=frozenset())
    statements = [(_sums(free, period, by, clock, months), 1), (_open(work, period, by, clock), 1)]
    if work.actor.conflicts:
        statements.append((_hidden(work.actor, free, period, by, clock), -1))
    return statements


def figures_condition(actor: Actor, columns: Any) -> ColumnElement[bool]:
    """`rights.condition` for figures, over columns of the same names in another table."""

    def swap(element: Any, **_: Any) -> Any:
        table = getattr(element, "table", None)
        return columns[element.key] if table is not None and table.name == Case.__tablename__ else None

    asked = condition(actor, Permission.FIGURES_READ)
    swapped: ColumnElement[bool] = replacement_traverse(asked, {}, swap)
    return swapped


def _steps_of(clock: Clock | None) -> tuple[str, ...]:
    """The columns of steps of this clock: working time, and by the clock."""
    return () if clock is None else COLUMNS_OF[clock]


def key_of(by: str, columns: Any) -> Part:
    """What a line is told apart by, as text."""
    if by == By.MONTH:
        return func.to_char(columns.opened_on, literal_column("'YYYY-MM'"), type_=Text)
    if by == By.WEEK:
        monday = columns.opened_on - cast(extract("isodow", columns.opened_on) - 1, Integer)
        return cast(monday, Text)
    column: Part = columns.key if columns is _CELLS else columns[by]
    return column


def _during(period: Period, columns: Any) -> ColumnElement[bool]:
    return and_(columns.opened_on >= period.from_on, columns.opened_on <= period.until_on)


def _sums(
    actor: Actor, period: Period, by: By, clock: Clock | None, months: frozenset[date]
) -> Select[*tuple[Any, ...]]:
    """The sums by day, but for these months, which are counted already."""
    added = [func.sum(_CELLS[name]).label(name) for name in NAMES_OF[clock]]
    steps = [func.string_agg(_CELLS[name], NOTHING).label(name) for name in _steps_of(clock)]
    visible = _CELLS.department == EVERY_DEPARTMENT
    if not _sees_everything(actor):
        visible = figures_condition(actor, {"department": _CELLS.department, "confidential": _CELLS.confidential})
    dimension = By.DIFFICULTY if by in {By.MONTH, By.WEEK} else by  # the fewest keys
    key = key_of(by, _CELLS).label("key")
    return (
        select(key, _CELLS.confidential, *added, *steps)
        .where(_CELLS.dimension == dimension.value, _without(months, period), visible)
        .group_by(literal_column("1"), literal_column("2"))
    )


def _without(months: frozenset[date], period: Period) -> ColumnElement[bool]:
    """That a cell is of a day of the period in none of these months: one stretch of days after the other."""
    stretches: list[Part] = []
    since = period.from_on
    for month in sorted(months):
        if since < month:
            stretches.append(and_(_CELLS.opened_on >= since, _CELLS.opened_on < month))
        since = month_after(month)
    if since <= period.until_on:
        stretches.append(and_(_CELLS.opened_on >= since, _CELLS.opened_on <= period.until_on))
    return or_(false(), *stretches)


def _hidden(actor: Actor, free: Actor, period: Period, by: By, clock: Clock | None) -> Select[*tuple[Any, ...]]:
    """What of the sums this person has no part in, counted one by one."""
    flags = [func.sum(_FACTS.flags.op(">>")(f.value).op("&")(1)).label(f.name.lower()) for f in Flag]
    sums = [func.sum(_FACTS[name]).label(name) for name in SUMS]
    sent = {name: func.int2send(_FACTS[name], type_=LargeBinary) for name in _steps_of(clock)}
    steps = [func.string_agg(step, NOTHING).label(name) for name, step in sent.items()]
    return (
        select(key_of(by, _FACTS).label("key"), _FACTS.confidential, func.count().label("cases"), *flags, *sums, *steps)
        .where(
            _during(period, _FACTS),
            or_(_FACTS.unit_id.in_(sorted(actor.conflicts)), _FACTS.employer_key.in_(sorted(actor.conflict_names))),
            figures_condition(free, _FACTS),
            figures_condition(actor, _FACTS).is_not(true()),
        )
        .group_by(literal_column("1"), literal_column("2"))
    )


def _open(work: Work, period: Period, by: By, clock: Clock | None) -> Select[*tuple[Any, ...]]:
    """The open cases as of now, one by one."""
    states = {name: made(work.now) for name, made in STATES.items()}
    counts = [func.count().filter(where).label(name) for name, where in states.items()]
    steps = [
        func.string_agg(func.int2send(step, type_=LargeBinary), NOTHING).filter(states[of]).label(f"open_{name}")
        for name, (step, of) in _lasting(work, clock).items()
    ]
    return (
        select(key_of(by, _FACTS).label("key"), _FACTS.confidential, *counts, *steps)
        .where(_FACTS.open, _during(period, _FACTS), figures_condition(work.actor, _FACTS))
        .group_by(literal_column("1"), literal_column("2"))
    )


def _lasting(work: Work, clock: Clock | None) -> dict[str, tuple[Part, str]]:
    """For each column of steps: how long a case has been waiting for that now, in steps, and in which state it is."""
    if clock is None:
        return {}
    mark = literal(clock_of(work.policy.calendar).mark(work.now), Integer)
    begun, since = _FACTS.opened_mark, _FACTS.opened_at
    if clock is Clock.ACCEPTANCE:
        begun, since = _FACTS.waits_mark, _FACTS.waits_since
    state = {Clock.RESOLUTION: "open", Clock.ACCEPTANCE: "waiting", Clock.FIRST_CONTACT: "uncontacted"}[clock]
    worked, passed = COLUMNS_OF[clock]
    seconds = extract("epoch", literal(work.now) - since)
    return {
        worked: (_step(mark - begun), state),
        passed: (_step(cast(func.floor(func.greatest(seconds, 0) / 60), Integer)), state),
    }


_UPPER: Final = cast(literal(list(UPPER), ARRAY(Integer)), ARRAY(Integer))


def _step(minutes: Part) -> Part:
    """`steps.step_of` in SQL."""
    number = func.least(func.width_bucket(minutes - 1, _UPPER), len(UPPER) - 1)
    return cast(number, SmallInteger)


_COUNTED: Final = frozenset({*(f.name.lower() for f in Flag), *STATES})


def _counts(row: dict[str, Any], clock: Clock | None) -> Counts:
    """A row of any of the statements as counts; what it does not have is nothing."""
    counts = Counts(row.get("cases", 0))
    for name, n in row.items():
        if n and name in _COUNTED:
            counts.flags[name] = n
    for name in SUMS:
        if row.get(name):
            setattr(counts, name, row[name] if name == "money" else int(row[name]))
    for time, column in zip(Time, _steps_of(clock), strict=False):
        vectors = row[column] if "months" in row else _vectors(row.get(column))
        spread = Spread(added(vectors), added(_vectors(row.get(f"open_{column}"))))
        counts.spreads[clock or Clock.RESOLUTION, time] = spread
    return counts


def _vectors(steps: bytes | None) -> list[bytes]:
    return [vector(steps)] if steps else []
