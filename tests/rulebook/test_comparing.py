"""Two rule sets over past cases: what counts as right, gained, lost; that comparing with oneself changes nothing."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.routing.compiled import compile_rules
from hotline.routing.engine import Routing
from hotline.routing.ruleset import RuleSetTable
from hotline.rulebook.comparing import PastCase, Tally, replay, result_of
from hotline.rulebook.touching import touched_by
from tests.factories import WAGES, policy
from tests.rulebook.test_differences import table

PAY = {"id": "wages", "category": "wage_arrears", "words": {"3": ["拖欠工资"]}}
words = st.sampled_from(["拖欠工资", "工伤", "农民工", "三十多个人", "辞退", "拉横幅", "法律援助", "水管坏了", "，"])
narratives = st.lists(words, min_size=1, max_size=8).map("".join)


def routing(rules: RuleSetTable) -> Routing:
    return dataclasses.replace(policy().routing, ruleset=compile_rules(rules, policy().categories))


def past(
    narrative: str = WAGES, *, case: int = 1, category: str = "wage_arrears", department: str | None = None
) -> PastCase:
    return PastCase(case, narrative, "", "", None, None, "phone", category, department)


def compare(before: RuleSetTable, after: RuleSetTable, *cases: PastCase) -> dict[str, Any]:
    tally, _changes = replay(routing(before), routing(after), cases)
    return result_of(tally, [(rule.id, rule.category) for rule in after.rule])


@given(st.lists(narratives, max_size=10))
def test_a_rule_set_against_itself_changes_nothing(told: list[str]) -> None:
    cases = [past(narrative, case=at) for at, narrative in enumerate(told)]
    tally, changes = replay(policy().routing, policy().routing, cases)
    assert changes == []
    assert (tally.cases, tally.changed, tally.gained, tally.lost) == (len(told), 0, 0, 0)
    assert tally.before == tally.after


RULES: list[dict[str, Any]] = [
    PAY,
    PAY | {"words": {"3": ["拖欠工资"], "1": ["农民工"]}},
    {"id": "injury", "category": "work_injury", "words": {"3": ["工伤"], "-2": ["辞退"]}},
    {"id": "crowd", "min_people": 10, "urgency": "urgent"},
    {"id": "banner", "any": ["拉横幅"], "urgency": "critical"},
    {"id": "both", "category": "dismissal", "all": [["辞退"], ["工伤", "农民工"]], "weight": 4, "none": ["法律援助"]},
    {"id": "shape", "category": "work_injury", "patterns": {"2": ["工伤.{0,4}辞退"]}},
]


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSetTable:
    """Some of the rules, each id once, with one of two thresholds."""
    chosen = draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=5, unique_by=lambda rule: str(rule["id"])))
    return table(*chosen).model_copy(update={"threshold": draw(st.sampled_from([2.0, 2.0, 2.0, 3.5]))})


@settings(max_examples=200)
@given(rule_sets(), rule_sets(), st.lists(narratives, max_size=8))
def test_texts_decided_only_once_are_decided_alike_by_both(
    before: RuleSetTable, after: RuleSetTable, told: list[str]
) -> None:
    cases = [past(narrative, case=at) for at, narrative in enumerate(told)]
    whole = replay(routing(before), routing(after), cases)
    assert replay(routing(before), routing(after), cases, touched=touched_by(before, after)) == whole


def test_most_texts_are_untouched_by_one_more_rule() -> None:
    injury = {"id": "injury", "category": "work_injury", "words": {"3": ["工伤"]}}
    touched = touched_by(table(PAY), table(PAY, injury))
    assert touched("工　伤怎么赔")
    assert not touched(WAGES)


@pytest.mark.parametrize("changed", [{"threshold": 3.5}, {"margin": 0.25}, {"category": [{"code": "x", "name": "x"}]}])
def test_what_concerns_the_whole_rule_set_touches_every_text(changed: dict[str, Any]) -> None:
    one, named = table(PAY), table(PAY).model_copy(update={"name": "other"})
    assert touched_by(one, RuleSetTable.model_validate(one.model_dump() | changed))(WAGES)
    assert not touched_by(one, named)(WAGES)


def test_what_is_decided_rightly_only_now_is_gained_and_the_other_way_lost() -> None:
    silent = table({"id": "other", "category": "work_injury", "words": {"3": ["工伤"]}})
    speaks = table(PAY)
    gained, lost = compare(silent, speaks, past()), compare(speaks, silent, past())
    assert (gained["changed"], gained["gained"], gained["lost"]) == (1, 1, 0)
    assert (lost["changed"], lost["gained"], lost["lost"]) == (1, 0, 1)
    assert gained["moves"] == [{"from": "", "to": "wage_arrears", "n": 1, "gained": 1, "lost": 0}]
    assert gained["after"] == {"sure": 1, "right": 1, "right_at_all": 1}


def test_a_case_a_department_handled_asks_for_that_department_too() -> None:
    silent = table({"id": "other", "category": "work_injury", "words": {"3": ["工伤"]}})
    decided = replay(routing(silent), routing(table(PAY)), [past()])[1][0].after
    assert decided.department is not None
    assert compare(silent, table(PAY), past(department=decided.department))["gained"] == 1
    assert compare(silent, table(PAY), past(department="elsewhere"))["gained"] == 0


def test_a_decision_a_person_must_look_at_gains_nothing() -> None:
    weak = table(PAY | {"words": {"1": ["拖欠工资"]}})
    found = compare(table({"id": "o", "category": "work_injury", "words": {"3": ["工伤"]}}), weak, past())
    assert (found["gained"], found["after"]["sure"], found["after"]["right_at_all"]) == (0, 0, 1)


def test_another_urgency_alone_is_a_change() -> None:
    crowd = {"id": "crowd", "any": ["三十多个人"], "urgency": "critical"}
    found = compare(table(PAY), table(PAY, crowd), past())
    assert (found["changed"], found["urgency"], found["gained"], found["lost"]) == (1, 1, 0, 0)


def test_dead_rules_and_rules_always_beaten_are_found() -> None:
    beaten = {"id": "beaten", "category": "work_injury", "words": {"1": ["工地"]}}
    dead = {"id": "dead", "category": "work_injury", "words": {"3": ["从来没有人说"]}}
    found = compare(table(PAY), table(PAY, beaten, dead), past(), past(case=2))
    by_rule = {rule["rule"]: rule for rule in found["rules"]}
    assert by_rule["wages"] | {"hits": 2, "right": 2, "wrong": 0, "won": 2, "beaten_by": None} == by_rule["wages"]
    assert (by_rule["beaten"]["hits"], by_rule["beaten"]["wrong"]) == (2, 2)
    assert by_rule["beaten"]["beaten_by"] == "wage_arrears"
    assert (by_rule["dead"]["hits"], by_rule["dead"]["beaten_by"]) == (0, None)


@given(st.lists(narratives, max_size=12), st.integers(0, 12))
def test_counts_of_batches_add_up_to_the_whole(told: list[str], cut: int) -> None:
    cases = [past(narrative, case=at) for at, narrative in enumerate(told)]
    before, after = policy().routing, routing(table(PAY))
    whole, _ = replay(before, after, cases)
    together = Tally()
    for part in (cases[:cut], cases[cut:]):
        together.add(replay(before, after, part)[0])
    assert together == whole
