"""Tables of the rule book: rule sets as versions, when each was in force, and backtests with what they found.

A rule set that is no draft any more never changes: a trigger refuses it, so that a version named by a case is what
decided that case, for good.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.i18n import mark
from hotline.storage.base import Base, code


class State(StrEnum):
    """Where a rule set stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


STATE_LABELS = {
    State.DRAFT: mark("Draft"),
    State.ACTIVE: mark("In force"),
    State.SUPERSEDED: mark("Superseded"),
    State.DISCARDED: mark("Discarded"),
}

FIRST_VERSIONS_NOTE = mark("From the configuration, at the first start.")
"""The note of the version the service makes by itself."""

PUBLISHED = (State.ACTIVE, State.SUPERSEDED)
_PUBLISHED = "state in ('active', 'superseded')"


class RuleSetRow(Base):
    """A rule set: a draft that may be edited, or a version that never changes."""

    __tablename__ = "rule_sets"
    __table_args__ = (
        CheckConstraint(f"not ({_PUBLISHED}) or published_at is not null", name="published_at_some_time"),
        Index("uq_rule_sets_one_active", "state", unique=True, postgresql_where=text("state = 'active'")),
        Index("uq_rule_sets_version", "version", unique=True, postgresql_where=text(_PUBLISHED)),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    version: Mapped[str] = mapped_column(String(64))
    """Name and hash of the content; a draft's changes with every edit."""
    state: Mapped[State] = mapped_column(code(State, "state"))
    content: Mapped[dict[str, Any]]
    """`RuleSetTable` as plain values, what is as by default left out."""
    note: Mapped[str]
    """Why this draft: what its writer tells who publishes it."""
    based_on_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("rule_sets.id"))
    created_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    """None: the service itself, from the file that ships or is configured."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    edited_by: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    """Everybody who has written what stands in it, here or in a draft it was copied from: none of them publishes it."""
    revision: Mapped[int] = mapped_column(Integer, server_default="1")
    """Raised by every edit: an edit of a draft somebody else has changed is refused."""
    published_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    published_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]


class Activation(Base):
    """A version came into force: the first time, or again. Rows are only ever added."""

    __tablename__ = "rule_set_activations"
    __table_args__ = (Index(None, "rule_set_id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    rule_set_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("rule_sets.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    reason: Mapped[str]


class Progress(StrEnum):
    """How far a backtest is."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


PROGRESS_LABELS = {
    Progress.WAITING: mark("Waiting for its turn"),
    Progress.RUNNING: mark("Running"),
    Progress.FINISHED: mark("Finished"),
    Progress.CANCELLED: mark("Cancelled"),
    Progress.FAILED: mark("Broken off"),
}


class Backtest(Base):
    """Past cases replayed through a rule set and through the version in force."""

    __tablename__ = "backtests"
    __table_args__ = (
        Index("uq_backtests_one_running", "state", unique=True, postgresql_where=text("state = 'running'")),
        Index(None, "rule_set_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    rule_set_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("rule_sets.id"))
    version: Mapped[str] = mapped_column(String(64))
    """Of exactly which content: a draft may have changed since."""
    content: Mapped[dict[str, Any]]
    """That content, so that the runner replays what was asked for whatever happens to the draft meanwhile."""
    against_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("rule_sets.id"))
    against: Mapped[str] = mapped_column(String(64))
    """The version it is compared with: the one that was in force."""
    state: Mapped[Progress] = mapped_column(code(Progress, "state"))
    done: Mapped[int] = mapped_column(Integer, server_default="0")
    total: Mapped[int | None] = mapped_column(Integer)
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    started_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    """When its runner was last heard of."""
    finished_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]


class BacktestChange(Base):
    """A case the two rule sets decide differently, and where it was handled in the end."""

    __tablename__ = "backtest_changes"

    backtest_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("backtests.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    case_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    before_category: Mapped[str | None] = mapped_column(String(64))
    before_department: Mapped[str | None] = mapped_column(String(64))
    before_sure: Mapped[bool]
    before_urgency: Mapped[str] = mapped_column(String(16))
    after_category: Mapped[str | None] = mapped_column(String(64))
    after_department: Mapped[str | None] = mapped_column(String(64))
    after_sure: Mapped[bool]
    after_urgency: Mapped[str] = mapped_column(String(16))
    final_category: Mapped[str | None] = mapped_column(String(64))
    final_department: Mapped[str | None] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(8))
    """`gained`: decided rightly only by the rule set that is tried; `lost`: only by the other; `neither`."""
