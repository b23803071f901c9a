from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.routing.categories import Category
from hotline.routing.classify import classify
from hotline.routing.compiled import RuleSet, compile_rules
from hotline.routing.conditions import Circumstances
from hotline.routing.engine import Routing
from hotline.routing.ruleset import RuleSetTable, read_rules
from hotline.routing.text import normal_form
from tests.routing.naive import naive

CATEGORIES = {
    code: Category(code=code, name=code, name_en=code, group=group)
    for code, group in [("pay", "dispute"), ("hours", "dispute"), ("relief", "hardship"), ("roads", "outside")]
}
LETTERS = "拖欠工资老"


def table(*rules: Mapping[str, Any], **settings: Any) -> RuleSetTable:
    content = {"name": "t", "threshold": 2.0, "margin": 1.0, "rule": list(rules), **settings}
    return read_rules(content, file="routing.toml", categories=CATEGORIES)


def compiled(*rules: Mapping[str, Any], **settings: Any) -> RuleSet:
    return compile_rules(table(*rules, **settings), CATEGORIES)


words = st.text(st.sampled_from(LETTERS), min_size=1, max_size=3)
texts = st.text(st.sampled_from(LETTERS + "， 3Ａ\u200b😀①"), max_size=40)
tenths = st.integers(1, 50).map(lambda number: number / 10)
weights = st.sampled_from(["3", "1.5", "0", "-2", "0.25"])
CONDITIONS = [
    *({"min_people": 5}, {"max_people": 5}, {"min_amount": 3.5}, {"channels": ["web"]}, {"min_months": 4}),
    *(
        {"places": ["老 资", "Ａ工"]},
        {"employer_kinds": ["国企"]},
        {"hours": "22-6"},
        {"hours": "6-22"},
        {"hours": "7-7"},
    ),
]
PATTERNS = ["拖.{0,3}工", "[欠老]资?", "a+", "(拖|欠){2}", "3"]
circumstances = st.builds(
    Circumstances,
    people=st.none() | st.integers(1, 20),
    amount_owed=st.none() | st.decimals(1, 20, places=2),
    months=st.none() | st.integers(1, 20),
    place=st.text(st.sampled_from(LETTERS), max_size=4),
    employer_kind=st.sampled_from([None, "国企"]),
    hour=st.none() | st.integers(0, 23),
    channel=st.sampled_from(["phone", "web"]),
)


@st.composite
def rules(draw: st.DrawFn, number: int = 0) -> dict[str, Any]:
    pool = draw(st.lists(words, min_size=4, max_size=9, unique=True))
    kind = draw(st.sampled_from(["words", "all", "both", "condition"]))
    rule: dict[str, Any] = {"id": f"r{number}", "category": draw(st.sampled_from(list(CATEGORIES)))}
    if kind in {"words", "both", "condition"}:
        rule["words"] = {draw(weights): [pool[0]], "2": pool[1:2]} if len(pool) > 1 else {"2": pool[:1]}
        if len(rule["words"]) == 1:
            rule["words"] = {"2": pool[:2]}
    if kind in {"all", "both"}:
        rule |= {
            "all": [pool[2], pool[3:5]] if len(pool) > 4 else [pool[2], pool[3]],
            "weight": draw(st.sampled_from([1, 3, -1])),
        }
        rule |= {"within": draw(st.integers(2, 12))} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        rule["none"] = pool[5:6]
    if kind == "condition":
        rule |= draw(st.sampled_from(CONDITIONS))
        rule |= {"urgency": "urgent"} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        rule["patterns"] = {draw(weights): [draw(st.sampled_from(PATTERNS))]}
    if rule_speaks_for(rule) and draw(st.booleans()):
        rule["priority"] = number + 1
    return rule


def rule_speaks_for(rule: Mapping[str, Any]) -> bool:
    weights = [*rule.get("words", {}), *rule.get("patterns", {}), rule.get("weight", 0)]
    return any(float(weight) > 0 for weight in weights)


rule_lists = st.integers(1, 5).flatmap(lambda n: st.tuples(*(rules(number) for number in range(n))))


