"""Tables of reminders: who was told of what, and elections that were filed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.storage.base import Base, code


class ObjectKind(StrEnum):
    """What has a date."""

    CASE = "case"
    ORGANISATION = "organisation"
    LETTER = "letter"
    STATUTORY_CLOCK = "statutory_clock"


class Audience(StrEnum):
    """Whose inbox a reminder lies in."""

    PERSON = "person"
    DEPARTMENT = "department"
    LEADS = "leads"
    """The leads of a department."""
    SUPERVISORS = "supervisors"


class Step(StrEnum):
    """What somebody is told; a duty makes one or two of these."""

    DUE_SOON = "due_soon"
    NOT_ACCEPTED = "not_accepted"
    OVERDUE = "overdue"
    OVERDUE_COPY = "overdue_copy"
    CRITICISM = "criticism"
    TERM_NOTICE = "term_notice"
    TERM_URGE = "term_urge"
    UNANSWERED = "unanswered"
    SERVED = "served"
    """A letter that a person signed off lies in the console."""
    LAPSES_SOON = "lapses_soon"
    """A period of the law has less than thirty days left."""


class Reminder(Base):
    """Somebody was told of something once: the key says of what, which step, and for which date."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("object_kind", "object_id", "step", "due_at", name="uq_reminders_once"),
        CheckConstraint("(audience = 'person') = (recipient_id is not null)", name="person_for_a_person"),
        CheckConstraint("(audience in ('department', 'leads')) = (department is not null)", name="department_for_one"),
        Index(
            "ix_reminders_person", "recipient_id", "id", postgresql_where=text("recipient_id is not null")
        ),
        Index(
            "ix_reminders_department", "department", "audience", "id",
            postgresql_where=text("department is not null"),
        ),
        Index("ix_reminders_supervisors", "id", postgresql_where=text("audience = 'supervisors'")),
        Index(
            "ix_reminders_overdue", "at", "id", postgresql_where=text("step = 'overdue'")
        ),
        Index(None, "case_id", postgresql_where=text("case_id is not null")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    object_kind: Mapped[ObjectKind] = mapped_column(code(ObjectKind, "object_kind"))
    object_id: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[Step] = mapped_column(code(Step, "step"))
    due_at: Mapped[datetime]
    """The date it is about: when that moves, there is something new to be told."""
    at: Mapped[datetime]
    audience: Mapped[Audience] = mapped_column(code(Audience, "audience"))
    recipient_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    department: Mapped[str | None] = mapped_column(String(64))
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("organisations.id"))
    letter_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("letters.id"))
    facts: Mapped[dict[str, Any]]
    """What the line in the inbox says: a number, a name, never a worker's."""
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))


class ElectionFiling(Base):
    """An election that was filed: when it was held, and until when the new term lasts. Rows are only ever added."""

    __tablename__ = "election_filings"
    __table_args__ = (Index(None, "organisation_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("organisations.id"))
    held_on: Mapped[date]
    next_election_on: Mapped[date]
    was_due_on: Mapped[date | None]
    note: Mapped[str]
    filed_at: Mapped[datetime]
    filed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
