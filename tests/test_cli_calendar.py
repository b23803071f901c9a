"""The commands about the calendar, as a person at the machine runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main
from hotline.i18n import language

NOTICE = "date,kind,name\n2027-01-01,holiday,元旦\n2027/1/2,休,元旦\n2027年1月3日,放假,元旦\n2027-01-09,补班,元旦\n"


@pytest.fixture(autouse=True)
def own_language(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("HOTLINE_LANGUAGE", "en")
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "no-home"))
    before = language.set("en")
    yield
    language.reset(before)


def hotline(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["calendar", *map(str, words)])


def explained(*words: str) -> dict[str, object]:
    told = hotline("explain", *words)
    assert told.exit_code == 0, told.output
    found: dict[str, object] = json.loads(told.stdout)
    return found


def test_a_date_is_explained_without_a_database_whatever_zone_the_machine_keeps() -> None:
    words = ["--from", "2026-09-30T16:00+08:00", "--working-days", "5"]
    command = [sys.executable, "-m", "hotline", "calendar", "explain", *words]
    done = subprocess.run(command, env={**os.environ, "TZ": "America/New_York"}, capture_output=True, check=True)
    told = json.loads(done.stdout)
    assert told == explained(*words)
    assert told["due_at"] == "2026-10-13T17:30:00+08:00"
    counted = [(day["date"], day["reason"], day["name"]) for day in told["counted"]]
    assert ("2026-10-10", "make_up", "National Day") in counted
    assert [day["date"] for day in told["skipped"]][:7] == [f"2026-10-0{n}" for n in range(1, 8)]
    assert told["provisional"] is False


def test_a_date_that_touches_a_year_without_a_table_says_so() -> None:
    told = explained("--from", "2026-12-30T10:00", "--working-days", "5")
    assert (told["provisional"], told["provisional_years"]) == (True, [2027])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "soon", "--working-days", "1"], "is no moment"),
        (["--from", "2026-01-01", "--working-days", "1", "--department", "nobody"], "There is no department nobody"),
        (["--from", "9999-12-30", "--working-days", "9"], "No calendar reaches so far"),
    ],
)
def test_what_cannot_be_explained_is_refused_with_words(words: list[str], said: str) -> None:
    refused = hotline("explain", *words)
    assert refused.exit_code == 1
    assert said in refused.stderr


def test_a_year_is_shown_with_its_source_or_as_provisional() -> None:
    official, provisional = hotline("show", "2026").stdout, hotline("show", "2027").stdout
    assert "国务院办公厅关于2026年部分节假日安排的通知" in official
    assert "248 working days" in official
    assert "provisional" in provisional
    assert "2027-02-06" in provisional


def test_a_notice_is_tried_then_imported_then_explained_by(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database_url)
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE, encoding="gb18030")
    tried = hotline("import", file, "--source", "通知（示例）", "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert "2027-01-09" in tried.stdout
    assert "0 dates of 0 open cases would move" in tried.stdout
    assert explained("--from", "2026-12-30T10:00", "--working-days", "5")["provisional"]
    assert hotline("import", file, "--source", "通知（示例）").exit_code == 0
    told = explained("--from", "2027-01-07T10:00", "--working-days", "2")
    assert (told["due_at"], told["provisional"]) == ("2027-01-09T17:30:00+08:00", False)
    assert told["sources"] == {"2027": "通知（示例）"}
    again = hotline("import", file, "--source", "通知（示例）")
    assert (again.exit_code, "in force already" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "day,what\n", "must name the columns"),
        ("a.csv", "date,kind,name\nsoon,holiday,x\n2027-01-01,party,x\n", "a.csv: 3: “party” is no kind of day"),
        ("a.csv", "date,kind,name\n2027-01-01,holiday,x\n2027-01-04,make_up,x\n", "2027-01-04 is worked anyway"),
        ("a.csv", "date,kind,name\nsoon,holiday,x\n2027-01-04,make_up,x\n", "2027-01-04 is worked anyway"),
        ("a.csv", "date,kind,name\n", "No holiday is named"),
        ("a.csv", "date,kind,name\n2027-01-01,holiday,x\n2027-01-01,holiday,x\n", "named more than once"),
        ("a.toml", "years = 3", "years"),
        ("a.toml", "[years.2027]\nholidays = []", "No holiday is named"),
        ("a.toml", "[years.2027", "no valid TOML"),
        ("a.toml", '[years.2027]\nholidays = [{ name = "x", from = 2027-01-01 }]', "holidays.0.until"),
    ],
)
def test_a_notice_with_mistakes_is_refused_with_the_place(tmp_path: Path, name: str, content: str, said: str) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    refused = hotline("import", file)
    assert refused.exit_code == 1
    assert said in refused.stderr
