from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.i18n import language
from hotline.reports.figures import DEFINITIONS, NOTHING, Figure, Period, Resolution, Week
from hotline.reports.queries import ResolutionPage
from hotline.reports.sheets import csv_text, defuse, export_row, named, resolution_sheet
from hotline.reports.small_cells import Hidden

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
LINE = Resolution("legal", 7, 2, 1, 0, 25.04, 30.0, 40.0, Figure("in_time", 6, 8))
HIDDEN = Resolution("hardship", Hidden.SMALL, 2, 0, 0, None, None, None, None)
PAGE = ResolutionPage(LINE, (LINE, HIDDEN), (LINE,), (Week(date(2026, 11, 2), LINE), Week(date(2026, 11, 9), NOTHING)))
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


def test_a_line_is_exported_with_numbers_and_its_share() -> None:
    assert export_row(LINE) == (7, 2, 1, 0, 25.0, 30.0, 40.0, 6, 8, 75.0)


def test_what_is_hidden_on_the_page_is_hidden_in_the_file() -> None:
    assert export_row(HIDDEN) == ("<3", 2, 0, 0, None, None, None, None, None, None)


def test_the_sheet_has_names_totals_weeks_and_every_definition() -> None:
    token = language.set("en")
    try:
        text = resolution_sheet(
            PAGE, NOVEMBER, departments={"legal": "法律援助中心", "hardship": "=帮扶"}, categories={}
        )
    finally:
        language.reset(token)
    rows = _read(text)
    assert text.startswith("\ufeff")
    assert ["From", "2026-11-01", "Until", "2026-11-30"] in rows
    assert [row[0] for row in rows if row].count("Together") == 3
    assert {"法律援助中心", "'=帮扶", "legal", "2026-11-02", "2026-11-09"} <= {row[0] for row in rows if row}
    assert set(DEFINITIONS.values()) <= {row[1] for row in rows if len(row) == 2}


def test_lines_stand_in_the_order_of_their_names_chinese_by_pinyin() -> None:
    names = {"a": "组织部", "b": "北站工会", "c": "法律援助中心", None: "热线"}
    lines = [Resolution(code, 0, 0, 0, 0, None, None, None, None) for code in (None, "a", "b", "c")]
    assert [name for name, _line in named(lines, names)] == ["北站工会", "法律援助中心", "组织部", "热线"]
