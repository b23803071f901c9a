"""Tables of the calendar: notices that were imported, and which dates of which cases they have moved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.storage.base import Base


class CalendarNotice(Base):
    """A notice as it was imported: rows are only ever added, for a year the newest one that tells of it is in force."""

    __tablename__ = "calendar_notices"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    source: Mapped[str]
    file_name: Mapped[str] = mapped_column(String(200))
    years: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    tables: Mapped[list[dict[str, Any]]]
    """For each year `year`, `source` and `days` as `deadlines.notices.to_plain` gives them."""
    imported_at: Mapped[datetime]
    imported_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    """None: at the machine."""
    passes: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """How often open cases were gone through since: once at once, once when every process has heard of it."""
    upto_case_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """How far the pass under way has come."""


class MovedDate(Base):
    """A date of an open case that a notice has moved."""

    __tablename__ = "moved_dates"
    __table_args__ = (
        UniqueConstraint("notice_id", "case_id", "clock", name="uq_moved_dates_once"),
        Index(None, "case_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    notice_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("calendar_notices.id"))
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    clock: Mapped[str] = mapped_column(String(16))
    before: Mapped[datetime]
    after: Mapped[datetime]
    at: Mapped[datetime]
