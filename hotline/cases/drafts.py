"""Drafts: what an operator has typed and not yet sent, kept on the server so that a crash loses nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.models import Draft
from hotline.work import Work

KEPT: Final = timedelta(days=7)


async def save_draft(work: Work, fields: dict[str, Any]) -> None:
    """Keep these fields as the draft of this person, in place of the one before."""
    values = {"saved_at": work.now, "fields": fields}
    await work.session.execute(
        insert(Draft)
        .values(account_id=work.actor.account_id, **values)
        .on_conflict_do_update(index_elements=[Draft.account_id], set_=values)
    )


async def get_draft(work: Work) -> tuple[datetime, dict[str, Any]] | None:
    """When the draft was saved and what it holds; None when there is none."""
    row = (
        await work.session.execute(
            select(Draft.saved_at, Draft.fields).where(Draft.account_id == work.actor.account_id)
        )
    ).one_or_none()
    return None if row is None else (row.saved_at, row.fields)


async def drop_draft(work: Work) -> None:
    """Forget the draft: the call has been taken, or the operator starts anew."""
    await work.session.execute(delete(Draft).where(Draft.account_id == work.actor.account_id))


async def prune_drafts(session: AsyncSession, *, now: datetime) -> None:
    """Forget drafts nobody came back to within a week."""
    await session.execute(delete(Draft).where(Draft.saved_at < now - KEPT))
