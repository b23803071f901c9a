"""Whole months counted once: what makes a report over years as quick as one over a season."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Date, LargeBinary, Text, cast, func, insert, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.reports.figures import Period
from hotline.reports.models import ADDED, EVERY_DEPARTMENT, FIGURE_CELLS, FIGURE_MONTHS, STEPS, By
from hotline.reports.steps import vector

_CELLS: Final = FIGURE_CELLS.c
MONTH: Final = cast(func.date_trunc(literal_column("'month'"), _CELLS.opened_on), Date)
"""The first day of the month of a cell."""
NOTHING: Final = literal_column("''::bytea", LargeBinary)
"""Stands between steps that are put one after the other."""


def month_after(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


async def find_uncounted(session: AsyncSession, *, today: date) -> list[date]:
    """The months that are over and not counted, the oldest first."""
    there = select(FIGURE_MONTHS.c.month)
    missing = (
        select(MONTH.label("month"))
        .where(_CELLS.dimension == "department", _CELLS.opened_on < today.replace(day=1), MONTH.not_in(there))
        .distinct()
        .order_by(literal_column("1"))
    )
    return [*await session.scalars(missing)]


async def count_month(session: AsyncSession, month: date) -> None:
    """Count one month, while nobody else writes figures."""
    keys = (_CELLS.dimension, _CELLS.key, _CELLS.confidential)
    sums = [func.sum(_CELLS[name]).label(name) for name in ADDED]
    joined = [func.coalesce(func.string_agg(_CELLS[name], NOTHING), NOTHING).label(name) for name in STEPS]
    query = (
        select(*keys, *sums, *joined)
        .where(_CELLS.opened_on >= month, _CELLS.opened_on < month_after(month), _CELLS.department == EVERY_DEPARTMENT)
        .group_by(*keys)
    )
    rows: list[dict[str, Any]] = []
    for row in (await session.execute(query)).mappings():
        await asyncio.sleep(0)  # whoever is at work goes first
        rows.append({**row, "month": month, **{name: vector(row[name]) for name in STEPS}})
    if rows:
        await session.execute(insert(FIGURE_MONTHS), rows)


async def read_months(
    session: AsyncSession, period: Period, by: By, names: Sequence[str], columns: Sequence[str]
) -> Sequence[dict[str, Any]]:
    """Of the months that are counted and lie wholly in the period: these sums, by key and confidentiality.

    Each row has the `months` it is of, and lists of the vectors of these columns of steps.
    """
    there = FIGURE_MONTHS.c
    dimension = By.DIFFICULTY if by is By.MONTH else by
    key = func.to_char(there.month, literal_column("'YYYY-MM'"), type_=Text) if by is By.MONTH else there.key
    query = (
        select(
            key.label("key"),
            there.confidential,
            func.array_agg(there.month.distinct()).label("months"),
            *(func.sum(there[name]).label(name) for name in names),
            *(func.array_agg(there[name]).label(name) for name in columns),
        )
        .where(
            there.dimension == dimension.value,
            there.month >= period.from_on,
            there.month < (period.until_on + timedelta(days=1)).replace(day=1),
        )
        .group_by(literal_column("1"), literal_column("2"))
    )
    found = await session.execute(query)
    labels = tuple(found.keys())
    return [dict(zip(labels, row, strict=True)) for row in found]
