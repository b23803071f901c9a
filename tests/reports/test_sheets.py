from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.i18n import _, language
from hotline.reports.figures import Period
from hotline.reports.sheets import csv_text, definition_rows, defuse, report_csv, report_rows
from hotline.reports.shown import Share
from hotline.reports.small_cells import Hidden
from hotline.reports.tables import Column, Entry, Row, Table, in_order

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


def _read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=5), max_size=5))
def test_what_is_written_is_read_again_but_for_the_apostrophes(rows: list[list[str]]) -> None:
    assert _read(csv_text(rows)) == [[str(defuse(field)) for field in row] for row in rows]


@given(TEXTS)
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    field = str(defuse(text))
    assert not field.lstrip(" \u3000").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert field.removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("x")'])
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert defuse(text) == f"'{text}"


def test_numbers_stay_numbers_also_below_nothing() -> None:
    assert csv_text([(-5, 2.5, None)]) == "\ufeff-5,2.5,\r\n"


def test_quotes_commas_and_line_breaks_are_quoted_as_rfc_4180_has_it() -> None:
    assert csv_text([('say "no"', "a,b", "one\ntwo")]) == '\ufeff"say ""no""","a,b","one\ntwo"\r\n'


TABLE = Table(
    (Column("Resolved", "What is resolved."), Column("Median", "Half of them.", "span"),
     Column("In time", "By the date.", "share"), Column("Money recovered", "Yuan.", "money"),
     Column("Paused", "Waiting.", "work")),
    (Row("legal", "=法律", (Entry(7), Entry((90, 1440)), Entry(Share(6, 8)), Entry(Decimal("12.50")), Entry(61))),
     Row("help", "帮扶", (Entry(Hidden.SMALL), Entry((None, None)), Entry(None), Entry(None), Entry(None)))),
    Row("", "", (Entry(9), Entry((60, None)), Entry(Share(0, 0)), Entry(Decimal(0)), Entry(0))),
)  # fmt: skip


def test_a_report_in_a_file_has_numbers_shares_with_both_parts_and_what_is_hidden_stays_hidden() -> None:
    token = language.set("en")
    try:
        rows = report_rows(TABLE, title="Times", first="Department", period=NOVEMBER, as_of=None)
    finally:
        language.reset(token)
    assert rows[1] == ["From", "2026-11-01", "Until", "2026-11-30"]
    assert rows[4:] == [
        ("=法律", 7, 1.5, 24.0, 6, 8, 75.0, 12.5, 1.0),
        ("帮扶", "<3", None, None, None, None, None, None, None),
        ("Together", 9, 1.0, None, 0, 0, None, 0.0, 0.0),
    ]
    assert len(rows[3]) == len(rows[4])
    assert _read(report_csv(rows, definition_rows(TABLE)))[4][0] == "'=法律"


def test_every_column_is_explained() -> None:
    assert {row[0] for row in definition_rows(TABLE)} >= {_(column.label) for column in TABLE.columns}


def test_lines_stand_in_the_order_of_their_names_chinese_by_pinyin_the_one_without_a_key_last() -> None:
    names = {"a": "组织部", "b": "北站工会", "c": "法律援助中心", "": "安置"}
    rows = in_order([Row(key, name, ()) for key, name in names.items()])
    assert [row.name for row in rows] == ["北站工会", "法律援助中心", "组织部", "安置"]
