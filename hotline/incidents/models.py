"""Tables of mass incidents."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.storage.base import Base, code


class Basis(StrEnum):
    """What the calls have in common."""

    EMPLOYER = "employer"
    PLACE = "place"
    PEOPLE = "people"
    """One case that concerns ten people or more."""


class IncidentState(StrEnum):
    """What was decided about a warning."""

    OPEN = "open"
    LED = "led"
    """A lead case stands for all."""
    SILENCED = "silenced"


class Incident(Base):
    """A warning that many people tell of one thing, and what was decided about it."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("uq_incidents_open", "basis", "key", unique=True, postgresql_where=text("state = 'open'")),
        Index(None, "basis", "key", "id"),
        Index(None, "last_at", "id"),
        CheckConstraint("state = 'open' or decided_at is not null", name="decided_by_somebody"),
        CheckConstraint("state <> 'led' or lead_case_id is not null", name="led_by_a_case"),
        CheckConstraint("state <> 'silenced' or reason is not null", name="silenced_with_a_reason"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    basis: Mapped[Basis] = mapped_column(code(Basis, "basis"))
    key: Mapped[str] = mapped_column(Text)
    """`cases.employer_key`, `cases.place_key`, or the number of the one case."""
    label: Mapped[str]
    """The employer or place as the newest call wrote it."""
    territory: Mapped[str] = mapped_column(String(64))
    """The department whose territory a place lies in; empty for the others."""
    window_days: Mapped[int] = mapped_column(Integer)
    callers: Mapped[int] = mapped_column(Integer)
    """Different callers within the window; all anonymous calls together are one."""
    people: Mapped[int] = mapped_column(Integer)
    """For how many people they spoke."""
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    state: Mapped[IncidentState] = mapped_column(code(IncidentState, "state"))
    lead_case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"))
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    decided_callers: Mapped[int | None] = mapped_column(Integer)
    """How many callers there were when it was decided: twice as many open a silenced warning again."""
    reason: Mapped[str | None]
