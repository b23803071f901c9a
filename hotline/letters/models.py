"""Tables of letters: the letters, who has received them, and the last number of each kind and year."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hotline.documents.letter_texts import LetterKind
from hotline.storage.base import Base, code


class LetterState(StrEnum):
    """Where a letter stands."""

    DRAFT = "draft"
    SIGNED = "signed"
    """Signed off, with its number; not yet with the one it is for."""
    SENT = "sent"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Letter(Base):
    """One letter, from the draft to the answer. What was signed off keeps its words for good."""

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("kind", "year", "serial"),
        CheckConstraint("(serial is null) = (signed_at is null)", name="numbered_when_signed"),
        CheckConstraint("(year is null) = (serial is null)", name="year_of_its_number"),
        CheckConstraint("state not in ('signed', 'sent', 'answered') or signed_at is not null", name="signed_first"),
        CheckConstraint("state not in ('sent', 'answered') or sent_at is not null", name="sent_when_it_says_so"),
        CheckConstraint("state <> 'withdrawn' or withdrawn_reason is not null", name="withdrawn_with_a_reason"),
        CheckConstraint("previous_id <> id", name="not_after_itself"),
        Index(None, "case_id", "id", postgresql_where=text("case_id is not null")),
        Index(None, "organisation_id", "id", postgresql_where=text("organisation_id is not null")),
        Index(None, "department", "id", postgresql_where=text("department is not null")),
        Index(None, "origin", "id", postgresql_where=text("origin is not null")),
        Index("uq_letters_next", "previous_id", unique=True, postgresql_where=text("state <> 'withdrawn'")),
        Index("ix_letters_waiting", "reply_by", "id", postgresql_where=text("state = 'sent' and reply_by is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[LetterKind] = mapped_column(code(LetterKind, "kind"))
    state: Mapped[LetterState] = mapped_column(code(LetterState, "state"))
    year: Mapped[int | None] = mapped_column(SmallInteger)
    serial: Mapped[int | None] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(100), server_default="")
    title: Mapped[str] = mapped_column(String(600))
    addressee: Mapped[str] = mapped_column(String(400))
    field_values: Mapped[dict[str, Any]]
    """What its fields are filled with."""
    paper: Mapped[dict[str, Any]]
    """The parts of `LetterPaper` but number and date."""
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("organisations.id"))
    department: Mapped[str | None] = mapped_column(String(64))
    """Whom it is served to in the console; null when it goes out on paper."""
    origin: Mapped[str | None] = mapped_column(String(64))
    """The department that writes; null: the desk."""
    previous_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("letters.id"))
    """The letter this one follows because nobody answered."""

    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    """Null when it is signed by rule."""
    signed_on: Mapped[date | None]
    sent_at: Mapped[datetime | None]
    served_on: Mapped[date | None]
    """The day it reached its addressee, for letters on paper."""
    reply_by: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_on: Mapped[date | None]
    answer: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    withdrawn_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class LetterReceipt(Base):
    """Somebody of the department it was served to has read it: who, and when."""

    __tablename__ = "letter_receipts"

    letter_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("accounts.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]


class LetterNumber(Base):
    """The last number handed out for a kind in a year: held while one signs off, so that none is missing."""

    __tablename__ = "letter_numbers"

    kind: Mapped[LetterKind] = mapped_column(code(LetterKind, "kind"), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)
