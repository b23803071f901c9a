"""Putting a year into the database: rows by COPY, a batch at a time, all in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

from sqlalchemy import Sequence as NumberSequence
from sqlalchemy import exists, func, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.cases.models import CASE_NUMBERS, CallRecord, Case, CaseDecision, CaseEvent, CaseText, Correction
from hotline.cases.task_models import CoHandling, Instruction
from hotline.demo.filled import FILLED
from hotline.demo.lives import ADDRESS, Life
from hotline.privacy.models import TrailEntry
from hotline.storage.base import Base

LOCK: Final = 1235107
"""Key of the advisory lock that is held while filling: two demos that start at once fill one year."""

COPY_SECONDS: Final = 120.0
"""A batch is written in a fraction of a second; a slow disk is waited for."""

_TABLES: Final[tuple[type[Base], ...]] = (
    Case, CaseText, CallRecord, CaseDecision, CaseEvent, TrailEntry, Correction, CoHandling, Instruction,
)  # fmt: skip


def _columns(table: type[Base]) -> tuple[tuple[str, bool], ...]:
    """The columns to fill, and which of them hold JSON; ids that the database hands out are left to it."""
    columns = table.__table__.columns
    return tuple((column.key, isinstance(column.type, JSONB)) for column in columns if column.identity is None)


_COLUMNS: Final = {table: _columns(table) for table in _TABLES}


async def hold(session: AsyncSession) -> None:
    """Wait until no other demo fills this database, and keep others waiting until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))


async def is_in_use(session: AsyncSession) -> bool:
    """Whether anybody works in this database already."""
    return bool(await session.scalar(select(exists(select(Account.id)) | exists(select(Case.id)))))


async def keep_accounts(session: AsyncSession, accounts: list[Account]) -> None:
    """Store accounts, which get their ids by that."""
    session.add_all(accounts)
    await session.flush()


def beginning(accounts: Iterable[Account], *, at: datetime, cases: int) -> list[TrailEntry]:
    """How the trail of a demo begins: that it is one, then how its accounts came to be."""

    def entry(act: str, subject: str, details: dict[str, Any], when: datetime) -> TrailEntry:
        return TrailEntry(
            at=when, actor_id=None, actor="demo", act=act, case_id=None, subject=subject, reason=None,
            details=details, address=ADDRESS, request_id="",
        )  # fmt: skip

    made = (entry("account.add", one.login, {"role": one.role.value}, one.created_at) for one in accounts)
    return [entry(FILLED, "", {"cases": cases}, at), *made]


async def keep_trail(session: AsyncSession, entries: Sequence[TrailEntry]) -> None:
    """Store lines of the trail in their order."""
    await _copy(session, TrailEntry, entries)


async def keep(session: AsyncSession, lives: Sequence[Life]) -> None:
    """Store these cases with everything that belongs to them."""
    await _copy(session, Case, [life.case for life in lives])
    await _copy(session, CaseText, [life.filed_text() for life in lives])
    await _copy(session, CallRecord, [life.call for life in lives])
    await _copy(session, CaseDecision, list(chain.from_iterable(life.decisions for life in lives)))
    await _copy(session, CaseEvent, list(chain.from_iterable(life.events for life in lives)))
    await _copy(session, TrailEntry, list(chain.from_iterable(life.trail for life in lives)))
    await _copy(session, Correction, list(chain.from_iterable(life.corrections for life in lives)))
    await _copy(session, CoHandling, list(chain.from_iterable(life.co_handlings for life in lives)))
    await _copy(session, Instruction, list(chain.from_iterable(life.instructions for life in lives)))


async def _copy(session: AsyncSession, table: type[Base], rows: Sequence[Base]) -> None:
    columns = _COLUMNS[table]
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    await driver.copy_records_to_table(
        table.__tablename__,
        records=[tuple(_value(getattr(row, name), json_=json_) for name, json_ in columns) for row in rows],
        columns=[name for name, _ in columns],
        timeout=COPY_SECONDS,
    )


def _value(value: Any, *, json_: bool) -> Any:
    return json.dumps(value, ensure_ascii=False) if json_ else value


async def go_on_after(session: AsyncSession, last: int, numbers: NumberSequence = CASE_NUMBERS) -> None:
    """Let case numbers go on after `last`, and let the server learn what its tables hold."""
    await session.execute(select(func.setval(numbers.name, max(last, 1), literal(last > 0))))
    tables = ", ".join((Account.__tablename__, *(table.__tablename__ for table in _TABLES)))
    await session.execute(text(f"analyze {tables}"))


async def accounts_in_order(session: AsyncSession) -> list[Account]:
    """Every account, in the order in which they were made."""
    return list((await session.scalars(select(Account).order_by(Account.id))).all())
