"""Storing a new case: one statement for all of its rows, so that logging a call stays within its round trips.

The statement is built once from the tables; every INSERT is a CTE, the case's id comes from the first one, and the
last SELECT sends the notice. Either all rows exist afterwards or none.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, String, bindparam, cast, func, insert, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.models import CASE_NUMBERS, CallRecord, Case, CaseDecision, CaseEvent, CaseText
from hotline.privacy.models import TrailEntry
from hotline.storage.base import Base
from hotline.storage.models import Notice
from hotline.storage.notices import sending

DIGITS: Final = 6


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
    return [cast(bindparam(f"{prefix}_{name}", type_=columns[name].type), columns[name].type) for name in names]


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


_STATEMENT = _statement()


def _values(row: Base, names: list[str], prefix: str) -> dict[str, Any]:
    return {f"{prefix}_{name}": getattr(row, name) for name in names}


async def store_new_case(
    session: AsyncSession,
    case: Case,
    *,
    year: int,
    text: CaseText,
    call: CallRecord,
    event: CaseEvent,
    decision: CaseDecision,
    trail: TrailEntry,
    notice: Notice,
) -> None:
    """Insert a case with everything that belongs to it in one round trip; gives `case` its id and number."""
    row = (
        await session.execute(
            _STATEMENT,
            {
                "year": str(year),
                "facts": notice.facts,
                **_values(case, _CASE, "case"),
                **_values(text, _TEXT, "text"),
                **_values(call, _CALL, "call"),
                **_values(event, _EVENT, "event"),
                **_values(decision, _DECISION, "decision"),
                **_values(trail, _TRAIL, "trail"),
                **_values(notice, _NOTICE, "notice"),
            },
        )
    ).one()
    case.id, case.number = row.id, row.number
