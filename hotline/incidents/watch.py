"""Raising warnings: whenever cases have come in, and once more for everything after something may have been missed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.incidents.models import Basis
from hotline.incidents.raising import Warned, cases_of_many, crowds_told, keep_warnings, labels_of, warning
from hotline.routing.crowds import CrowdLimits


async def look_at(session: AsyncSession, numbers: Collection[str], limits: CrowdLimits, *, now: datetime) -> int:
    """Raise what these new cases make a warning of; how many warnings there are or were brought up to date."""
    return await _raise(session, numbers, limits, now=now)


async def look_at_everything(session: AsyncSession, limits: CrowdLimits, *, now: datetime) -> int:
    """The same for every case within the longest window: after a start, or when notices were missed."""
    return await _raise(session, None, limits, now=now)


async def _raise(session: AsyncSession, numbers: Collection[str] | None, limits: CrowdLimits, *, now: datetime) -> int:
    since = now - timedelta(days=limits.longest)
    warnings = []
    for basis in (Basis.EMPLOYER, Basis.PLACE):
        crowds = await crowds_told(session, basis, numbers, limits, now=now)
        labels = await labels_of(session, basis, [each.key for each in crowds]) if crowds else {}
        warnings += [warning(basis, each, labels[each.key]) for each in crowds]
    for one in await cases_of_many(session, numbers, least=limits.people, since=since):
        alone = Warned(one.number, 1, 1, one.people, one.opened_at, one.opened_at)
        warnings.append(warning(Basis.PEOPLE, alone, one.employer or one.number))
    await keep_warnings(session, warnings, since=since)
    return len(warnings)