@settings(max_examples=300)
@given(rule_lists, texts, circumstances)
def test_the_automaton_decides_what_plain_python_decides(
    given_rules: tuple[dict[str, Any], ...], text: str, facts: Circumstances
) -> None:
    checked = table(*given_rules)
    decision = classify(compile_rules(checked, CATEGORIES), text, facts=facts)
    evidence, scores, holding = naive(checked, list(CATEGORIES), text, facts)
    assert list(decision.evidence) == evidence
    assert list(decision.scores) == scores
    assert [effect.rule for effect in decision.effects] == [
        rule.id for rule in checked.rule if (rule.has_effects or rule.has_conditions) and rule.id in holding
    ]


@settings(max_examples=200)
@given(rule_lists, texts, circumstances)
def test_evidence_points_at_its_word_in_the_text_as_it_was_told(
    given_rules: tuple[dict[str, Any], ...], text: str, facts: Circumstances
) -> None:
    decision = classify(compiled(*given_rules), text, facts=facts)
    for item in decision.evidence:
        assert normal_form(text[item.start : item.end]).text == item.word


@settings(max_examples=100)
@given(rule_lists, texts, circumstances)
def test_the_same_text_is_always_decided_the_same(
    given_rules: tuple[dict[str, Any], ...], text: str, facts: Circumstances
) -> None:
    first = classify(compiled(*given_rules), text, facts=facts)
    assert classify(compiled(*given_rules), text, facts=facts) == first


@settings(max_examples=100)
@given(rule_lists, texts, circumstances)
def test_a_rule_of_another_category_changes_no_score_beside_its_own(
    given_rules: tuple[dict[str, Any], ...], text: str, facts: Circumstances
) -> None:
    added = {"id": "added", "category": "roads", "words": {"1": ["老", "工资"]}}
    before = {s.category: s.score for s in classify(compiled(*given_rules), text, facts=facts).scores}
    after = {s.category: s.score for s in classify(compiled(*given_rules, added), text, facts=facts).scores}
    before.pop("roads", None)
    after.pop("roads", None)
    assert after == before


@settings(max_examples=200)
@given(rule_lists, texts, circumstances)
def test_a_rule_that_does_not_hold_changes_nothing_at_all(
    given_rules: tuple[dict[str, Any], ...], text: str, facts: Circumstances
) -> None:
    added = {
        "id": "added",
        "category": "roads",
        "words": {"9": ["甲乙", "甲"], "-5": ["乙"], "0": ["乙甲"]},
        "all": ["丙"],
        "weight": 2,
        "patterns": {"4": ["丙.*丁"]},
        "priority": 99,
        "urgency": "critical",
    }
    before = classify(compiled(*given_rules), text, facts=facts)
    after = classify(compiled(added, *given_rules), text, facts=facts)
    assert after._replace(rule_set=before.rule_set) == before


@settings(max_examples=100)
@given(words, tenths, tenths, texts, st.text(st.sampled_from(LETTERS), max_size=5))
def test_a_heavier_word_or_a_longer_text_never_lowers_a_score_of_good_words(
    word: str, weight: float, more: float, text: str, tail: str
) -> None:
    def score(heavy: float, said: str) -> float:
        decision = classify(compiled({"id": "r", "category": "pay", "words": {f"{heavy:.1f}": [word]}}), said)
        return decision.scores[0].score if decision.scores else 0.0

    assert score(weight + more, text) >= score(weight, text)
    assert score(weight, text + tail) >= score(weight, text)


def test_a_word_counts_once_however_often_it_is_said() -> None:
    rule_set = compiled({"id": "r", "category": "pay", "words": {"3": ["欠薪"]}})
    decision = classify(rule_set, "欠薪，就是欠薪，欠薪")
    assert [(item.start, item.end) for item in decision.evidence] == [(0, 2)]
    assert decision.scores[0].score == 3


def test_a_longer_phrase_hides_the_shorter_word_of_its_rule_but_not_of_another() -> None:
    rule_set = compiled(
        {"id": "a", "category": "pay", "words": {"3": ["拖欠工资"], "1": ["工资"]}},
        {"id": "b", "category": "relief", "words": {"1": ["工资"]}},
    )
    assert [(e.rule, e.word) for e in classify(rule_set, "拖欠工资").evidence] == [("a", "拖欠工资"), ("b", "工资")]
    again = classify(rule_set, "拖欠工资，工资").evidence
    assert [(e.rule, e.start) for e in again] == [("a", 0), ("b", 2), ("a", 5)]


