"""How completely cases are written, by operator: a help for those who write and teach, and no ranking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.cases.models import Case
from hotline.routing.questions import SEVEN

LEAST: Final = 3
"""Of fewer cases nothing is said about anybody."""
MOST_OFTEN: Final = 3


@dataclass(frozen=True, slots=True)
class Written:
    """The cases one person took: how many, how many of the seven facts they tell, which are missing most often."""

    name: str
    cases: int
    told: float
    missing: tuple[tuple[str, int], ...]
    """Codes of `routing.questions.SEVEN` and in how many cases each is missing, the most often first."""


async def written_cases(
    session: AsyncSession, condition: ColumnElement[bool], *, since: datetime, until: datetime
) -> tuple[Written, ...]:
    """Who took cases in this time, by name; those who took fewer than three are left out."""
    lacking = {fact: func.count().filter(Case.missing.contains([fact])).label(fact) for fact in SEVEN}
    query = (
        select(
            Account.name.label("name"),
            func.count().label("cases"),
            func.avg(func.cardinality(Case.missing)).label("lacking"),
            *lacking.values(),
        )
        .join(Account, Account.id == Case.taken_by_id)
        .where(condition, Case.missing.is_not(None), Case.opened_at >= since, Case.opened_at < until)
        .group_by(Account.id, Account.name)
        .having(func.count() >= LEAST)
        .order_by(cast(Account.name, Text), Account.id)
    )
    return tuple(_written(row) for row in await session.execute(query))


def _written(row: Any) -> Written:
    counted = [(fact, getattr(row, fact)) for fact in SEVEN]
    often = sorted((one for one in counted if one[1]), key=lambda one: -one[1])[:MOST_OFTEN]
    return Written(row.name, row.cases, len(SEVEN) - float(row.lacking), tuple(often))
