"""Tables that belong to no part of the field: notices on their way to screens, answers kept for repeated requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from hotline.storage.base import Base


class Notice(Base):
    """Something happened to a case that a screen somewhere should know. Pruned after a day.

    The columns beside `kind` are the facts that decide who may hear of it.
    """

    __tablename__ = "notices"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    case_id: Mapped[int]
    facts: Mapped[dict[str, Any]]


class KeptAnswer(Base):
    """The answer to a request that carried an Idempotency-Key, kept so that asking again changes nothing."""

    __tablename__ = "kept_answers"
    __table_args__ = (Index(None, "at"),)

    account_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, Any]]
    body: Mapped[str]
