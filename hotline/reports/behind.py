"""The cases behind a figure: the same rows of the same table the figure is added from, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from hotline.accounts.permissions import Permission
from hotline.cases.models import Case
from hotline.cases.rights import condition
from hotline.clock import SHANGHAI
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.reports.ageing import BANDS, band_of
from hotline.reports.counts import Line, count_of
from hotline.reports.figures import Period
from hotline.reports.models import By, CaseFigures, Flag
from hotline.reports.reading import STATES, figures_condition, key_of, read_figures
from hotline.reports.working_time import clock_of
from hotline.work import Work

PAGE: Final = 50
_FACTS: Final = CaseFigures.__table__.c
Made = Callable[[datetime], ColumnElement[bool]]


def _flag(flag: Flag) -> Made:
    return lambda _now: _FACTS.flags.op("&")(1 << flag.value) != 0


def _state(name: str) -> Made:
    return lambda now: and_(_FACTS.open, STATES[name](now))


NAMES: Final[dict[str, Made]] = {
    "cases": lambda _now: true(),
    **{flag.name.lower(): _flag(flag) for flag in Flag},
    **{name: _state(name) for name in STATES},
    "resolve_timed": lambda _now: _FACTS.resolve_work.is_not(None),
}
"""What a case can be counted as; those counted together have no case in common."""
_SUMMED: Final = frozenset({"cases", *(flag.name.lower() for flag in Flag), *STATES})
"""What is kept added up."""
_AGES: Final = {f"age{place}": place for place in range(len(BANDS))}

_SHOWN: Final = (
    Case.id,
    Case.number,
    Case.status,
    Case.category,
    Case.department,
    Case.confidential,
    Case.summary,
    Case.opened_at,
    Case.resolved_at,
    Case.resolve_by,
    Case.territory,
    Case.difficulty,
    Case.channel,
    _FACTS.resolve_work,
    _FACTS.resolve_clock,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figure it is about: `names` with dots between; `key` of the line, None for all of them together.

    Without a period it is everything that is open.
    """

    names: str
    by: By
    key: str | None
    period: Period | None


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of cases, newest first, how many there are, and after which the next page begins."""

    rows: Sequence[Any]
    total: int
    next: int | None


async def cases_behind(work: Work, asked: Asked, *, after: int | None = None) -> Behind:
    """The cases counted in a figure which this person may see, 50 at a time. Raises `Invalid` for a name unknown."""
    where = await _where(work, asked)
    total = await _total(work, asked, where)
    query = _listed(work, where).limit(PAGE + 1)
    if after is not None:
        query = query.where(CaseFigures.case_id < after)
    rows = (await work.session.execute(query)).all()
    return Behind(rows[:PAGE], total, rows[PAGE - 1].id if len(rows) > PAGE else None)


async def _total(work: Work, asked: Asked, where: Sequence[ColumnElement[bool]]) -> int:
    """How many there are: the figure itself where it is a sum, and else counted one by one."""
    if asked.period is None or asked.names not in _SUMMED:
        return await work.session.scalar(select(func.count()).select_from(CaseFigures).where(*where)) or 0
    by = By.DIFFICULTY if asked.key is None else asked.by  # the fewest lines
    figures = await read_figures(work, asked.period, by)
    line = figures.total if asked.key is None else figures.lines.get(asked.key, Line())
    return count_of(line.everything, (asked.names,))


async def every_case_behind(work: Work, asked: Asked, *, most: int) -> AsyncIterator[Sequence[Any]]:
    """The same, all of them up to `most`, in batches as they come from the database."""
    query = _listed(work, await _where(work, asked)).limit(most)
    result = await work.session.stream(query, execution_options={"yield_per": 1000})
    async for rows in result.partitions():
        yield rows


def _listed(work: Work, where: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """By the rights on the cases as they are now: figures lag some seconds."""
    return (
        select(*_SHOWN)
        .join(CaseFigures, CaseFigures.case_id == Case.id)
        .where(*where, condition(work.actor, Permission.FIGURES_READ))
        .order_by(CaseFigures.case_id.desc())
    )


async def _where(work: Work, asked: Asked) -> list[ColumnElement[bool]]:
    where = [figures_condition(work.actor, _FACTS)]
    if asked.period is not None:
        where += [_FACTS.opened_on >= asked.period.from_on, _FACTS.opened_on <= asked.period.until_on]
    if asked.key is not None:
        where.append(key_of(asked.by.value, _FACTS) == asked.key)
    if asked.names in _AGES:
        return [*where, _FACTS.open, await _of_age(work, _AGES[asked.names])]
    names = asked.names.split(".")
    if unknown := [name for name in names if name not in NAMES]:
        raise Invalid(Mistake("what", mark("There is no figure {name}."), {"name": unknown[0]}))
    return [*where, or_(false(), *(NAMES[name](work.now) for name in dict.fromkeys(names)))]


async def _of_age(work: Work, band: int) -> ColumnElement[bool]:
    """The days of the calls which are in this band today."""
    office, today = clock_of(work.policy.calendar), work.now.astimezone(SHANGHAI).date()
    days = await work.session.scalars(select(_FACTS.opened_on).where(_FACTS.open).distinct())
    return _FACTS.opened_on.in_([day for day in days if band_of(day, today, office) == band])
