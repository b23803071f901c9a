"""The ground every table stands on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ColumnElement, DateTime, Enum, Integer, MetaData, Text, literal_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables: names of constraints are decided once, times are aware, whole numbers are 64 bits wide."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        int: BigInteger,
        str: Text,
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


def code(kind: type[StrEnum], name: str) -> Enum:
    """A StrEnum stored as text of at most 32 characters, with a CHECK that knows the codes."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        length=32,
        create_constraint=True,
        values_callable=lambda codes: [member.value for member in codes],
    )


def fixed(number: int) -> ColumnElement[int]:
    """A number that is written into a statement, not sent with it.

    For the LIMIT of a statement that is asked again and again: with one it does not know, PostgreSQL expects a tenth of
    everything, finds no plan good enough to be kept and plans anew each time, which takes longer than the answer.
    """
    return literal_column(str(int(number)), Integer)
