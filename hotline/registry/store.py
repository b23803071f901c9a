"""Many organisations at once: out of the register into a file, and from a file into the register, by COPY.

An import is one statement: what is new is inserted, what differs is changed, and both leave their history. Two that
change the register wait for each other (`hold_register`): a superior that one has seen must not vanish under it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.errors import Conflict
from hotline.i18n import mark
from hotline.registry.fields import BY_CODE, CODES, Type
from hotline.registry.keys import COLUMNS, FORMS, NULL
from hotline.registry.notices import CHANGED

LOCK: Final = 1235103
"""Key of the advisory lock that is held while the register is changed."""

_OUT: Final = ", ".join(
    f"array_to_json({code})::text as {code}" if BY_CODE[code].type is Type.NAMES else code for code in CODES
)
_EVERYTHING: Final = f"select {_OUT} from organisations where ended_at is null order by code"  # noqa: S608 - own names
_KNOWN: Final = (
    "select code, superior_code, array_to_json(old_names)::text as old_names, "
    "array_to_json(aliases)::text as aliases, address from organisations"
)
_COPIED: Final = ", ".join((*CODES, *FORMS))
_TABLE: Final = f"create temp table incoming on commit drop as select 0 as line, {_COPIED} from organisations limit 0"  # noqa: S608


async def hold_register(session: AsyncSession, *, wait: bool) -> None:
    """Let nobody else change the register until the transaction ends.

    Raises `Conflict` when somebody does and this one does not `wait`.
    """
    if wait:
        await session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    elif not await session.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK}):
        raise Conflict(mark("A file is being imported just now. Please try again in a minute; nothing was changed."))


async def tell_everybody(session: AsyncSession, what: str) -> None:
    """Every process hears that the register has changed, when the transaction commits."""
    await session.execute(text("select pg_notify(:channel, :what)"), {"channel": CHANGED, "what": what})


async def exists(session: AsyncSession, code: str) -> bool:
    """Whether there is an organisation with this code."""
    return bool(
        await session.scalar(text("select exists (select from organisations where code = :code)"), {"code": code})
    )


async def _driver(session: AsyncSession) -> Any:
    return (await (await session.connection()).get_raw_connection()).driver_connection


async def write_known(session: AsyncSession, path: Path) -> None:
    """What a check has to know of every organisation, as a file of COPY with a heading."""
    await (await _driver(session)).copy_from_query(_KNOWN, output=path, format="csv", header=True, null=NULL)


async def write_everything(session: AsyncSession, path: Path) -> int:
    """All fields of every organisation that is not closed, likewise; how many there are."""
    said = await (await _driver(session)).copy_from_query(
        _EVERYTHING, output=path, format="csv", header=True, null=NULL
    )
    return int(said.rpartition(" ")[2])


async def load_incoming(session: AsyncSession, path: Path) -> None:
    """The lines a check has kept (`keys.COLUMNS`), in a table that vanishes with the transaction."""
    await session.execute(text(_TABLE))
    await (await _driver(session)).copy_to_table(
        "incoming", source=path, columns=list(COLUMNS), format="csv", null=NULL
    )
    await session.execute(text("create index on incoming (code)"))
    await session.execute(text("analyze incoming"))


def _differs(mapped: list[str]) -> str:
    old, new = (", ".join(f"{table}.{code}" for code in mapped) for table in ("o", "i"))
    return f"row({old}) is distinct from row({new})"


async def count_incoming(session: AsyncSession, mapped: list[str]) -> tuple[int, int, int]:
    """How many of the incoming are new, changed in one of the `mapped` fields, and the same as they are."""
    statement = f"""
    select
        count(*) filter (where o.id is null),
        count(*) filter (where o.id is not null and {_differs(mapped)}),
        count(*)
    from incoming i left join organisations o on o.code = i.code
    """  # noqa: S608 - the names of our own columns
    row = (await session.execute(text(statement))).one()
    return int(row[0]), int(row[1]), int(row[2]) - int(row[0]) - int(row[1])


async def apply_incoming(
    session: AsyncSession, mapped: list[str], *, now: datetime, actor_id: int | None, batch_id: int
) -> None:
    """Insert what is new, change what differs in a `mapped` field, and write the history of both."""
    every = (*CODES, *FORMS)
    changed = [code for code in mapped if code != "code"]
    sets = ", ".join(f"{column} = excluded.{column}" for column in (*changed, *FORMS))
    values = ", ".join(f"('{code}', to_jsonb(o.{code}), to_jsonb(i.{code}))" for code in mapped)
    statement = f"""
    with saved as (
        insert into organisations ({", ".join(every)}, created_at, updated_at)
        select {", ".join(f"i.{column}" for column in every)}, cast(:now as timestamptz), cast(:now as timestamptz)
        from incoming i left join organisations o on o.code = i.code
        where o.id is null or {_differs(mapped)}
        order by i.line
        on conflict (code) do update
        set {sets}, updated_at = excluded.updated_at, version = organisations.version + 1
        returning id, code
    )
    insert into organisation_changes (organisation_id, at, actor_id, batch_id, before, after)
    select
        s.id, cast(:now as timestamptz), cast(:actor_id as bigint), cast(:batch_id as bigint),
        case when o.id is not null then v.before end, v.after
    from saved s
    join incoming i on i.code = s.code
    left join organisations o on o.code = s.code
    cross join lateral (
        select jsonb_object_agg(field, was) as before, jsonb_object_agg(field, becomes) as after
        from (values {values}) as f (field, was, becomes)
        where was is distinct from becomes
          and (o.id is not null or coalesce(becomes, '""') not in ('""', '[]', 'null'))
    ) v
    """  # noqa: S608 - the names of our own columns
    await session.execute(text(statement), {"now": now, "actor_id": actor_id, "batch_id": batch_id})


async def settle(session: AsyncSession) -> None:
    """Have the indexes answer at once for what was just copied: else a search walks the list of what waits for them."""
    await session.execute(text("select gin_clean_pending_list('ix_organisations_grams')"))
    await session.execute(text("analyze organisations"))
