"""Tables of people: accounts, their sessions and tokens, and the counters that slow down guessing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hotline.accounts.roles import Role
from hotline.storage.base import Base, code


class Account(Base):
    """A person who signs in, or a machine that comes with a token."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("role not in ('staff', 'lead') or department is not null", name="department_of_staff"),
        CheckConstraint("login = lower(login)", name="login_is_lower_case"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[Role] = mapped_column(code(Role, "role"))
    department: Mapped[str | None] = mapped_column(String(64))
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(String(8), server_default="zh")
    disabled_at: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]


class AccountTie(Base):
    """Somebody has to do with an employer: what is brought against it is not theirs to see."""

    __tablename__ = "account_ties"
    __table_args__ = (UniqueConstraint("account_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    reason: Mapped[str] = mapped_column(String(200))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]


class SignInSession(Base):
    """A signed-in browser. Only the SHA-256 of its token is kept, so a stolen table opens nothing."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "account_id"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(200))


class ApiToken(Base):
    """A key for a machine: scoped, hashed, shown once, revocable."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInBucket(Base):
    """Failed sign-ins counted per account, per address and in total: in the database, so it outlives a restart."""

    __tablename__ = "sign_in_buckets"

    bucket: Mapped[str] = mapped_column(String(160), primary_key=True)
    failures: Mapped[int] = mapped_column(SmallInteger)
    since: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class OneTimeCode(Base):
    """A code that makes the first administrator or sets a forgotten password, once, before it expires."""

    __tablename__ = "one_time_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
