"""Rule files that are wrong are refused with file, line and reason; files that stand alone bring their categories."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hotline.routing.categories import Category
from hotline.routing.engine import load_routing
from hotline.routing.rulefile import load_rule_file
from hotline.routing.ruleset import ConfigurationError

CONFIG = Path(__file__).parents[2] / "config"
CATEGORIES = {
    code: Category(code=code, name=code, name_en=code, group=group)
    for code, group in [("pay", "dispute"), ("roads", "outside")]
}
HEAD = 'name = "t"\nthreshold = 2.0\nmargin = 0.5\n\n'
GOOD = '[[rule]]\nid = "good"\ncategory = "pay"\nwords.3 = ["欠薪"]\n\n'
BAD = '[[rule]]\nid = "bad"\ncategory = "pay"\n'


def mistakes(tmp_path: Path, content: str | bytes) -> list[str]:
    path = tmp_path / "draft.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigurationError) as refused:
        load_rule_file(path, groups={}, categories=CATEGORIES)
    return [f"{mistake.field}: {mistake}" for mistake in refused.value.mistakes]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (BAD + "wrods.3 = []\n", "draft.toml:13: rule bad: There is no key “wrods”. Please check the spelling."),
        (
            '[[rule]]\nid = "bad"\ncategory = "pya"\nwords.1 = ["钱"]\n',
            "draft.toml:12: rule bad: There is no category “pya”",
        ),
        (GOOD, "draft.toml:11: rule good: 2 rules have this id. Please give each its own."),
        (BAD + "words.3 = ['钱']\nmin_people = 0\n", "draft.toml:14: rule bad: “min_people”: Input should be greater"),
        (BAD + "words.3 = ['钱']\nhours = '9-25'\n", "draft.toml:14: rule bad: “hours”: String should match pattern"),
        (
            BAD + "words.3 = ['钱']\nexamples = ['路灯坏了']\n",
            "draft.toml:14: rule bad: The rule does not hold for its",
        ),
        (BAD + "patterns.1 = ['(欠)\\1']\n", "draft.toml:13: rule bad: “(欠)\\1” refers back"),
        (BAD + 'patterns.1 = ["(欠)\\\\1"]\n', "draft.toml:13: rule bad: “(欠)\\1” refers back"),
        (BAD + "patterns.1 = ['(?=欠)薪']\n", "draft.toml:13: rule bad: “(?=欠)薪” refers back, or looks ahead"),
        (BAD + "patterns.1 = ['欠{2000}']\n", "draft.toml:13: rule bad: “欠{2000}” repeats too much."),
        (
            BAD + "patterns.1 = ['((欠{9}){99}){9}薪']\n",
            "draft.toml:13: rule bad: “((欠{9}){99}){9}薪” repeats too much.",
        ),
        (
            BAD + "patterns.1 = ['(\\pL{1,200}){1,5}薪']\n",
            "draft.toml:13: rule bad: “(\\pL{1,200}){1,5}薪” repeats too",
        ),
        (BAD + "patterns.1 = ['欠[']\n", "draft.toml:13: rule bad: “欠[” is no pattern: missing ]"),
        (BAD + "patterns.1 = ['欠*']\n", "draft.toml:13: rule bad: “欠*” fits an empty text"),
        (BAD + f"patterns.1 = ['{'欠' * 201}']\n", "draft.toml:11: rule bad: “欠欠"),
        ('[[rule]]\ncategory = "pay"\n', "draft.toml:10: rule 2: “id” is missing. Please add it."),
        (BAD + "patterns.x = ['欠薪']\n", "draft.toml:13: rule bad: “x” is no weight"),
        (BAD + "words.-1 = ['钱']\npriority = 3\n", "draft.toml:11: rule bad: A rule with a priority decides for its"),
    ],
)
def test_a_wrong_rule_is_named_with_its_line(tmp_path: Path, rule: str, told: str) -> None:
    found = mistakes(tmp_path, HEAD + GOOD + rule)
    assert any(line.startswith(told) for line in found), found


def test_two_equal_priorities_are_refused_with_both_ids(tmp_path: Path) -> None:
    content = HEAD + GOOD.rstrip() + "\npriority = 7\n\n" + BAD + "words.2 = ['钱']\npriority = 7\n"
    assert mistakes(tmp_path, content) == [
        "draft.toml:15: rule bad: “bad” and “good” have the same priority 7. Please give each its own."
    ]


def test_of_two_rules_with_one_id_the_wrong_one_is_shown(tmp_path: Path) -> None:
    first = GOOD.rstrip() + "\ncolour = 1\n\n"
    assert mistakes(tmp_path, HEAD + first + GOOD)[0].startswith("draft.toml:9: rule good: There is no key “colour”")
    twins = mistakes(tmp_path, HEAD + (GOOD.rstrip() + "\npriority = 7\n\n") * 2)
    assert any("“good” and “good” have the same priority 7." in told for told in twins)


def test_the_head_of_the_file_has_lines_too(tmp_path: Path) -> None:
    assert mistakes(tmp_path, HEAD.replace("2.0", '"high"') + GOOD)[0].startswith("draft.toml:2: “threshold”: ")
    assert mistakes(tmp_path, HEAD + "colour = 3\n" + GOOD)[0].startswith("draft.toml:5: There is no key “colour”")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (HEAD + "[[rule]\n", "draft.toml: This is no valid TOML: "),
        (
            (HEAD + GOOD).replace("欠薪", "拖欠工资").encode("gb18030"),
            "draft.toml: The file is not UTF-8 (line 8). Please save it as UTF-8.",
        ),
        ("# " + "x" * 5_000_000, "draft.toml: The file is larger than 2 MB. Please make it smaller."),
        (HEAD + "rule = [" + "[" * 9000, "draft.toml: This is no valid TOML: "),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_before_its_rules(
    tmp_path: Path, content: str | bytes, told: str
) -> None:
    (only,) = mistakes(tmp_path, content)
    assert only.startswith(told)


def test_the_unions_own_file_names_lines_as_well(tmp_path: Path) -> None:
    for name in ("categories.toml", "departments.toml", "routing.toml"):
        shutil.copy(CONFIG / name, tmp_path)
    path = tmp_path / "routing.toml"
    path.write_text(path.read_text(encoding="utf-8") + GOOD.replace('"pay"', '"pya"'), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_routing(tmp_path)
    line = len(path.read_text(encoding="utf-8").split("\n")) - 3
    assert refused.value.mistakes[0].field == f"routing.toml:{line}: rule good"


ALONE = HEAD + '[[category]]\ncode = "a"\nname = "城市道路"\n\n[[rule]]\nid = "a"\ncategory = "a"\nwords.3 = ["路灯"]\n'


def test_a_file_that_stands_alone_needs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "alone.toml"
    path.write_text(ALONE, encoding="utf-8")
    found = load_rule_file(path, groups={}, categories=CATEGORIES)
    assert list(found.categories) == ["a"]
    assert found.meanings.known("城市道路")
    assert not found.meanings.known("pay")


def test_a_file_that_stands_alone_speaks_of_its_own_categories_only(tmp_path: Path) -> None:
    assert "There is no category “pay”" in mistakes(tmp_path, ALONE + GOOD)[0]
    twice = ALONE.replace("[[rule]]", '[[category]]\ncode = "a"\nname = "x"\n\n[[rule]]')
    assert "2 categories have the code “a”" in mistakes(tmp_path, twice)[0]


def test_the_unions_own_rules_declare_no_categories(tmp_path: Path) -> None:
    for name in ("categories.toml", "departments.toml"):
        shutil.copy(CONFIG / name, tmp_path)
    (tmp_path / "routing.toml").write_text(ALONE, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_routing(tmp_path)
    assert "Only a rule file that stands alone declares categories" in str(refused.value)
