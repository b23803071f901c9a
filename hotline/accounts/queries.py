"""Everything the services of people ask of the database, each question once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, DateTime, Row, and_, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account, AccountTie, ApiToken, SignInBucket, SignInSession
from hotline.accounts.roles import Role
from hotline.privacy.models import TrailEntry
from hotline.storage.prepared import Prepared

_RULING: Final = 1235101
"""Key of the advisory lock under which roles are given and accounts disabled."""

# ---------------------------------------------------------------- who comes with this key

_TIES: Final = (
    select(func.array_agg(AccountTie.organisation_id))
    .where(AccountTie.account_id == Account.id)
    .correlate(Account)
    .scalar_subquery()
)
_WHO: Final = (
    Account.id.label("account_id"),
    Account.login,
    Account.name,
    Account.role,
    Account.department,
    Account.language,
    Account.must_change_password,
    _TIES.label("ties"),
)


def of_this_time(at: ColumnElement[datetime]) -> ColumnElement[bool]:
    """That a session was last seen at most one life of a session ahead of this moment.

    A clock that ran ahead and was put right leaves sessions that would live on until it has caught up.
    """
    lives: ColumnElement[bool] = SignInSession.seen_at < at + (SignInSession.ends_at - SignInSession.created_at)
    return lives


_AT: Final = bindparam("at", type_=DateTime(timezone=True))
_LIVES: Final = and_(
    SignInSession.token_hash == bindparam("kept"),
    SignInSession.ends_at > _AT,
    SignInSession.seen_at > bindparam("idle_since"),
    of_this_time(_AT),
    Account.disabled_at.is_(None),
)
_LOOK: Final = Prepared(
    select(*_WHO, SignInSession.public_id, SignInSession.seen_at)
    .join(Account, Account.id == SignInSession.account_id)
    .where(_LIVES)
)
_FREE: Final = (
    select(SignInSession.token_hash)
    .where(SignInSession.token_hash == bindparam("kept"))
    .with_for_update(skip_locked=True)  # two requests at once: one of them writes, neither waits
    .scalar_subquery()
)
_SEE: Final = (
    update(SignInSession)
    .where(SignInSession.token_hash == _FREE)
    .values(seen_at=bindparam("at"))
    .execution_options(synchronize_session=False)
)


async def who_has_session(session: AsyncSession, *, token_hash: bytes, now: datetime, idle: timedelta) -> Any:
    """The account behind a live session and when it was last seen, None for none."""
    return await _LOOK.row(session, {"kept": token_hash, "at": now, "idle_since": now - idle})


async def see_session(session: AsyncSession, *, token_hash: bytes, now: datetime) -> None:
    """A session is seen now, unless somebody else is just writing that."""
    await session.execute(_SEE, {"kept": token_hash, "at": now})


_BY_TOKEN: Final = Prepared(
    select(*_WHO, ApiToken.scopes)
    .join(Account, Account.id == ApiToken.account_id)
    .where(
        ApiToken.token_hash == bindparam("kept"),
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > bindparam("at")),
        Account.disabled_at.is_(None),
    )
)


async def who_has_token(session: AsyncSession, *, token_hash: bytes, now: datetime) -> Any:
    """The account behind a live token and its scopes, None for none."""
    return await _BY_TOKEN.row(session, {"kept": token_hash, "at": now})


# ---------------------------------------------------------------- accounts


async def account_by_login(session: AsyncSession, login: str, *, lock: bool = False) -> Account | None:
    """The account of this login; locked until the transaction ends when `lock`."""
    query = select(Account).where(Account.login == login).execution_options(populate_existing=True)
    return await session.scalar(query.with_for_update() if lock else query)


async def account_by_id(session: AsyncSession, account_id: int, *, lock: bool = False) -> Account | None:
    """The account of this id; locked until the transaction ends when `lock`."""
    query = select(Account).where(Account.id == account_id).execution_options(populate_existing=True)
    return await session.scalar(query.with_for_update() if lock else query)


async def account_unchanged(session: AsyncSession, account_id: int, password_hash: str) -> Account | None:
    """The account, if it is still enabled and has this very password; kept so until the transaction ends."""
    return await session.scalar(
        select(Account)
        .where(Account.id == account_id, Account.password_hash == password_hash, Account.disabled_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


_LAST_ACT: Final = (
    select(func.max(TrailEntry.at)).where(TrailEntry.actor_id == Account.id).correlate(Account).scalar_subquery()
)
_LAST_SESSION: Final = (
    select(func.max(SignInSession.seen_at))
    .where(SignInSession.account_id == Account.id)
    .correlate(Account)
    .scalar_subquery()
)
_LISTED: Final = (
    Account.id,
    Account.login,
    Account.name,
    Account.role,
    Account.department,
    Account.language,
    Account.disabled_at,
    Account.must_change_password,
    Account.password_hash.is_not(None).label("has_password"),
    Account.created_at,
    func.greatest(_LAST_SESSION, _LAST_ACT).label("last_seen_at"),
)


async def accounts_listed(
    session: AsyncSession, *, after: str, size: int, login: str | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Accounts by login, those behind `after`, or the one of this `login`; never their hashes."""
    query = select(*_LISTED).where(Account.login > after).order_by(Account.login).limit(size)
    return (await session.execute(query if login is None else query.where(Account.login == login))).all()


