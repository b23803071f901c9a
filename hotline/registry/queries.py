"""Questions about single organisations: one, who stands above and below, what was changed; and the whole list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from hotline.accounts.models import Account
from hotline.errors import NotFound
from hotline.i18n import mark
from hotline.registry.fields import CODES, Level
from hotline.registry.models import Organisation, OrganisationChange, RegistryImport
from hotline.registry.search import Found
from hotline.work import Work

SIZE: Final = 50
MOST_ABOVE: Final = 20
MOST_CHANGES: Final = 50


class NoSuchOrganisation(NotFound):
    """There is no organisation with this code."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list, by code; `next` is the code after which the next one begins."""

    found: tuple[Found, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Above:
    """An organisation on the way up."""

    code: str
    name: str
    level: Level


async def get_organisation(session: AsyncSession, code: str, *, lock: bool = False) -> Organisation:
    """The organisation with this code. Raises `NoSuchOrganisation`."""
    query = select(Organisation).where(Organisation.code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(query)
    if found is None:
        raise NoSuchOrganisation(mark("There is no organisation {code} in the register."), code=code)
    return found


async def list_organisations(
    work: Work, *, level: Level | None = None, superior: str | None = None, after: str = "", size: int = SIZE
) -> Listed:
    """Organisations by code: of a level, or directly below a superior; closed ones among them."""
    above = aliased(Organisation)
    query = (
        select(*_LISTED, above.name)
        .outerjoin(above, above.code == Organisation.superior_code)
        .where(Organisation.code > after)
        .order_by(Organisation.code)
        .limit(size + 1)
    )
    if level is not None:
        query = query.where(Organisation.level == level)
    if superior is not None:
        query = query.where(Organisation.superior_code == superior)
    rows = (await work.session.execute(query)).all()
    found = tuple(_found(row) for row in rows[:size])
    return Listed(found, found[-1].code if len(rows) > size else None)


_LISTED: Final = (
    Organisation.code,
    Organisation.name,
    Organisation.level,
    Organisation.territory,
    Organisation.address,
    Organisation.superior_code,
    Organisation.ended_at,
)


def _found(row: Any) -> Found:
    code, name, level, territory, address, superior_code, ended_at, superior_name = row
    return Found(code, name, level, territory, address, superior_code, superior_name, ended_at is not None)


async def path_above(session: AsyncSession, code: str | None) -> list[Above]:
    """The organisation with this code and everybody above it, the city first."""
    way = (
        select(Organisation.code, Organisation.name, Organisation.level, Organisation.superior_code)
        .add_columns(literal(0).label("steps"))
        .where(Organisation.code == code)
        .cte("way", recursive=True)
    )
    up = aliased(Organisation)
    way = way.union_all(
        select(up.code, up.name, up.level, up.superior_code, way.c.steps + 1)
        .join(way, way.c.superior_code == up.code)
        .where(way.c.steps < MOST_ABOVE)
    )
    rows = await session.execute(select(way.c.code, way.c.name, way.c.level).order_by(way.c.steps.desc()))
    return [Above(row.code, row.name, Level(row.level)) for row in rows]


async def count_below(session: AsyncSession, code: str) -> int:
    """How many stand directly below it."""
    query = select(func.count()).select_from(Organisation).where(Organisation.superior_code == code)
    return await session.scalar(query) or 0


async def changes_of(session: AsyncSession, organisation_id: int) -> Sequence[Any]:
    """What was changed: at, name of the person, file of the import, before, after; newest first, at most 50."""
    query = (
        select(
            OrganisationChange.at,
            Account.name.label("actor_name"),
            RegistryImport.file_name,
            OrganisationChange.batch_id,
            OrganisationChange.before,
            OrganisationChange.after,
        )
        .outerjoin(Account, Account.id == OrganisationChange.actor_id)
        .outerjoin(RegistryImport, RegistryImport.id == OrganisationChange.batch_id)
        .where(OrganisationChange.organisation_id == organisation_id)
        .order_by(OrganisationChange.id.desc())
        .limit(MOST_CHANGES)
    )
    return (await session.execute(query)).all()


async def is_empty(session: AsyncSession) -> bool:
    """Whether there is no organisation yet."""
    return await session.scalar(select(Organisation.id).limit(1)) is None


def values_of(organisation: Organisation) -> dict[str, Any]:
    """The 28 fields by code."""
    return {code: getattr(organisation, code) for code in CODES}