def test_a_word_of_weight_nought_only_hides() -> None:
    rule_set = compiled({"id": "a", "category": "roads", "words": {"3": ["快递"], "0": ["送快递"]}})
    assert classify(rule_set, "我送快递").evidence == ()
    assert classify(rule_set, "快递丢了").category == "roads"


def test_a_small_lead_over_another_group_is_looked_at_by_a_person() -> None:
    rule_set = compiled(
        {"id": "a", "category": "pay", "words": {"3": ["工资"]}},
        {"id": "b", "category": "relief", "words": {"2.5": ["困难"]}},
    )
    decision = classify(rule_set, "工资低，生活困难")
    assert (decision.outcome, decision.category, decision.runner_up, decision.margin) == (
        "review",
        "pay",
        "relief",
        0.5,
    )
    assert [score.category for score in decision.scores] == ["pay", "relief"]


def test_categories_of_one_group_do_not_stand_in_each_others_way() -> None:
    rule_set = compiled(
        {"id": "a", "category": "pay", "words": {"3": ["工资"]}},
        {"id": "b", "category": "hours", "words": {"3": ["加班"]}},
    )
    decision = classify(rule_set, "加班没有工资")
    assert (decision.outcome, decision.category, decision.runner_up, decision.margin) == ("routed", "pay", None, 3)


def test_equal_scores_fall_to_the_category_that_stands_first_in_the_file() -> None:
    rule_set = compiled(
        {"id": "b", "category": "hours", "words": {"3": ["加班"]}},
        {"id": "a", "category": "pay", "words": {"3": ["工资"]}},
    )
    assert classify(rule_set, "加班工资").category == "pay"


def test_a_matter_outside_keeps_its_category_and_waits_for_a_person() -> None:
    rule_set = compiled({"id": "a", "category": "roads", "words": {"5": ["路灯"]}})
    decision = classify(rule_set, "路灯坏了")
    assert (decision.outcome, decision.category, decision.group) == ("review", "roads", "outside")


def test_a_word_against_a_category_nobody_spoke_for_is_no_evidence() -> None:
    rule_set = compiled({"id": "a", "category": "roads", "words": {"3": ["路灯"], "-2": ["工资"]}})
    assert classify(rule_set, "工资").evidence == ()
    assert [item.weight for item in classify(rule_set, "路灯和工资").evidence] == [3, -2]


def test_things_that_must_stand_near_do_not_hold_from_afar() -> None:
    rule_set = compiled({"id": "a", "category": "pay", "weight": 3, "all": ["老板", ["欠", "不给"]], "within": 8})
    assert classify(rule_set, "老板不给钱").scores[0].score == 3
    assert classify(rule_set, "老板人很好，就是这个月天气不太好，不给力").scores == ()


def test_the_weight_of_a_combination_is_spread_over_what_was_said() -> None:
    rule_set = compiled({"id": "a", "category": "pay", "weight": 1, "all": ["老", "板", "欠"]})
    decision = classify(rule_set, "老板欠")
    assert sum(item.weight for item in decision.evidence) == pytest.approx(1)
    assert decision.scores[0].score == 1


def test_conditions_that_held_are_told_with_the_effect() -> None:
    rule_set = compiled({"id": "many", "all": ["工资"], "min_people": 10, "urgency": "urgent", "difficulty": "hard"})
    decision = classify(rule_set, "工资", facts=Circumstances(people=30, amount_owed=Decimal(5)))
    assert (decision.urgency, decision.difficulty) == ("urgent", "hard")
    assert decision.effects[0].reasons[0].params == {"people": 30}
    assert classify(rule_set, "工资").urgency == "normal"


def test_a_rule_set_is_named_by_its_content_not_by_its_comments() -> None:
    path = Path(__file__).parents[2] / "config" / "routing.toml"
    text = path.read_text(encoding="utf-8")
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    names = {RuleSetTable.model_validate(tomllib.loads(version)).version() for version in (text, plain)}
    assert len(names) == 1
    changed = text.replace("threshold = 2.0", "threshold = 2.1")
    assert RuleSetTable.model_validate(tomllib.loads(changed)).version() not in names


def test_the_longest_narrative_of_one_character_is_decided_at_once(routing: Routing) -> None:
    assert classify(routing.ruleset, "欠" * 4000).outcome == "review"
    assert classify(routing.ruleset, "老板欠我" * 1000).category == "wage_arrears"
