"""Statements asked with every request: compiled once, and handed to the driver itself.

What the engine does around a statement (looking it up, adapting values, cursors and rows, changing greenlets) takes
several times as long as the driver takes for it. Statements that are asked again and again do without. They stay in the
transaction of their session: the first one in it goes through the engine, which begins it.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from weakref import ref

from asyncpg import Connection
from sqlalchemy import Dialect, Float, Insert, Numeric, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.types import TypeEngine

_DIALECT: Final[Dialect] = dialect()  # type: ignore[no-untyped-call]
_AT_HAND: Final = "driver at hand"
_FLOAT8: Final = 701
_NUMERIC: Final = 1700

Convert = Callable[[Any], Any]


class _AtHand(NamedTuple):
    """The driver's connection, known for as long as this very transaction lasts."""

    transaction: ref[SessionTransaction]
    driver: Connection


class Prepared:
    """A statement that returns rows, compiled once. Its columns have names; what an IN names is known beforehand."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert) -> None:
        compiled: Any = statement.compile(dialect=_DIALECT)
        asked = {name for bind, name in compiled.bind_names.items() if bind.required}
        state = compiled.construct_expanded_state(dict.fromkeys(asked))  # writes out what an IN names
        self._sql = state.statement
        self._known = {name: value for name, value in state.parameters.items() if name not in asked}
        convert = {name: _to_driver(bind.type) for bind, name in compiled.bind_names.items()} | state.processors
        self._sent = tuple((name, convert.get(name)) for name in state.positiontup)
        names = [str(name) for name in statement.exported_columns.keys()]  # noqa: SIM118 - it gives columns, not names
        self._row: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024
        kinds = [_from_driver(column.type) for column in statement.exported_columns]
        self._converted = tuple((at, convert) for at, convert in enumerate(kinds) if convert is not None)

    async def rows(self, session: AsyncSession, values: Mapping[str, Any] | None = None) -> list[Any]:
        """The rows it gives for these values."""
        if session.dirty or session.new or session.deleted:
            await session.flush()  # as the engine would: what was changed before it is asked about is seen
        given = {**self._known, **(values or {})}
        sent = [given[name] if convert is None else convert(given[name]) for name, convert in self._sent]
        return [self._read(found) for found in await self._carried_out(session, sent)]

    async def row(self, session: AsyncSession, values: Mapping[str, Any] | None = None) -> Any:
        """The one row it gives for these values; None for none."""
        found = await self.rows(session, values)
        return found[0] if found else None

    async def _carried_out(self, session: AsyncSession, sent: Sequence[Any]) -> Sequence[Sequence[Any]]:
        at_hand: _AtHand | None = session.info.get(_AT_HAND)
        transaction = session.sync_session.get_transaction()
        if at_hand is not None and transaction is not None and at_hand.transaction() is transaction:
            return list(await at_hand.driver.fetch(self._sql, *sent))
        found, begun = await session.run_sync(_carried_out_by_the_engine, self._sql, tuple(sent))
        session.info[_AT_HAND] = begun
        return found

    def _read(self, found: Sequence[Any]) -> Any:
        if not self._converted:
            return self._row._make(found)
        values = [*found]
        for at, convert in self._converted:
            values[at] = convert(values[at])
        return self._row._make(values)


def _carried_out_by_the_engine(
    session: Session, sql: str, sent: tuple[Any, ...]
) -> tuple[Sequence[Sequence[Any]], _AtHand]:
    connection = session.connection()
    found = connection.exec_driver_sql(sql, sent).all()
    begun: Any = session.get_transaction()
    driver: Any = connection.connection.driver_connection
    return found, _AtHand(ref(begun), driver)


def _to_driver(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _from_driver(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(_DIALECT).result_processor(_DIALECT, _number(kind))


def _number(kind: TypeEngine[Any]) -> int | None:
    """How the server numbers this kind; the dialect asks for it where the kind alone does not tell what is sent."""
    return _FLOAT8 if isinstance(kind, Float) else _NUMERIC if isinstance(kind, Numeric) else None
