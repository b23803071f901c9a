from __future__ import annotations

from pathlib import Path

import pytest

from hotline.routing.categories import Category, Group
from hotline.routing.compiled import RuleSet, compile_rules
from hotline.routing.evaluation import Evaluation, errors_table, evaluate
from hotline.routing.labelled import LabelledText, Meanings, read_labelled
from hotline.routing.ruleset import ConfigurationError, read_rules

GROUPS = {
    code: Group(code=code, name=name, name_en=code, also=also)
    for code, name, also in [("dispute", "争议", ()), ("care", "保护", ("safety",)), ("outside", "其他", ())]
}
CATEGORIES = {
    code: Category(code=code, name=name, name_en=code, group=group)
    for code, name, group in [
        ("pay", "工资", "dispute"),
        ("hours", "工时", "dispute"),
        ("gear", "防护", "care"),
        ("roads", "道路", "outside"),
    ]
}
MEANINGS = Meanings(GROUPS, CATEGORIES)


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    rules = [
        {"id": "a", "category": "pay", "words": {"3": ["欠薪"], "1": ["钱"]}},
        {"id": "b", "category": "hours", "words": {"3": ["加班"]}},
        {"id": "c", "category": "gear", "words": {"3": ["手套"]}},
        {"id": "d", "category": "roads", "words": {"3": ["路灯"]}},
    ]
    content = {"name": "t", "threshold": 2.0, "margin": 1.0, "rule": rules}
    return compile_rules(read_rules(content, file="t", categories=CATEGORIES), CATEGORIES)


def judged(ruleset: RuleSet, *rows: tuple[str, str, str | None]) -> Evaluation:
    return evaluate(ruleset, [LabelledText(*row, at) for at, row in enumerate(rows, 1)], MEANINGS)


def test_a_prediction_is_right_when_it_equals_either_label(ruleset: RuleSet) -> None:
    result = judged(ruleset, ("欠薪", "pay", None), ("加班", "pay", "hours"), ("手套", "pay", "hours"))
    assert result.accuracy_all == pytest.approx(2 / 3)
    assert result.primary_accuracy_all == pytest.approx(1 / 3)


def test_a_text_no_rule_knows_is_wrong_and_not_routed(ruleset: RuleSet) -> None:
    result = judged(ruleset, ("天气很好", "outside", None), ("路灯坏了", "outside", None))
    assert (result.accuracy_all, result.coverage, result.accuracy_routed) == (0.5, 0.5, 1.0)
    assert result.confusion() == {("outside", "-"): 1, ("outside", "outside"): 1}


def test_what_is_outside_the_duties_may_be_sure_and_a_weak_word_is_not(ruleset: RuleSet) -> None:
    result = judged(ruleset, ("路灯坏了", "outside", None), ("钱", "dispute", None))
    assert [each.sure for each in result.judged] == [True, False]


def test_predictions_live_where_the_labels_live(ruleset: RuleSet) -> None:
    assert judged(ruleset, ("加班", "dispute", None), ("手套", "safety", None)).accuracy_all == 1
    assert judged(ruleset, ("加班", "pay", None)).accuracy_all == 0
    mixed = judged(ruleset, ("加班", "pay", None), ("路灯", "outside", None))
    assert [each.predicted for each in mixed.judged] == ["dispute", "outside"]
    assert mixed.accuracy_all == 1
    named = judged(ruleset, ("加班", "工时", None), ("欠薪", "工资", None))
    assert [each.predicted for each in named.judged] == ["工时", "工资"]


def test_the_words_of_the_file_are_the_words_of_the_answer(ruleset: RuleSet) -> None:
    result = judged(ruleset, ("手套", "safety", None), ("手套", "dispute", "care"))
    assert {each.predicted for each in result.judged} <= {"safety", "care"}
    assert len({each.predicted for each in result.judged}) == 1
    assert result.accuracy_all == 1


