"""Raising warnings: whenever cases have come in, and once more for everything after something may have been missed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.incidents.models import Basis
from hotline.incidents.queries import cases_of_many, crowded_keys, keep_warning, keys_of, tellings_of
from hotline.incidents.windows import Warned, warn
from hotline.routing.crowds import CrowdLimits
from hotline.routing.places import territory_of

AT_ONCE: Final = 500
"""Keys looked at with one query."""


async def look_at(session: AsyncSession, numbers: Collection[str], limits: CrowdLimits, *, now: datetime) -> int:
    """Raise what these new cases make a warning of; how many warnings there are or were brought up to date."""
    return await _raise(session, await keys_of(session, numbers), limits, now=now)


async def look_at_everything(session: AsyncSession, limits: CrowdLimits, *, now: datetime) -> int:
    """The same for every case within the longest window: after a start, or when notices were missed."""
    since = now - timedelta(days=limits.longest)
    return await _raise(session, await crowded_keys(session, limits, since=since), limits, now=now)


async def _raise(
    session: AsyncSession, keys: Mapping[Basis, Collection[str]], limits: CrowdLimits, *, now: datetime
) -> int:
    since = now - timedelta(days=limits.longest)
    raised = 0
    for basis in (Basis.EMPLOYER, Basis.PLACE):
        waiting = sorted(keys[basis])
        for first in range(0, len(waiting), AT_ONCE):
            some = waiting[first : first + AT_ONCE]
            for key, named in (await tellings_of(session, basis, some, since=since)).items():
                warned = warn(named.tellings, limits, now=now)
                if warned is not None:
                    territory = territory_of(key) if basis is Basis.PLACE else ""
                    await keep_warning(
                        session, basis=basis, key=key, label=named.label, territory=territory, warned=warned,
                        since=since,
                    )  # fmt: skip
                    raised += 1
    for number, case in (await cases_of_many(session, keys[Basis.PEOPLE], least=limits.people)).items():
        warned = Warned(1, 1, case.people, case.opened_at, case.opened_at)
        await keep_warning(
            session, basis=Basis.PEOPLE, key=number, label=case.employer or number, territory="", warned=warned,
            since=since,
        )  # fmt: skip
        raised += 1
    return raised
