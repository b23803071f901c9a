"""Tables of cases.

`cases` holds what lists and clocks need and nothing that names a worker; who called stands in `calls`, what was said in
`case_texts` (a row that a change of status does not rewrite). Database constraints say what must never be.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Sequence,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.cases.lifecycle import IN_HANDS, Action, Status
from hotline.storage.base import Base, code
from hotline.telephony.calls import Channel

CASE_NUMBERS = Sequence("case_numbers", metadata=Base.metadata)
"""Hands out the running part of case numbers: never twice, gaps are possible after a failed attempt."""

_IN_HANDS = ", ".join(f"'{status.value}'" for status in sorted(IN_HANDS))


class Case(Base):
    """A matter from the call to the closing."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(f"status not in ({_IN_HANDS}) or department is not null", name="department_when_in_hands"),
        CheckConstraint("status <> 'merged' or merged_into_id is not null", name="merged_into_something"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint("people is null or people between 1 and 1000000", name="people_in_range"),
        CheckConstraint("amount_owed is null or amount_owed >= 0", name="amount_not_negative"),
        Index("ix_cases_due", "department", "due_at", "id", postgresql_where=text(f"status in ({_IN_HANDS})")),
        Index("ix_cases_status_due", "status", "due_at", "id"),
        Index("ix_cases_newest", "department", "id"),
        Index(None, "taken_by_id", "id"),
        Index("ix_cases_opened", "opened_at", "id"),
        Index(
            "ix_cases_resolved",
            "resolved_at",
            postgresql_include=("department", "opened_at", "routed_at", "status"),
            postgresql_where=text("resolved_at is not null"),
        ),
        Index(None, "merged_into_id", postgresql_where=text("merged_into_id is not null")),
        CheckConstraint("lead_id <> id", name="not_linked_to_itself"),
        Index(None, "lead_id", postgresql_where=text("lead_id is not null")),
        Index("ix_cases_unit", "unit_id", "id", postgresql_where=text("unit_id is not null")),
        Index("ix_cases_extension_asked", "due_at", "id", postgresql_where=text("extension_asked")),
        Index("ix_cases_supervised", "due_at", "id", postgresql_where=text("supervised")),
        Index("ix_cases_employer", "employer_key", "opened_at", postgresql_where=text("employer_key <> ''")),
        Index("ix_cases_touched", "touched_at", "id", postgresql_where=text("ended_at is null")),
        Index("ix_cases_ended", "ended_at", postgresql_where=text("ended_at is not null")),
        Index("ix_cases_report", "report_on", "id", postgresql_where=text("report_on is not null")),
        Index("ix_cases_extension", "id", postgresql_where=text("extension_asked")),
        Index("ix_cases_place_key", "place_key", "opened_at", postgresql_where=text("place_key <> ''")),
    )

    id: Mapped[int] = mapped_column(CASE_NUMBERS, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    status: Mapped[Status] = mapped_column(code(Status, "status"))
    channel: Mapped[Channel] = mapped_column(code(Channel, "channel"))
    category: Mapped[str | None] = mapped_column(String(64))
    department: Mapped[str | None] = mapped_column(String(64))
    urgency: Mapped[str] = mapped_column(String(16))
    difficulty: Mapped[str] = mapped_column(String(16))
    confidential: Mapped[bool]
    employer: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("organisations.id"))
    """The employer's own organisation, when the call named one of the register."""
    territory: Mapped[str | None] = mapped_column(String(64))
    """The department in whose territory the matter lies; null when nothing told."""

    people: Mapped[int | None] = mapped_column(Integer)
    amount_owed: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    wish: Mapped[str] = mapped_column(String(200))
    reachable: Mapped[bool]
    """Whether the caller left a number to call back."""

    summary: Mapped[str] = mapped_column(String(160))
    """The first words of the narrative, numbers masked: what a list shows."""

    taken_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    handler_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    co_handlers: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"))
    lead_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"))
    """The case that stands for all of one matter; this one goes on to its own call-back."""
    employer_key: Mapped[str] = mapped_column(Text, server_default="")
    """`routing.employers.employer_key`: the same for every way of writing one employer; empty when none is named."""
    place_key: Mapped[str] = mapped_column(Text, server_default="")
    """`routing.places.place_key`: territory and the place within it; empty when no place within one is named."""
    missing: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """What of the seven facts the call did not tell (`routing.questions.SEVEN`); None: nobody has looked."""

    opened_at: Mapped[datetime]
    routed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """The next thing that is due: acceptance, resolution, call-back or closing; empty when the case has ended."""
    accept_by: Mapped[datetime | None]
    resolve_by: Mapped[datetime | None]
    follow_up_by: Mapped[datetime | None]
    contact_by: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    """When the worker was first spoken with by who handles the case."""
    paused_until: Mapped[datetime | None]
    """Until when the clock of resolution stands still at the latest; in the past or empty: it runs."""
    dues: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Why each date is what it is, as `DueDate.to_json` gives it."""

    follow_up_attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    satisfied: Mapped[bool | None]
    disposition: Mapped[str | None] = mapped_column(String(32))
    returns: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    reopened: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    extensions: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    extension_asked: Mapped[bool] = mapped_column(server_default=text("false"))
    extension_days: Mapped[int | None] = mapped_column(SmallInteger)
    supervised: Mapped[bool] = mapped_column(server_default=text("false"))
    report_on: Mapped[date | None]
    """The day by which an instruction asks for a report, while none was given; the earliest of several."""
    co_awaited: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Those of `co_handlers` that have not answered yet: the case cannot be resolved before."""
    to_tell: Mapped[str | None] = mapped_column(String(32))
    """The decision (its action) the worker has still to be told of."""
    attempted_on: Mapped[date | None]
    """The day of the last attempt to call the worker back since the resolution."""
    solved: Mapped[bool | None]
    in_time: Mapped[bool | None]
    """What the worker said when called back about the last resolution, beside `satisfied`; None: not asked."""
    touched_at: Mapped[datetime | None]
    """When the last step was taken; None only for cases that had ended before this was kept."""
    version: Mapped[int] = mapped_column(Integer, server_default="1")


