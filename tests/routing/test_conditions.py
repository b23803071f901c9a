"""Conditions on facts, patterns, and rules that go before the score."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hotline.routing.classify import classify
from hotline.routing.conditions import Circumstances
from hotline.routing.text import normal_form
from tests.routing.test_classify import compiled

WAGES = {"id": "r", "category": "pay", "words": {"3": ["工资"]}}


@pytest.mark.parametrize(
    ("condition", "holds", "fails", "told"),
    [
        ({"min_months": 3}, {"months": 3.5}, {"months": 2.9}, "It has lasted 3.5 months."),
        ({"min_months": 3}, {"months": 3}, {}, "It has lasted 3 months."),
        ({"places": ["滨海区"]}, {"place": "滨海区港湾街道"}, {"place": "北城区"}, "The place “滨海区” is named."),
        (
            {"employer_kinds": ["国有企业"]},
            {"employer_kind": "国有企业"},
            {},
            "The employer is of the kind “国有企业”.",
        ),
        ({"hours": "22-6"}, {"hour": 23}, {"hour": 6}, "It came in hour 23 of the day."),
        ({"hours": "22-6"}, {"hour": 0}, {"hour": 21}, "It came in hour 0 of the day."),
        ({"hours": "9-17"}, {"hour": 9}, {"hour": 17}, "It came in hour 9 of the day."),
        ({"hours": "9-17"}, {"hour": 16}, {}, "It came in hour 16 of the day."),
        ({"channels": ["web"]}, {"channel": "web"}, {"channel": "phone"}, "It came by “web”."),
    ],
)
def test_a_condition_that_holds_is_told_and_one_that_does_not_silences_the_rule(
    condition: dict[str, Any], holds: dict[str, Any], fails: dict[str, Any], told: str
) -> None:
    rules = compiled({**WAGES, **condition})
    decision = classify(rules, "工资没发", facts=Circumstances(**holds))
    (effect,) = decision.effects
    assert [reason.message.format(**reason.params) for reason in effect.reasons] == [told]
    assert decision.to_json()["reasons"][0]["rule"] == "r"
    assert classify(rules, "工资没发", facts=Circumstances(**fails)).scores == ()


def test_a_place_in_the_narrative_counts_where_none_is_given() -> None:
    rules = compiled({**WAGES, "places": ["滨海区", "港湾街道"]})
    assert classify(rules, "我在 港湾 街道，工资没发").category == "pay"
    assert classify(rules, "我在港湾街道，工资没发", facts=Circumstances(place="西山县")).category is None


def test_a_rule_with_a_priority_goes_before_a_higher_score() -> None:
    decisive = {"id": "d", "category": "relief", "words": {"1": ["不想活"]}, "priority": 5}
    rules = compiled(WAGES, decisive)
    decision = classify(rules, "工资没发，不想活了")
    assert (decision.outcome, decision.category, decision.decisive) == ("routed", "relief", "d")
    assert [score.category for score in decision.scores] == ["relief", "pay"]
    assert (decision.runner_up, decision.margin) == ("pay", 0.0)
    assert "priority 5" in str([reason.message.format(**reason.params) for reason in decision.effects[0].reasons])
    assert classify(rules, "工资没发").decisive is None


def test_of_two_rules_with_a_priority_the_higher_one_decides() -> None:
    low = {"id": "low", "category": "pay", "words": {"9": ["工资"]}, "priority": 1}
    high = {"id": "high", "category": "relief", "words": {"1": ["困难"]}, "priority": 2}
    assert classify(compiled(low, high), "工资低，困难").decisive == "high"
    assert classify(compiled(high, low), "工资低，困难").decisive == "high"


def test_scripts_stand_in_the_order_of_their_priority() -> None:
    def rule(name: str, priority: int) -> dict[str, Any]:
        return {"id": name, "any": ["死"], "priority": priority, "script": {"zh": name, "en": name}}

    decision = classify(compiled(rule("a", 1), rule("b", 9), rule("c", 4)), "死")
    assert [script.rule for script in decision.scripts] == ["b", "c", "a"]


def test_a_pattern_counts_once_and_shows_what_it_found() -> None:
    rules = compiled({"id": "p", "category": "pay", "patterns": {"2.5": ["[拖欠].{0,4}工资"]}})
    decision = classify(rules, "老板 拖了 我的工资，又欠工资")
    (item,) = decision.evidence
    assert (item.word, item.weight, decision.scores[0].score) == ("拖了我的工资", 2.5, 2.5)
    assert "老板 拖了 我的工资"[item.start : item.end] == "拖了 我的工资"


def test_a_pattern_adds_to_a_combination_and_is_silent_without_it() -> None:
    rules = compiled({"id": "p", "category": "pay", "weight": 2, "all": ["老板"], "patterns": {"1": ["欠.{0,3}钱"]}})
    assert classify(rules, "老板欠我钱").scores[0].score == 3
    assert classify(rules, "欠我钱").scores == ()


@settings(max_examples=200)
@given(st.text(st.sampled_from("拖欠工资 ＡaＢ😀３3\u200b，\n老") | st.characters(), max_size=40))
@example("😀Ａ 拖\u200b欠 工资")
@example("①欠３资")
def test_what_a_pattern_found_stands_where_it_says(text: str) -> None:
    rules = compiled({"id": "p", "category": "pay", "patterns": {"1": ["欠.{0,3}资", "a.", "[0-9]+", "老$"]}})
    normal = normal_form(text)
    for item in classify(rules, text).evidence:
        assert item.word in normal.text
        assert normal_form(text[item.start : item.end]).text.strip() == item.word.strip()
