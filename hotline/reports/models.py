"""Tables of the figures: what of a case is counted, those numbers added up by day, and what people keep of them.

`case_figures` has one narrow row a case, made from the case and its events by `facts`; `figure_cells` holds their sums
by day of the call. Both lag some seconds behind the cases (`keeping`): no step of a case waits for them.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hotline.storage.base import Base


class Flag(IntEnum):
    """What of a case is so or is not: the place of its bit in `CaseFigures.flags`."""

    ROUTED = 0
    """Given to a department at least once: what times are counted of."""
    RESOLVED = 1
    ASIDE = 2
    IN_TIME = 3
    DATED = 4
    ACCEPTED = 5
    ACCEPTED_IN_TIME = 6
    ACCEPT_DATED = 7
    SOLVED = 8
    REACHED = 9
    SATISFIED = 10
    RETURNED = 11
    REOPENED = 12
    EVER_RESOLVED = 13
    EXTENDED = 14
    INSTANT = 15
    TO_CALL_BACK = 16
    CALLED_BACK = 17
    REROUTED = 18
    REPEATED = 19
    """The number had called about another matter before."""
    SECOND = 20
    """The second matter of its number: as many of these as there are numbers that came back."""
    CLAIM_MET = 21
    CLAIM_MET_PARTLY = 22
    MEDIATED = 23
    AIDED = 24
    ADVISED = 25
    CONTACTED = 26
    """In touch with the worker by the department, which an acceptance is taken for: what first contact is timed of."""
    CONTACTED_IN_TIME = 27
    """A contact on record by the date for it; an acceptance alone is none."""
    CONTACT_DATED = 28
    """Had such a date, and either a contact on record or was resolved without one after the date."""


class By(StrEnum):
    """What figures are told apart by; `MONTH` and `WEEK` are those of the call, the week told by its Monday."""

    DEPARTMENT = "department"
    CATEGORY = "category"
    TERRITORY = "territory"
    DIFFICULTY = "difficulty"
    CHANNEL = "channel"
    EMPLOYER_KIND = "employer_kind"
    RULE_SET = "rule_set"
    MONTH = "month"
    WEEK = "week"


KEPT_BY: Final = tuple(by for by in By if by not in {By.MONTH, By.WEEK})
"""What the sums are kept by: month and week are told by the day."""
STEPS: Final = ("resolve_work", "resolve_clock", "accept_work", "accept_clock", "contact_work", "contact_clock")
SUMS: Final = ("paused", "money", "people", "letters")


OF_THE_OPEN: Final = (
    "opened_at", "opened_mark", "resolve_by", "accept_by", "contact_by", "waits_since", "waits_mark", "flags",
    "contact_work", "confidential", *KEPT_BY, "unit_id", "employer_key",
)  # fmt: skip
"""What is asked of the open cases with every report: their index has it all, and their rows need not be read."""


class CaseFigures(Base):
    """What of one case is counted. Codes of nothing are empty; marks are minutes of `working_time.WorkingClock`."""

    __tablename__ = "case_figures"
    __table_args__ = (
        Index("ix_case_figures_opened_on", "opened_on"),
        Index("ix_case_figures_open", "opened_on", postgresql_where=text("open"), postgresql_include=OF_THE_OPEN),
        Index("ix_case_figures_unit_id", "unit_id", postgresql_where=text("unit_id is not null")),
        Index("ix_case_figures_employer_key", "employer_key", postgresql_where=text("employer_key <> ''")),
    )

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """No foreign key: it would hold the rows of cases while a batch is written, and steps would wait for that."""
    opened_at: Mapped[datetime]
    resolve_by: Mapped[datetime | None]
    accept_by: Mapped[datetime | None]
    contact_by: Mapped[datetime | None]
    """By when the worker is to be contacted; null when there is no such date, or there has been a contact."""
    waits_since: Mapped[datetime | None]
    """Since when it waits to be accepted; null when it does not."""
    opened_on: Mapped[date]
    """The day of the call in Asia/Shanghai."""
    version: Mapped[int] = mapped_column(Integer)
    """The version of the case all this was read from."""
    fingerprint: Mapped[int] = mapped_column(Integer)
    opened_mark: Mapped[int] = mapped_column(Integer)
    waits_mark: Mapped[int | None] = mapped_column(Integer)
    flags: Mapped[int] = mapped_column(Integer)
    paused: Mapped[int] = mapped_column(Integer)
    """Working minutes for which it waited for the worker."""
    people: Mapped[int] = mapped_column(Integer)
    letters: Mapped[int] = mapped_column(Integer)
    resolve_work: Mapped[int | None] = mapped_column(SmallInteger)
    """Step (`steps`) of the working time from the call to the resolution, and so on; null while it is open."""
    resolve_clock: Mapped[int | None] = mapped_column(SmallInteger)
    accept_work: Mapped[int | None] = mapped_column(SmallInteger)
    accept_clock: Mapped[int | None] = mapped_column(SmallInteger)
    contact_work: Mapped[int | None] = mapped_column(SmallInteger)
    contact_clock: Mapped[int | None] = mapped_column(SmallInteger)
    open: Mapped[bool]
    """Nothing is resolved yet."""
    confidential: Mapped[bool]
    department: Mapped[str] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(64))
    territory: Mapped[str] = mapped_column(String(64))
    difficulty: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(32))
    employer_kind: Mapped[str] = mapped_column(String(32))
    rule_set: Mapped[str] = mapped_column(Text)
    money: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    employer_key: Mapped[str] = mapped_column(Text)


def _added() -> tuple[Column[Any], ...]:
    """The columns of what adds up: cases, how many of them have each `Flag`, sums."""
    return (
        Column("cases", Integer, nullable=False),
        *(Column(flag.name.lower(), Integer, nullable=False) for flag in Flag),
        *(Column(name, Numeric(18, 2) if name == "money" else BigInteger, nullable=False) for name in SUMS),
    )


ADDED: Final = ("cases", *(flag.name.lower() for flag in Flag), *SUMS)
"""What of cells and of months is added up, column by column."""
EVERY_DEPARTMENT: Final = "*"
"""Stands in the place of a department in sums of all of them: what those who see everything read a tenth as much of."""
FIGURE_CELLS: Final = Table(
    "figure_cells",
    Base.metadata,
    Column("dimension", String(16), primary_key=True),
    Column("opened_on", Date, primary_key=True),
    Column("department", String(64), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("confidential", Boolean, primary_key=True),
    *_added(),
    *(Column(name, LargeBinary) for name in STEPS),
)
"""The sums of all cases of one day, department and key, confidential ones apart: what long periods are added from.

One column for each `Flag`: how many cases have it. The steps of the cases stand one after the other, two bytes each.
"""


FIGURE_MONTHS: Final = Table(
    "figure_months",
    Base.metadata,
    Column("dimension", String(16), primary_key=True),
    Column("month", Date, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("confidential", Boolean, primary_key=True),
    *_added(),
    *(Column(name, LargeBinary, nullable=False) for name in STEPS),
)
"""The same sums of all cases of a month that is over; the steps counted: how many there are of each (`steps.vector`).

A month is here wholly or not at all; when one of its cases changes it goes, until it is counted again.
"""


class FigureState(Base):
    """How far the figures are: one row. `as_of`: everything that was committed by then is counted."""

    __tablename__ = "figure_state"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    events_until: Mapped[int]
    """The last event looked at."""
    as_of: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    """When all cases were last compared with their figures."""


class FigureView(Base):
    """A choice of figures which a person has given a name: what stands behind the question mark of its address."""

    __tablename__ = "figure_views"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("accounts.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    asked: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class MonthlyReport(Base):
    """The report of a month as it was made: a document that does not change when cases do."""

    __tablename__ = "monthly_reports"

    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    made_at: Mapped[datetime]
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
