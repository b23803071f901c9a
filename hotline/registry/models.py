"""Tables of the register: union organisations, what was changed in them, and the files they came from."""

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
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.registry.fields import Chosen, Kind, Level
from hotline.storage.base import Base
from hotline.storage.base import code as codes


class Organisation(Base):
    """A union organisation: the 28 fields of `fields.FIELDS`, and the forms in which it is searched.

    Text that is not known is empty; what is no text is null. A closed organisation stays, with `ended_at`.
    """

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint("superior_code <> code", name="not_its_own_superior"),
        CheckConstraint("code = upper(code)", name="code_is_upper_case"),
        CheckConstraint("name <> ''", name="has_a_name"),
        Index("ix_organisations_code_prefix", "code", postgresql_ops={"code": "text_pattern_ops"}),
        Index(
            "ix_organisations_credit_code",
            "credit_code",
            postgresql_ops={"credit_code": "text_pattern_ops"},
            postgresql_where=text("credit_code <> ''"),
        ),
        Index("ix_organisations_name_key", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}),
        Index(None, "superior_code", "code"),
        Index(None, "level", "code"),
        Index("ix_organisations_grams", "grams", postgresql_using="gin"),
        Index(
            "ix_organisations_next_election",
            "next_election_on",
            "id",
            postgresql_where=text("next_election_on is not null and ended_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    old_names: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    credit_code: Mapped[str] = mapped_column(String(18), server_default="")
    level: Mapped[Level] = mapped_column(codes(Level, "level"))
    kind: Mapped[Kind | None] = mapped_column(codes(Kind, "kind"))
    industry: Mapped[str] = mapped_column(String(100), server_default="")
    address: Mapped[str] = mapped_column(String(200), server_default="")
    territory: Mapped[str] = mapped_column(String(200), server_default="")
    superior_code: Mapped[str | None] = mapped_column(String(40), ForeignKey("organisations.code"))
    founded_on: Mapped[date | None]
    chair: Mapped[str] = mapped_column(String(100), server_default="")
    chair_chosen: Mapped[Chosen | None] = mapped_column(codes(Chosen, "chair_chosen"))
    chair_since: Mapped[date | None]
    next_election_on: Mapped[date | None]
    officers_full: Mapped[int | None] = mapped_column(Integer)
    officers_part: Mapped[int | None] = mapped_column(Integer)
    employees: Mapped[int | None] = mapped_column(Integer)
    members: Mapped[int | None] = mapped_column(Integer)
    women: Mapped[int | None] = mapped_column(Integer)
    migrant_workers: Mapped[int | None] = mapped_column(Integer)
    legal_person: Mapped[bool | None]
    own_account: Mapped[bool | None]
    contact: Mapped[str] = mapped_column(String(100), server_default="")
    phone: Mapped[str] = mapped_column(String(60), server_default="")
    postcode: Mapped[str] = mapped_column(String(6), server_default="")
    remarks: Mapped[str] = mapped_column(String(2000), server_default="")

    name_key: Mapped[str] = mapped_column(Text)
    """The name as names are compared (`keys.name_key`)."""
    other_key: Mapped[str] = mapped_column(Text, server_default="", deferred=True)
    """Former and other names as names are compared, a blank between two."""
    address_key: Mapped[str] = mapped_column(Text, server_default="", deferred=True)
    pinyin: Mapped[str] = mapped_column(Text, server_default="", deferred=True)
    """Every name in letters without tones, a blank between two."""
    initials: Mapped[str] = mapped_column(Text, server_default="", deferred=True)
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", deferred=True)
    """Neighbouring characters of all these forms, each marked with the form it is of (`keys.grams_of`)."""

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class ImportState(StrEnum):
    """Where the import of a file stands."""

    CHECKING = "checking"
    CHECKED = "checked"
    """Tried without changing anything; waits for somebody who says yes."""
    APPLYING = "applying"
    DONE = "done"
    REFUSED = "refused"
    """The file cannot be read at all, or the import broke off; nothing was changed."""
    GIVEN_UP = "given_up"


class RegistryImport(Base):
    """One file on its way into the register: tried first, then imported whole or not at all."""

    __tablename__ = "registry_imports"
    __table_args__ = (Index(None, "started_at"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[ImportState] = mapped_column(codes(ImportState, "state"))
    started_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When the process that works on it last said so: one that is silent for long has died."""
    attempt: Mapped[int] = mapped_column(Integer, server_default="1")
    """How often it was begun: whoever works on an earlier attempt writes nothing any more."""
    finished_at: Mapped[datetime | None]
    sheet: Mapped[str] = mapped_column(String(200), server_default="")
    sheets: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    headings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    mapping: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Which column of the file holds which field, counted from 0."""
    leave_out_broken: Mapped[bool] = mapped_column(server_default=text("false"))
    rows_total: Mapped[int] = mapped_column(Integer, server_default="0")
    rows_done: Mapped[int] = mapped_column(Integer, server_default="0")
    rows_new: Mapped[int] = mapped_column(Integer, server_default="0")
    rows_changed: Mapped[int] = mapped_column(Integer, server_default="0")
    rows_same: Mapped[int] = mapped_column(Integer, server_default="0")
    rows_broken: Mapped[int] = mapped_column(Integer, server_default="0")
    errors: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """The first mistakes (row, field, message, params); all of them stand in the file of broken rows."""
    problem: Mapped[dict[str, Any] | None]
    """Why the whole file was refused: message and params."""


class RegistryImportFile(Base):
    """The bytes of an import: the file while it is needed, and the rows to be corrected."""

    __tablename__ = "registry_import_files"

    import_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("registry_imports.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    broken: Mapped[bytes | None] = mapped_column(LargeBinary)


class OrganisationChange(Base):
    """What was different before and after: only the fields that changed. Rows are only ever added."""

    __tablename__ = "organisation_changes"
    __table_args__ = (Index(None, "organisation_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("organisations.id"))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    batch_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("registry_imports.id"))
    before: Mapped[dict[str, Any] | None]
    """Null when the organisation was new."""
    after: Mapped[dict[str, Any]]
