"""Answers kept for repeated requests: the same Idempotency-Key and body get the same answer, another body a refusal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.errors import Conflict, Invalid, Mistake
from hotline.i18n import mark
from hotline.storage.models import KeptAnswer
from hotline.storage.prepared import Prepared

KEPT: Final = timedelta(hours=48)


class SentTwiceAtOnce(Conflict):
    """The same request is being answered by somebody else this very moment."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: status, headers that belong to it, and the body."""

    status: int
    headers: dict[str, Any]
    body: str


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """What makes two requests the same: 32 bytes."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


_FIND: Final = Prepared(
    select(KeptAnswer.request_hash, KeptAnswer.status, KeptAnswer.headers, KeptAnswer.body).where(
        KeptAnswer.account_id == bindparam("account_id"), KeptAnswer.key == bindparam("key")
    )
)
_KEEP: Final = Prepared(insert(KeptAnswer).on_conflict_do_nothing().returning(KeptAnswer.status))


async def find_answer(session: AsyncSession, *, account_id: int, key: str, request: bytes) -> Answer | None:
    """The answer given to this request before, if any. Raises `Invalid` when the key belongs to another request."""
    kept = await _FIND.row(session, {"account_id": account_id, "key": key})
    if kept is None:
        return None
    if kept.request_hash != request:
        raise Invalid(
            Mistake(
                "Idempotency-Key", mark("This key was used for another request. Send a new key with a new request.")
            )
        )
    return Answer(kept.status, kept.headers, kept.body)


async def was_answered(session: AsyncSession, *, account_id: int, key: str) -> bool:
    """Whether any request with this key has been answered."""
    kept = select(KeptAnswer.status).where(KeptAnswer.account_id == account_id, KeptAnswer.key == key)
    return await session.scalar(kept) is not None


async def keep_answer(
    session: AsyncSession, answer: Answer, *, account_id: int, key: str, request: bytes, now: datetime
) -> None:
    """Keep an answer in the transaction that did the work. Raises `SentTwiceAtOnce` when another has just done it."""
    stored = await _KEEP.row(
        session,
        {
            "account_id": account_id,
            "key": key,
            "request_hash": request,
            "at": now,
            "status": answer.status,
            "headers": answer.headers,
            "body": answer.body,
        },
    )
    if stored is None:
        raise SentTwiceAtOnce(mark("The same request has just been answered. Send it again to get that answer."))


async def prune_answers(session: AsyncSession, *, now: datetime) -> None:
    """Drop answers older than two days."""
    await session.execute(delete(KeptAnswer).where(KeptAnswer.at < now - KEPT))
