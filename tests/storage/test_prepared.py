"""Statements that go past the engine: in the same transaction, with the same values and the same refusals."""

from __future__ import annotations

from typing import Final

import pytest
from sqlalchemy import DateTime, bindparam, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text

from hotline import clock
from hotline.accounts.models import Account
from hotline.accounts.roles import Role
from hotline.errors import Unavailable
from hotline.storage.database import UNAVAILABLE, Database
from hotline.storage.prepared import Prepared

BACK: Final = Prepared(
    select(
        *(
            cast(bindparam(name, type_=kind), kind).label(name)
            for name, kind in (
                ("role", Account.role.type),
                ("facts", JSONB()),
                ("codes", ARRAY(Text())),
                ("at", DateTime(timezone=True)),
                ("nothing", Text()),
            )
        )
    )
)
WHO: Final = Prepared(select(Account.role, Account.name).where(Account.login == bindparam("login")))


def _account(login: str) -> Account:
    return Account(login=login, name="测试", role=Role.OPERATOR, created_at=clock.now())


async def test_values_come_back_as_they_were_sent_first_and_later(database: Database) -> None:
    sent = {"role": Role.STAFF, "facts": {"一": [1, None]}, "codes": ["a", "乙"], "at": clock.now(), "nothing": None}
    async with database.transaction() as session:
        by_the_engine = await BACK.row(session, sent)
        by_the_driver = await BACK.row(session, sent)
    assert by_the_engine._asdict() == by_the_driver._asdict() == sent


async def test_a_value_that_was_forgotten_is_no_null(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(KeyError, match="login"):
            await WHO.row(session, {})


async def test_what_the_session_has_written_is_seen_and_gone_with_its_transaction(database: Database) -> None:
    async with database.transaction() as session:
        assert await WHO.row(session, {"login": "one"}) is None
        session.add(_account("one"))
        await session.flush()
        assert await WHO.row(session, {"login": "one"}) == (Role.OPERATOR, "测试")
        await session.rollback()
        assert await WHO.row(session, {"login": "one"}) is None
        session.add(_account("two"))
        await session.flush()
        assert await WHO.row(session, {"login": "two"}) is not None
    async with database.transaction() as session:
        assert await WHO.row(session, {"login": "one"}) is None
        assert await WHO.row(session, {"login": "two"}) is not None


async def test_a_connection_lost_in_between_has_changed_nothing_and_the_next_one_works(database: Database) -> None:
    async def lost() -> None:
        async with database.transaction() as session:
            await WHO.row(session, {"login": "one"})
            pid = await session.scalar(text("select pg_backend_pid()"))
            async with database.transaction() as other:
                await other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
            await WHO.row(session, {"login": "one"})

    with pytest.raises(Unavailable) as refused:
        await lost()
    assert refused.value.message == UNAVAILABLE
    for _ in range(20):
        async with database.transaction() as session:
            assert await WHO.row(session, {"login": "one"}) is None
