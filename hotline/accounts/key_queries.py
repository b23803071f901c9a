"""What the services of people ask of the database about sessions, tokens and one-time codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account, AccountTie, ApiToken, OneTimeCode, SignInSession
from hotline.accounts.queries import of_this_time

_QUIET = {"synchronize_session": False}


async def put_session(session: AsyncSession, **values: Any) -> None:
    """Keep a new session."""
    await session.execute(insert(SignInSession).values(**values))


async def session_owner(session: AsyncSession, public_id: str) -> Account | None:
    """Whose the session is that lists call by this name."""
    return await session.scalar(
        select(Account)
        .join(SignInSession, SignInSession.account_id == Account.id)
        .where(SignInSession.public_id == public_id)
    )


async def sessions_of(
    session: AsyncSession, account_id: int, *, now: datetime, idle_since: datetime
) -> Sequence[SignInSession]:
    """The live sessions of an account, last seen first."""
    query = (
        select(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.ends_at > now, SignInSession.seen_at > idle_since)
        .where(of_this_time(literal(now)))
        .order_by(SignInSession.seen_at.desc(), SignInSession.public_id)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


async def drop_session(session: AsyncSession, public_id: str) -> None:
    """Drop the session that lists call by this name."""
    await session.execute(delete(SignInSession).where(SignInSession.public_id == public_id).execution_options(**_QUIET))


async def drop_sessions(session: AsyncSession, account_id: int, *, but: str | None = None) -> int:
    """Drop every session of an account but the one of this name; how many there were."""
    query = delete(SignInSession).where(SignInSession.account_id == account_id).execution_options(**_QUIET)
    if but is not None:
        query = query.where(SignInSession.public_id != but)
    return len((await session.scalars(query.returning(SignInSession.public_id))).all())


async def drop_oldest_sessions(session: AsyncSession, account_id: int, *, keep: int) -> None:
    """Drop those sessions of an account that were last seen longest ago, so that `keep` stay."""
    surplus = (
        select(SignInSession.token_hash)
        .where(SignInSession.account_id == account_id)
        .order_by(SignInSession.seen_at.desc(), SignInSession.public_id)
        .offset(keep)
    )
    await session.execute(
        delete(SignInSession).where(SignInSession.token_hash.in_(surplus)).execution_options(**_QUIET)
    )


async def drop_ended_sessions(session: AsyncSession, *, now: datetime) -> None:
    """Drop the sessions whose time is over."""
    ended = or_(SignInSession.ends_at <= now, ~of_this_time(literal(now)))
    await session.execute(delete(SignInSession).where(ended).execution_options(**_QUIET))


async def put_token(session: AsyncSession, **values: Any) -> int:
    """Keep a new token; its id."""
    return (await session.execute(insert(ApiToken).values(**values).returning(ApiToken.id))).scalar_one()


async def tokens_of(session: AsyncSession, account_id: int) -> Sequence[ApiToken]:
    """The tokens of an account that are not revoked, expired ones included, newest first."""
    query = (
        select(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


async def token_owner(session: AsyncSession, token_id: int) -> Account | None:
    """Whose this token is; None when it is revoked."""
    return await session.scalar(
        select(Account)
        .join(ApiToken, ApiToken.account_id == Account.id)
        .where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
    )


async def revoke_token(session: AsyncSession, token_id: int, *, now: datetime) -> None:
    """Revoke a token."""
    await session.execute(
        update(ApiToken).where(ApiToken.id == token_id).values(revoked_at=now).execution_options(**_QUIET)
    )


async def revoke_tokens(session: AsyncSession, account_id: int, *, now: datetime) -> int:
    """Revoke every token of an account; how many there were."""
    query = (
        update(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ApiToken.id)
        .execution_options(**_QUIET)
    )
    return len((await session.scalars(query)).all())


async def put_code(session: AsyncSession, **values: Any) -> None:
    """Keep a new one-time code."""
    await session.execute(insert(OneTimeCode).values(**values))


async def drop_codes(session: AsyncSession, *, purposes: Sequence[str], account_id: int | None) -> None:
    """Drop the codes of these purposes for this account (None: for none), so that only the next one opens."""
    whose = OneTimeCode.account_id.is_(None) if account_id is None else OneTimeCode.account_id == account_id
    await session.execute(
        delete(OneTimeCode).where(OneTimeCode.purpose.in_(purposes), whose).execution_options(**_QUIET)
    )


async def use_code(
    session: AsyncSession, code_hash: bytes, *, purposes: Sequence[str], now: datetime
) -> tuple[str, int | None] | None:
    """Use up a live code: its purpose and account; None when there is none. Of two at once, one gets it."""
    row = (
        await session.execute(
            update(OneTimeCode)
            .where(
                OneTimeCode.code_hash == code_hash,
                OneTimeCode.purpose.in_(purposes),
                OneTimeCode.used_at.is_(None),
                OneTimeCode.expires_at > now,
            )
            .values(used_at=now)
            .returning(OneTimeCode.purpose, OneTimeCode.account_id)
            .execution_options(**_QUIET)
        )
    ).one_or_none()
    return None if row is None else (row.purpose, row.account_id)


async def drop_ended_codes(session: AsyncSession, *, now: datetime) -> None:
    """Drop the codes whose time is over."""
    await session.execute(delete(OneTimeCode).where(OneTimeCode.expires_at <= now).execution_options(**_QUIET))


async def ties_of(session: AsyncSession, account_id: int) -> Sequence[Any]:
    """What an account is tied to: id, organisation_id, reason, made_at, made_by (a name); oldest first."""
    query = (
        select(
            AccountTie.id,
            AccountTie.organisation_id,
            AccountTie.reason,
            AccountTie.made_at,
            Account.name.label("made_by"),
        )
        .outerjoin(Account, Account.id == AccountTie.made_by_id)
        .where(AccountTie.account_id == account_id)
        .order_by(AccountTie.id)
    )
    return (await session.execute(query)).all()


async def put_tie(session: AsyncSession, **values: Any) -> None:
    """Keep a new tie."""
    await session.execute(insert(AccountTie).values(**values))


async def drop_tie(session: AsyncSession, account_id: int, tie_id: int) -> int | None:
    """Drop a tie of this account; the id of the organisation it was to, None when there is no such tie."""
    query = delete(AccountTie).where(AccountTie.id == tie_id, AccountTie.account_id == account_id)
    return await session.scalar(query.returning(AccountTie.organisation_id).execution_options(**_QUIET))
