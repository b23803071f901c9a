"""Tables of supervision: what departments were asked to help with, instructions, and quality samples."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.storage.base import Base


class CoHandling(Base):
    """One department asked to help with one case (协办), until when and why that date, and what came of it."""

    __tablename__ = "co_handlings"
    __table_args__ = (
        CheckConstraint("ended_at is not null or not released", name="released_when_ended"),
        Index(
            "uq_co_handlings_one_open", "case_id", "department", unique=True, postgresql_where=text("ended_at is null")
        ),
        Index("ix_co_handlings_case", "case_id", "id"),
        Index("ix_co_handlings_due", "department", "due_at", postgresql_where=text("ended_at is null")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    department: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    asked: Mapped[str]
    """What they should do."""
    due_at: Mapped[datetime]
    why: Mapped[dict[str, Any]]
    """Why the date is what it is, as `DueDate.to_json` gives it."""
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    words: Mapped[str | None]
    """The answer; of a release the reason."""
    released: Mapped[bool] = mapped_column(server_default=text("false"))
    """Ended without an answer: by a supervisor, or because the case ended or went to this very department."""


class Instruction(Base):
    """What a supervisor told the department (批示), the day by which it shall report, and its report."""

    __tablename__ = "instructions"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    words: Mapped[str]
    by_on: Mapped[date | None]
    reported_at: Mapped[datetime | None]
    reported_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    report: Mapped[str | None]


class QualityCheck(Base):
    """A supervisor's look at one ended case of a day's sample (质检)."""

    __tablename__ = "quality_checks"
    __table_args__ = (UniqueConstraint("case_id", "sampled_on"), Index(None, "sampled_on"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    sampled_on: Mapped[date]
    """The day on which the case had ended."""
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    points: Mapped[dict[str, Any]]
    """True or false by the code of each point; a point left out was not judged."""
    remark: Mapped[str]
