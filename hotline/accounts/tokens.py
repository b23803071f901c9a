"""Keys for machines: scoped, hashed, shown once, revocable, expiring when wished."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts import queries
from hotline.accounts.keys import token_hash
from hotline.accounts.permissions import Actor
from hotline.accounts.sessions import Below, actor_from_row


async def actor_of_token(session: AsyncSession, token: str, *, now: datetime, below: Below) -> Actor | None:
    """Who comes with this token, in one round trip; None when it opens nothing (any more)."""
    kept = token_hash(token)
    if kept is None:
        return None
    row = await queries.who_has_token(session, token_hash=kept, now=now)
    return None if row is None else actor_from_row(row, below)
