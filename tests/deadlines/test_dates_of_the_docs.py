"""The dates checked by hand that the reference lists, around the holidays with worked weekends."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Reason
from hotline.deadlines.calendar_file import load_calendar
from hotline.deadlines.due import due_at

ROOT = Path(__file__).parents[2]
CALENDAR = load_calendar(ROOT / "config" / "calendar.toml")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/reference/working-days.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| 2026-", line)
]


def moment(words: str) -> datetime:
    told = datetime.strptime(words, "%Y-%m-%d %H:%M %a").replace(tzinfo=SHANGHAI)
    assert told.strftime("%a") == words[-3:], words
    return told


def test_there_are_twenty_of_them_and_they_cross_both_holidays() -> None:
    assert len(ROWS) == 20
    for made_up in ("**02-14**", "**02-28**", "**09-20**", "**10-10**"):
        assert any(made_up in row[3] for row in ROWS), made_up


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_date_checked_by_hand_is_the_date_that_is_counted(row: list[str]) -> None:
    since, days, due, counted, skipped, why = row
    explained = due_at(int(days), since=moment(since), calendar=CALENDAR)
    assert explained.due_at == moment(due)
    assert why
    assert [f"{day.on:%m-%d}" for day in explained.counted] == counted.replace("*", "").split(", ")
    bold = re.findall(r"\*\*([\d-]+)\*\*", counted)
    assert [f"{day.on:%m-%d}" for day in explained.counted if day.reason is Reason.MAKE_UP] == bold
    told = sum(
        1 if not last else (datetime(2026, *last_of(last)) - datetime(2026, *last_of(first))).days + 1  # noqa: DTZ001
        for first, last in re.findall(r"([\d-]{5})(?: to ([\d-]{5}))?", skipped)
    )
    assert len(explained.skipped) == told


def last_of(words: str) -> tuple[int, int]:
    month, day = map(int, words.split("-"))
    return month, day