async def put_account(session: AsyncSession, **values: Any) -> int | None:
    """Make an account; its id, None when the login is taken."""
    put = insert(Account).values(**values).on_conflict_do_nothing(index_elements=[Account.login])
    return await session.scalar(put.returning(Account.id))


async def enabled_with_role(session: AsyncSession, role: Role) -> frozenset[int]:
    """The ids of the accounts of this role that are not disabled."""
    query = select(Account.id).where(Account.role == role, Account.disabled_at.is_(None))
    return frozenset((await session.scalars(query)).all())


async def any_with_role(session: AsyncSession, role: Role) -> bool:
    """Whether there is an account of this role, disabled ones included."""
    return bool(await session.scalar(select(exists().where(Account.role == role))))


async def one_at_a_time(session: AsyncSession) -> None:
    """Let acts that decide who rules the service follow one another: each sees what the one before has done."""
    await session.execute(select(func.pg_advisory_xact_lock(_RULING)))


async def set_language(session: AsyncSession, account_id: int, language: str) -> None:
    """Keep the language of an account."""
    query = update(Account).where(Account.id == account_id).values(language=language)
    await session.execute(query.execution_options(synchronize_session=False))


# ---------------------------------------------------------------- attempts to sign in


async def is_known(session: AsyncSession, bucket: str, *, since: datetime) -> bool:
    """Whether a bucket of this name was put down after `since`."""
    return bool(await session.scalar(select(exists().where(SignInBucket.bucket == bucket, SignInBucket.since > since))))


async def count_attempt(
    session: AsyncSession, limits: dict[str, int], *, now: datetime, window: timedelta
) -> dict[str, int]:
    """Count one attempt in each bucket that is not full; the full ones are missing in what is returned.

    One statement: whoever comes at the same time waits for the row and sees the new count. A bucket that gets full is
    blocked for one `window` from now. Buckets must be handed in in the same order everywhere, or two deadlock.
    One that begins more than a window ahead was counted by a clock that has been put right since: it is over, too.
    """
    row = SignInBucket
    over = or_(func.coalesce(row.blocked_until, row.since + window) <= now, row.since > now + window)
    limit = case(limits, value=row.bucket, else_=0)
    put = insert(row).values([{"bucket": name, "failures": 1, "since": now} for name in limits])
    query = put.on_conflict_do_update(
        index_elements=[row.bucket],
        set_={
            "failures": case((over, 1), else_=row.failures + 1),
            "since": case((over, now), else_=row.since),
            "blocked_until": case((over, None), (row.failures + 1 >= limit, now + window), else_=None),
        },
        where=or_(over, row.failures < limit),
    ).returning(row.bucket, row.failures)
    return {found.bucket: found.failures for found in await session.execute(query)}


async def give_attempt_back(session: AsyncSession, buckets: Sequence[str]) -> None:
    """Take one attempt off each bucket, and the block it has brought about."""
    await session.execute(
        update(SignInBucket)
        .where(SignInBucket.bucket.in_(buckets))
        .values(failures=func.greatest(SignInBucket.failures - 1, 0), blocked_until=None)
        .execution_options(synchronize_session=False)
    )


async def blocked_until(session: AsyncSession, buckets: Sequence[str]) -> datetime | None:
    """When the last of these buckets opens again."""
    return await session.scalar(select(func.max(SignInBucket.blocked_until)).where(SignInBucket.bucket.in_(buckets)))


async def put_known(session: AsyncSession, bucket: str, *, now: datetime) -> None:
    """Put down a bucket as seen now."""
    put = insert(SignInBucket).values(bucket=bucket, failures=0, since=now)
    await session.execute(put.on_conflict_do_update(index_elements=[SignInBucket.bucket], set_={"since": now}))


async def drop_bucket(session: AsyncSession, bucket: str) -> None:
    """Forget what was counted in this bucket."""
    await session.execute(delete(SignInBucket).where(SignInBucket.bucket == bucket))


async def drop_old_buckets(
    session: AsyncSession, *, counted_before: datetime, known: str, known_before: datetime
) -> None:
    """Drop buckets that count nothing any more; those whose name begins with `known` are older when they go."""
    is_known = SignInBucket.bucket.startswith(known, autoescape=True)
    old = case((is_known, SignInBucket.since < known_before), else_=SignInBucket.since < counted_before)
    await session.execute(delete(SignInBucket).where(old).execution_options(synchronize_session=False))