NO_NUMBER: Final = literal_column("''", Text)
"""Of a caller who gave none; written into statements, for the index on numbers leaves it out and is told so."""


class CaseText(Base):
    """The words of the worker, and their characters two by two for searching (see docs/adr/0003)."""

    __tablename__ = "case_texts"
    __table_args__ = (Index("ix_case_texts_grams", "grams", postgresql_using="gin"),)

    case_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    narrative: Mapped[str]
    searched: Mapped[str]
    """Narrative, employer and place in normal form: what a search is checked against."""
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Its characters two by two, and the desks the case lies on (`grams.desk_marks`)."""


class CallRecord(Base):
    """A call, visit, letter or message: who it came from and who took it."""

    __tablename__ = "calls"
    __table_args__ = (
        Index(None, "case_id"),
        Index("ix_calls_caller_number", "caller_number", "case_id", postgresql_where=text("caller_number <> ''")),
        Index(
            "ix_calls_number_tail",
            text("right(caller_number, 4)"),
            "case_id",
            postgresql_where=text("caller_number <> ''"),
        ),
        Index("ix_calls_name_grams", "name_grams", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    caller_number: Mapped[str] = mapped_column(String(40))
    caller_extension: Mapped[str] = mapped_column(String(12))
    caller_name: Mapped[str] = mapped_column(String(100))
    name_grams: Mapped[list[str]] = mapped_column(ARRAY(Text))


class CaseDecision(Base):
    """What the matter is and who handles it, by the rules (no `actor_id`) or by a person, with the reason. For good."""

    __tablename__ = "case_decisions"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    category: Mapped[str | None] = mapped_column(String(64))
    department: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None]
    decision: Mapped[dict[str, Any]]
    """`Decision.to_json()` of the rules; for a person's change what it was before."""


class CaseEvent(Base):
    """One step in the life of a case: actor, time, before and after, reason. Rows are only ever added."""

    __tablename__ = "case_events"
    __table_args__ = (UniqueConstraint("case_id", "version", name="uq_case_events_one_per_version"), Index(None, "at"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(Integer)
    """The version of the case this step led to: two steps from one version are impossible."""
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    action: Mapped[Action] = mapped_column(code(Action, "action"))
    before: Mapped[Status] = mapped_column(code(Status, "before"))
    after: Mapped[Status] = mapped_column(code(Status, "after"))
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]]


class CorrectionKind(StrEnum):
    """How people have decided otherwise than the rules, or than those before them."""

    RETURNED = "returned"
    REROUTED = "rerouted"
    HANDED_OVER = "handed_over"
    AT_INTAKE = "at_intake"


class Correction(Base):
    """One place where people decided otherwise: what the case was, and what it became; rules learn from these.

    A return is `to_*` nothing until somebody routes, answers or refers the case again; `instead` is who should have
    it in the eyes of those who returned it.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("case_id", "case_version", name="uq_corrections_one_per_version"),
        CheckConstraint("(reviewed_at is null) = (rules_right is null)", name="reviewed_with_a_verdict"),
        Index(None, "at", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id", ondelete="CASCADE"))
    case_version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    kind: Mapped[CorrectionKind] = mapped_column(code(CorrectionKind, "kind"))
    rule_set: Mapped[str]
    """The version of the rules that decided when the call was taken."""
    from_category: Mapped[str | None] = mapped_column(String(64))
    from_department: Mapped[str | None] = mapped_column(String(64))
    to_category: Mapped[str | None] = mapped_column(String(64))
    to_department: Mapped[str | None] = mapped_column(String(64))
    instead: Mapped[str | None] = mapped_column(String(64))
    reason_code: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None]
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    rules_right: Mapped[bool | None]
    """The supervisor's verdict: True leaves the correction out of what rules learn from."""


class Draft(Base):
    """What an operator has typed and not yet sent: kept on the server, so no worker's words stay in a browser."""

    __tablename__ = "drafts"

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    saved_at: Mapped[datetime]
    fields: Mapped[dict[str, Any]]
