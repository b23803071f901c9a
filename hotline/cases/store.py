"""Storing a new case: one statement for all of its rows, so that logging a call stays within its round trips.

The statement is built once from the tables; every INSERT is a CTE, the case's id comes from the first one, and the
last SELECT sends the notice. Either all rows exist afterwards or none. It is also compiled once: a statement of ninety
values, compiled or looked up anew for every call, would cost more than PostgreSQL takes to carry it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Dialect,
    Select,
    String,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.models import CASE_NUMBERS, CallRecord, Case, CaseDecision, CaseEvent, CaseText
from hotline.privacy.models import TrailEntry
from hotline.storage.base import Base
from hotline.storage.models import Notice
from hotline.storage.notices import sending
from hotline.storage.prepared import Prepared

DIGITS: Final = 6
SEPARATOR: Final = "\x1f"
"""Between grams on their way: a separator, which counts as white space, so none stands in a text in normal form."""
_GRAMS: Final = frozenset({"grams", "name_grams"})


def _columns(table: type[Base], *leave_out: str) -> list[str]:
    return [column.key for column in table.__table__.columns if column.key not in {*leave_out}]


_CASE = _columns(Case, "id", "number")
_TEXT = _columns(CaseText, "case_id")
_CALL = _columns(CallRecord, "id", "case_id")
_DECISION = _columns(CaseDecision, "id", "case_id")
_EVENT = _columns(CaseEvent, "id", "case_id")
_TRAIL = _columns(TrailEntry, "id", "case_id", "subject")
_NOTICE = _columns(Notice, "id", "case_id", "facts")


def _bound(table: type[Base], names: list[str], prefix: str) -> list[ColumnElement[Any]]:
    columns = table.__table__.columns
    return [_value(f"{prefix}_{name}", columns[name].type, grams=name in _GRAMS) for name in names]


def _value(name: str, kind: Any, *, grams: bool) -> ColumnElement[Any]:
    if grams:
        return func.string_to_array(cast(bindparam(name, type_=_Joined), Text), SEPARATOR)
    return cast(bindparam(name, type_=kind), kind)


class _Joined(TypeDecorator[Sequence[str]]):
    """Small texts on their way as one: a hundred of them would cost the driver a test each."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else SEPARATOR.join(value)


def _child(table: type[Base], names: list[str], prefix: str, case: CTE, *more: tuple[str, ColumnElement[Any]]) -> CTE:
    chosen = select(case.c.id, *_bound(table, names, prefix), *(value for _, value in more))
    return (
        insert(table)
        .from_select(["case_id", *names, *(name for name, _ in more)], chosen, include_defaults=False)
        .returning(literal_column("1").label("stored"))
        .cte(f"new_{prefix}")
    )


def _statement() -> Select[Any]:
    drawn = select(CASE_NUMBERS.next_value().label("id")).cte("drawn")
    digits = cast(drawn.c.id, String)
    number = func.concat(
        bindparam("year", type_=String), "-", func.lpad(digits, func.greatest(DIGITS, func.length(digits)), "0")
    )
    case = (
        insert(Case)
        .from_select(
            ["id", "number", *_CASE], select(drawn.c.id, number, *_bound(Case, _CASE, "case")), include_defaults=False
        )
        .returning(Case.id, Case.number)
        .cte("new_case")
    )
    facts = bindparam("facts", type_=JSONB).op("||")(func.jsonb_build_object("number", case.c.number))
    notice = (
        insert(Notice)
        .from_select(["case_id", *_NOTICE, "facts"], select(case.c.id, *_bound(Notice, _NOTICE, "notice"), facts))
        .returning(Notice.id, Notice.kind, Notice.facts)
        .cte("new_notice")
    )
    children = [
        _child(CaseText, _TEXT, "text", case),
        _child(CallRecord, _CALL, "call", case),
        _child(CaseEvent, _EVENT, "event", case),
        _child(TrailEntry, _TRAIL, "trail", case, ("subject", case.c.number)),
        _child(CaseDecision, _DECISION, "decision", case),
    ]
    return sending(notice).add_columns(case.c.id, case.c.number).join_from(notice, case, true()).add_cte(*children)


_STORE: Final = Prepared(_statement())
_ROWS: Final = tuple(
    [(f"{prefix}_{name}", name) for name in names]
    for prefix, names in (
        ("case", _CASE),
        ("text", _TEXT),
        ("call", _CALL),
        ("event", _EVENT),
        ("decision", _DECISION),
        ("trail", _TRAIL),
        ("notice", _NOTICE),
    )
)
"""Values of the statement, and what they are called in the rows they come from."""


Row = Mapping[str, Any]
"""Values of a row by column, for rows nobody works on further; what is not named is NULL."""


async def store_new_case(
    session: AsyncSession,
    case: Case,
    *,
    year: int,
    text: Row,
    call: Row,
    event: CaseEvent,
    decision: Row,
    trail: Row,
    notice: Row,
) -> None:
    """Insert a case with everything that belongs to it in one round trip; gives `case` its id and number."""
    values: dict[str, Any] = {"year": str(year), "facts": notice["facts"]}
    for row, names in zip((vars(case), text, call, vars(event), decision, trail, notice), _ROWS, strict=True):
        values.update({value: row.get(name) for value, name in names})
    stored = await _STORE.row(session, values)
    case.id, case.number = stored.id, stored.number


async def file_text_under(
    session: AsyncSession, case_id: int, marks: Sequence[str], *, instead_of: Sequence[str]
) -> None:
    """Let a search find the text on the desks of these marks (`grams.desk_marks`), and no longer on the others."""
    kept: ColumnElement[Any] = CaseText.grams.expression
    for mark in instead_of:
        kept = func.array_remove(kept, cast(mark, Text))
    filed = func.array_cat(kept, cast(list(marks), ARRAY(Text)))
    await session.execute(
        update(CaseText)
        .where(CaseText.case_id == case_id)
        .values(grams=filed)
        .execution_options(synchronize_session=False)
    )
