"""The trail: who looked at, revealed, exported or changed what. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hotline.storage.base import Base


class TrailEntry(Base):
    """One act of one person. Says which fields were touched, never their values.

    A trigger refuses UPDATE, DELETE and TRUNCATE; no foreign keys, so that nothing can pull a row away.
    """

    __tablename__ = "trail"
    __table_args__ = (Index(None, "at"), Index(None, "actor_id", "at"), Index(None, "case_id", "at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(48))
    case_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    address: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(40))
