"""Tables of statutory clocks: nothing that was recorded is ever changed or deleted, only withdrawn with a reason."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.deadlines.statutes import Ended, Kind
from hotline.storage.base import Base, code


class EntryKind(StrEnum):
    """What an entry tells of its clock."""

    TRIGGER = "trigger"
    INTERRUPTION = "interruption"
    SUSPENSION = "suspension"


class WatchedClock(Base):
    """One period of the law that is watched on a case, until somebody ends it with a reason."""

    __tablename__ = "statutory_clocks"
    __table_args__ = (
        CheckConstraint(
            "(ended_at is null) = (ended_as is null) and (ended_at is null) = (ended_reason is null)",
            name="ended_with_a_reason",
        ),
        Index(None, "case_id", "id"),
        Index(
            "ix_statutory_clocks_watched",
            "ends_on",
            "id",
            postgresql_where=text("ended_at is null and ends_on is not null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(code(Kind, "kind"))
    ends_on: Mapped[date | None]
    """The last day as the entries stood when one was last written, days of rest not looked at: never later than the day
    it lapses on. Null while it does not run."""
    hurried_at: Mapped[datetime | None]
    """When little time left made the case urgent; null again when an entry has given it time."""
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    ended_as: Mapped[Ended | None] = mapped_column(code(Ended, "ended_as"))
    ended_reason: Mapped[str | None]


class ClockEntry(Base):
    """A fact about a clock: the day it counts from, an interruption, a suspension.

    `code` says of a trigger where it is known from (`Source`), of the others which kind it is. A correction withdraws
    the entry with its reason and adds another one.
    """

    __tablename__ = "statutory_entries"
    __table_args__ = (
        CheckConstraint("what = 'trigger' or from_on is not null", name="has_a_day"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_reason is null)", name="withdrawn_with_a_reason"),
        Index(None, "clock_id", "id"),
        Index(
            "uq_statutory_entries_one_trigger",
            "clock_id",
            unique=True,
            postgresql_where=text("what = 'trigger' and withdrawn_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    clock_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("statutory_clocks.id", ondelete="CASCADE"))
    what: Mapped[EntryKind] = mapped_column(code(EntryKind, "what"))
    code: Mapped[str] = mapped_column(String(32))
    from_on: Mapped[date | None]
    """Null: the employment or the act still goes on."""
    until_on: Mapped[date | None]
    candidate: Mapped[bool] = mapped_column(server_default=text("false"))
    """On record, but dates are not based on it until a person confirms it."""
    words: Mapped[str]
    """The evidence, as the person who recorded it put it."""
    receipt_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("call_receipts.id"))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    withdrawn_reason: Mapped[str | None]


class CallReceipt(Base):
    """A dated receipt of a call (来电回执) for the worker; the paper is made from this row whenever it is asked for."""

    __tablename__ = "call_receipts"
    __table_args__ = (
        UniqueConstraint("case_id", "ordinal"),
        CheckConstraint("not with_name or reason is not null", name="name_with_a_reason"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    """Counts the receipts of a case; with the case's number it is the number on the paper."""
    called_at: Mapped[datetime]
    claimed: Mapped[str]
    with_name: Mapped[bool]
    reason: Mapped[str | None]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
