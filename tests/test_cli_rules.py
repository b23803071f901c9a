"""The commands about rules, as a person at the machine runs them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main
from hotline.i18n import language

TEXTS = """\
老板拖欠工资四个月\tdispute_mediation\t-
工地摔断腿没人管\tlegal_aid\tdispute_mediation
退休金什么时候涨\toutside
大太阳底下干活，没有防暑的东西\tsafety
今天天气\thardship
"""


@pytest.fixture(autouse=True)
def own_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HOTLINE_LANGUAGE", "en")
    before = language.set("en")
    yield
    language.reset(before)


def hotline(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["rules", *map(str, words)])


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.tsv"
    path.write_text(TEXTS, encoding="utf-8")
    return path


def test_evaluating_prints_each_figure_on_a_line_of_its_own(texts: Path) -> None:
    told = hotline("evaluate", texts)
    assert told.exit_code == 0
    assert told.stdout.splitlines()[:4] == [
        *("accuracy_all 0.8000", "coverage 0.8000", "accuracy_routed 1.0000", "primary_accuracy_all 0.8000"),
    ]
    assert "    1  hardship → -" in told.stdout.splitlines()


def test_evaluating_as_json_and_with_a_list_of_errors(texts: Path, tmp_path: Path) -> None:
    told = hotline("evaluate", texts, "--json", "--errors", tmp_path / "errors.tsv")
    said = json.loads(told.stdout)
    assert (said["accuracy_all"], said["texts"], said["unknown"]) == (0.8, 5, 1)
    assert {row["label"] for row in said["classes"]} >= {"safety", "outside"}
    errors = (tmp_path / "errors.tsv").read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[:4] for line in errors[1:]] == [["5", "hardship", "-", "-"]]


def test_bad_texts_are_named_by_line_and_nothing_is_measured(texts: Path) -> None:
    texts.write_text(TEXTS + "欠薪\twages\n欠薪\n", encoding="utf-8")
    told = hotline("evaluate", texts)
    assert told.exit_code == 1
    assert told.stdout == ""
    assert "texts.tsv:6: No category and no group is called “wages”." in told.stderr
    assert "texts.tsv:7: This line has 1 columns" in told.stderr


def test_what_is_learned_can_be_checked_tried_and_evaluated(tmp_path: Path) -> None:
    source, rules = tmp_path / "labelled.tsv", tmp_path / "learned.toml"
    pairs = [("红绿灯坏了，{}号路口天天堵车", "道路"), ("班主任让补课，{}班的校服又收费", "学校")] * 20
    numbers = "一二三四五六七八九十"
    lines = [f"{text.format(numbers[at % 10])}，请帮忙\t{label}" for at, (text, label) in enumerate(pairs)]
    source.write_text("\n".join(lines), encoding="utf-8")
    told = hotline("learn", source, "--words", "4", "-o", rules)
    assert told.stdout.splitlines()[0] == "held_out_accuracy_all 1.0000"
    assert hotline("check", rules).stdout.startswith("The rules are in order: rule set learned.")
    assert "Category: 学校 (xue-xiao)" in hotline("try", "班主任让补课，二班的校服又收费", "--rules", rules).stdout
    assert hotline("evaluate", source, "--rules", rules).stdout.startswith("accuracy_all 1.0000\n")


def test_a_file_that_cannot_be_written_is_named(texts: Path, tmp_path: Path) -> None:
    for words in (("evaluate", texts, "--errors", tmp_path), ("learn", texts, "-o", tmp_path / "none" / "rules.toml")):
        told = hotline(*words)
        assert told.exit_code != 0
        assert isinstance(told.exception, SystemExit)
    assert "The file cannot be written: No such file or directory." in told.stderr


def test_checking_says_in_order_or_every_mistake_with_its_line(tmp_path: Path) -> None:
    assert hotline("check").stdout.startswith("The rules are in order: rule set 2026-11.")
    draft = tmp_path / "draft.toml"
    draft.write_text('name = "d"\nthreshold = 1\nmargin = 0\n[[rule]]\nid = "a"\nwrods = 3\n', encoding="utf-8")
    told = hotline("check", draft)
    assert told.exit_code == 1
    assert told.stderr.strip() == "draft.toml:6: rule a: There is no key “wrods”. Please check the spelling."


def test_trying_shows_why_a_decisive_rule_decided() -> None:
    told = hotline("try", "我哥在工地干活从架子上掉下来摔死了").stdout
    assert "Category: " in told
    assert "[death-at-work]  The rule goes before the score, priority 90." in told
