"""Notices: rows written in the transaction of the step they tell of, sent to every process when it commits.

A screen that was away asks for everything after the last id it saw. Ids are handed out before commit, so a lower one
may become visible after a higher one: `notices_after` looks back a little, and who shows them drops what it has seen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, Text, bindparam, cast, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.storage.models import Notice

CHANNEL: Final = "hotline_notices"
LOOK_BACK: Final = 50
MOST: Final = 500
KEPT: Final = timedelta(days=1)


def sending(written: CTE) -> Select[Any]:
    """A SELECT that sends the notice which the CTE `written` (an INSERT returning id, kind, facts) has just stored."""
    payload: ColumnElement[Any] = func.json_build_object(
        "id", written.c.id, "kind", written.c.kind, "facts", written.c.facts
    )
    return select(func.pg_notify(CHANNEL, cast(payload, Text)).label("sent"))


async def announce(session: AsyncSession, *, at: datetime, kind: str, case_id: int, facts: dict[str, Any]) -> None:
    """Write a notice and send it to every listening process when the transaction commits."""
    written = (
        insert(Notice)
        .values(at=at, kind=kind, case_id=case_id, facts=literal(facts, JSONB))
        .returning(Notice.id, Notice.kind, Notice.facts)
        .cte("written")
    )
    await session.execute(sending(written))


async def notices_after(session: AsyncSession, last_id: int) -> Sequence[Notice]:
    """Notices a screen may have missed since `last_id`, oldest first, at most 500."""
    found = await session.scalars(
        select(Notice).where(Notice.id > last_id - LOOK_BACK, Notice.id != last_id).order_by(Notice.id).limit(MOST)
    )
    return found.all()


async def prune_notices(session: AsyncSession, *, now: datetime) -> None:
    """Drop notices older than a day."""
    await session.execute(delete(Notice).where(Notice.at < now - KEPT))


async def announce_all(
    session: AsyncSession, *, at: datetime, notices: Sequence[tuple[str, int, dict[str, Any]]]
) -> None:
    """The same for many at once, each with its kind, case and facts: two statements, however many."""
    rows = [{"at": at, "kind": kind, "case_id": case_id, "facts": facts} for kind, case_id, facts in notices]
    connection = await session.connection()
    written = (await connection.execute(_WRITE_MANY, rows)).all()
    told = [json.dumps({"id": row.id, "kind": row.kind, "facts": row.facts}, ensure_ascii=False) for row in written]
    await connection.execute(_SEND_MANY, {"payloads": told})


_NOTICES: Final[Any] = Notice.__table__
_WRITE_MANY: Final = insert(_NOTICES).returning(_NOTICES.c.id, _NOTICES.c.kind, _NOTICES.c.facts)
_SEND_MANY: Final = select(func.pg_notify(CHANNEL, func.unnest(bindparam("payloads", type_=ARRAY(Text)))))