def test_precision_and_recall_are_of_the_first_label(ruleset: RuleSet) -> None:
    result = judged(
        ruleset,
        *(
            ("欠薪", "dispute", None),
            ("加班", "dispute", "safety"),
            ("手套", "dispute", None),
            ("手套", "safety", None),
        ),
    )
    figures = {each.label: (each.texts, each.predicted, each.precision, each.recall) for each in result.classes()}
    assert figures == {"dispute": (3, 2, 1.0, pytest.approx(2 / 3)), "safety": (1, 2, 0.5, 1.0)}


def test_the_figures_as_json_add_up(ruleset: RuleSet) -> None:
    said = judged(ruleset, ("欠薪", "dispute", None), ("手套", "dispute", "outside"), ("x", "outside", None)).to_json()
    assert (said["texts"], said["routed"], said["unknown"]) == (3, 2, 1)
    assert sum(count for row in said["confusion"].values() for count in row.values()) == 3
    assert said["accuracy_all"] == 0.3333
    assert [row["label"] for row in said["classes"]] == ["dispute", "outside", "care"]


def test_errors_are_listed_with_the_words_that_misled(ruleset: RuleSet) -> None:
    result = judged(ruleset, ("欠薪", "dispute", None), ("路灯下欠钱", "dispute", None))
    heading, row, end = errors_table(result.judged).split("\n")
    cells = dict(zip(heading.split("\t"), row.split("\t"), strict=True))
    assert cells == {
        "line": "2",
        "label": "dispute",
        "second": "-",
        "predicted": "outside",
        "outcome": "routed",
        "score": "3",
        "margin": "2",
        "words": "路灯+3 钱+1",
        "text": "路灯下欠钱",
    }
    assert end == ""


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "texts.tsv"
    path.write_bytes(content)
    return path


def mistakes(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(ConfigurationError) as refused:
        read_labelled(path, meanings=MEANINGS)
    return [(mistake.field, str(mistake)) for mistake in refused.value.mistakes]


def test_labelled_texts_are_read_however_they_were_saved(tmp_path: Path) -> None:
    content = "欠薪\tpay\r\n\r\n加班\u2028到九点\tpay\thours\n路灯\toutside\t-".encode("utf-8-sig")
    assert read_labelled(written(tmp_path, content), meanings=MEANINGS) == (
        LabelledText("欠薪", "pay", None, 1),
        LabelledText("加班\u2028到九点", "pay", "hours", 3),
        LabelledText("路灯", "outside", None, 4),
    )


def test_every_bad_line_is_named_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "欠薪\n\tpay\n欠薪\t-\n欠薪\twages\n欠薪\tpay\thour\n欠薪\tpay\t-\tx\n".encode())
    assert mistakes(path) == [
        (
            "texts.tsv:1",
            "This line has 1 columns: text, label and, if you like, a second label are needed.",
        ),
        ("texts.tsv:2", "The text is empty."),
        ("texts.tsv:3", "The label is empty."),
        ("texts.tsv:4", "No category and no group is called “wages”."),
        ("texts.tsv:5", "No category and no group is called “hour”."),
        (
            "texts.tsv:6",
            "This line has 4 columns: text, label and, if you like, a second label are needed.",
        ),
    ]


def test_a_file_of_nothing_but_mistakes_does_not_fill_the_screen(tmp_path: Path) -> None:
    told = mistakes(written(tmp_path, "欠薪\n".encode() * 900))
    assert len(told) == 51
    assert told[-1] == ("texts.tsv", "850 more lines have mistakes.")


def test_a_file_that_holds_no_texts_is_named(tmp_path: Path) -> None:
    assert mistakes(written(tmp_path, b"\n\n")) == [("texts.tsv", "There is no text in this file.")]
    assert mistakes(written(tmp_path, b"a\tpay\n\xff\tpay\n")) == [
        ("texts.tsv:2", "This line is not UTF-8. Please save the file as UTF-8.")
    ]
    assert mistakes(tmp_path / "none.tsv")[0][1].startswith("The file cannot be read")
