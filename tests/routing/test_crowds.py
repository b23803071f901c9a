"""One key for every way of writing an employer or place, and the limits a union decides."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.routing.crowds import USUAL, CrowdLimits, Window, load_crowd_limits, read_crowd_limits
from hotline.routing.employers import employer_key, employer_told
from hotline.routing.facts import extract_facts
from hotline.routing.places import place_key, territory_of
from hotline.routing.ruleset import ConfigurationError
from tests.factories import policy

PARTS = [
    "宏达",
    "建筑",
    "滨海市",
    "（",
    "）",
    "集团",
    "有限公司",
    "股份有限公司",
    "第三分公司",
    "公司",
    "厂",
    " ",
    "A",
    "-",
]


@pytest.mark.parametrize(
    "written",
    [
        "宏达建筑有限公司",
        "宏达建筑有限责任公司",
        "宏达建筑公司",
        "宏达建筑",
        "滨海市宏达建筑有限公司",
        "宏达建筑（集团）股份有限公司",
        "宏达建筑有限公司第三分公司",
        "宏达建筑有限公司东港项目部",
        " 宏达　建筑 有限公司 ",
    ],
)
def test_every_way_of_writing_an_employer_has_one_key(written: str) -> None:
    assert employer_key(written) == "宏达建筑"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "公司",
        "有限公司",
        "我单位",
        "老板",
        "工地",
        "不知道",
        "某厂",
        "１２３",
        "厂里",
        "家具厂",
        "装修公司",
        "楼盘工地",
    ],
)
def test_a_word_that_means_no_one_employer_has_no_key(written: str) -> None:
    assert employer_key(written) == ""


def test_different_employers_have_different_keys() -> None:
    names = ["宏达建筑有限公司", "宏远建筑有限公司", "宏达装饰有限公司", "市政工程公司"]
    assert len({employer_key(name) for name in names}) == len(names)


@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PARTS), max_size=7).map("".join)))
def test_the_key_of_a_key_is_the_key(name: str) -> None:
    assert employer_key(employer_key(name)) == employer_key(name)


def test_without_a_field_the_one_employer_of_the_narrative_counts() -> None:
    one = extract_facts("宏达建筑公司欠我们工资")
    two = extract_facts("先在宏达建筑公司，后来到永兴服装厂")
    assert employer_told("", one) == "宏达建筑"
    assert employer_told("", two) == ""
    assert employer_told("永兴服装厂", one) == employer_key("永兴服装厂")


def test_a_place_is_one_within_a_territory_and_a_district_alone_is_none() -> None:
    tree = policy().departments
    assert (
        place_key(tree, "北城区东港路88号工地门口")
        == place_key(tree, "北城 东港路88号工地")
        == "beicheng/东港路88号工地"
    )
    assert place_key(tree, "滨海区东港路88号工地") == "binhai/东港路88号工地"
    assert {place_key(tree, place) for place in ("", "北城区", "滨海市北城区", "路口", "北城区东港路")} == {""}
    assert territory_of("beicheng/东港路88号工地") == "beicheng"


def test_the_limits_that_ship_are_the_usual_ones() -> None:
    assert load_crowd_limits(Path(__file__).parents[2] / "config" / "incidents.toml") == USUAL
    assert policy().crowds == USUAL


def test_without_a_file_the_usual_limits_hold(tmp_path: Path) -> None:
    assert load_crowd_limits(tmp_path / "incidents.toml") == USUAL


def test_windows_are_read_from_the_shortest_to_the_longest() -> None:
    content = tomllib.loads(
        "[[window]]\ndays = 30\ncallers = 9\n[[window]]\ndays = 7\ncallers = 3\n[case]\npeople = 20"
    )
    assert read_crowd_limits(content) == CrowdLimits((Window(7, 3), Window(30, 9)), 20)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"window": [], "case": {"people": 10}}, "incidents.toml"),
        ({"window": [{"days": 14, "callers": 5}]}, "incidents.toml"),
        ({"window": [{"days": 14, "callers": 1}], "case": {"people": 10}}, "incidents.toml: window 1"),
        ({"window": [{"days": 14, "callers": 5, "x": 1}], "case": {"people": 10}}, "incidents.toml: window 1"),
        (
            {"window": [{"days": 14, "callers": 5}, {"days": 90, "callers": 5}], "case": {"people": 10}},
            "incidents.toml: window 90",
        ),
        (
            {"window": [{"days": 14, "callers": 5}, {"days": 14, "callers": 6}], "case": {"people": 10}},
            "incidents.toml: window 14",
        ),
    ],
)
def test_limits_that_cannot_be_meant_are_refused_with_their_place(content: dict[str, Any], field: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_crowd_limits(content)
    assert field in {mistake.field for mistake in refused.value.mistakes}
