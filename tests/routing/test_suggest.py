"""What rules could learn: words out of corrected cases, never who told them, tried on cases they do not come from."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.routing.compiled import compile_rules
from hotline.routing.phrases import runs
from hotline.routing.ruleset import RuleSetTable, RuleTable, read_rules
from hotline.routing.suggest import FEWEST_CALLERS, LEAST_Z, Case, Suggestion, apply_suggestion, held_out, suggest
from tests.factories import NOON, policy
from tests.routing.units_made import UNITS

WAGES, INJURY = "wage_arrears", "work_injury"
TABLE = RuleSetTable(
    name="small",
    threshold=2,
    margin=0.5,
    rule=[
        RuleTable(id="wages", category=WAGES, words={"3": ["拖欠", "不发工钱"], "1": ["赔付"]}),
        RuleTable(id="injury", category=INJURY, words={"3": ["工伤"]}),
    ],
)
BESIDE = ("老板拖欠工钱好久", "单位拖欠工钱不给", "厂里不发工钱还推脱", "一直拖欠工钱没有说法")
MOVED = "手指被机器轧断，单位不肯赔付，{name}要说法"


def case(number: int, text: str, *, rules: str | None, final: str, caller: str | None = None) -> Case:
    caller = f"caller-{number}" if caller is None else caller
    return Case(number=f"2026-{number:06d}", text=text, rules=rules, final=final, caller=caller)


def moved(count: int, *, first: int = 1000, caller: str | None = None, text: str = MOVED) -> list[Case]:
    """Cases the rules took for wages, because of the compensation, and people for injuries."""
    return [case(first + n, text.format(name="我"), rules=WAGES, final=INJURY, caller=caller) for n in range(count)]


def beside(count: int = 200) -> list[Case]:
    return [case(n, BESIDE[n % len(BESIDE)], rules=WAGES, final=WAGES) for n in range(count)]


def proposed(cases: list[Case], table: RuleSetTable = TABLE) -> tuple[Suggestion, ...]:
    return suggest(table, policy().categories, cases)


def test_a_word_of_corrected_cases_is_proposed_with_what_it_would_do() -> None:
    cases = [*beside(), *moved(40)]
    found = proposed(cases)
    assert found
    best = found[0]
    assert (best.category, best.rule, best.is_new) == (INJURY, "injury", False)
    assert best.word in MOVED
    assert best.z >= LEAST_Z
    assert best.support == sum(1 for one in cases if one.corrected and not held_out(one.number))
    assert best.gained == best.tried_on == sum(1 for one in cases if one.corrected and held_out(one.number))
    assert best.lost == 0


def test_taking_a_word_makes_what_was_promised_true() -> None:
    cases = [*beside(), *moved(40)]
    best = proposed(cases)[0]
    changed = apply_suggestion(TABLE, best)
    read_rules(changed.model_dump(), file="routing.toml", categories=policy().categories)
    assert compile_rules(changed, policy().categories).version != TABLE.version()
    assert apply_suggestion(changed, best) == changed
    again = proposed(cases, changed)
    assert best.word not in {one.word for one in again}


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"hours": "20-24"}, {"at": NOON + timedelta(hours=9)}),
        ({"places": ["北城区"]}, {"place": "北城区建设路"}),
        ({"employer_kinds": ["private"]}, {"unit": "BC-10"}),
        ({"employer_kinds": ["private"]}, {"employer": "滨海宏达机械有限公司"}),
        ({"min_months": 3}, {"text": f"{MOVED}，三个月了"}),
        ({"min_people": 20}, {"people": 30}),
    ],
)
def test_a_word_is_tried_with_all_that_decided_the_call(condition: dict[str, Any], told: dict[str, Any]) -> None:
    rule = RuleTable(id="known", category=INJURY, words={"9": ["轧断"]}, **condition)
    known = TABLE.model_copy(update={"rule": [*TABLE.rule, rule]})
    cases = [*beside(), *(replace(one, **{"text": one.text} | told) for one in moved(40))]
    assert suggest(TABLE, policy().categories, cases, units=UNITS)
    assert suggest(known, policy().categories, cases, units=UNITS) == ()


def test_a_category_without_a_rule_gets_a_new_one() -> None:
    table = TABLE.model_copy(update={"rule": TABLE.rule[:1]})
    best = proposed([*beside(), *moved(40)], table)[0]
    assert (best.is_new, best.rule) == (True, f"{INJURY}.learned")
    assert apply_suggestion(table, best).rule[-1].category == INJURY


def test_what_fewer_than_three_callers_say_is_never_proposed() -> None:
    two = [*moved(40, caller="one"), *moved(40, first=2000, caller="other")]
    assert proposed([*beside(), *two]) == ()
    anonymous = [*two, *moved(40, first=3000, caller="")]
    assert all(one.support >= FEWEST_CALLERS for one in proposed([*beside(), *anonymous]))
    assert proposed([*beside(), *anonymous])


def test_names_numbers_and_places_are_never_proposed() -> None:
    text = "我叫王建国，宏达建筑公司欠三十个人工钱，住北城区东港路八号，李秀英师傅手指轧断"
    cases = [replace(one, text=text, private=("王建国", "宏达建筑公司")) for one in moved(60)]
    found = proposed([*beside(), *cases])
    assert found
    for one in found:
        assert not any(part in one.word for part in ("王", "建国", "宏达", "东港", "三十", "北城", "秀英", "李"))


def test_a_word_that_would_lose_more_than_it_gains_is_left_out() -> None:
    harmful = [case(5000 + n, MOVED.format(name="我"), rules=WAGES, final=WAGES) for n in range(400)]
    kept_apart = [one for one in harmful if held_out(one.number)]
    assert kept_apart
    assert proposed([*beside(), *moved(40)])
    assert proposed([*beside(), *moved(40), *kept_apart]) == ()


def test_uncorrected_cases_alone_propose_nothing() -> None:
    assert proposed(beside()) == ()
    assert proposed([]) == ()


def test_the_same_cases_propose_the_same_in_whatever_order() -> None:
    cases = [*beside(), *moved(40), *moved(30, first=4000, text="被叉车撞伤，单位说是小伤，{name}不服")]
    shuffled = [*cases]
    random.Random(1).shuffle(shuffled)
    assert proposed(shuffled) == proposed(cases)


def test_half_of_the_cases_is_kept_apart() -> None:
    share = sum(held_out(f"2026-{n:06d}") for n in range(4000)) / 4000
    assert share == pytest.approx(0.5, abs=0.05)


@given(st.text(alphabet="手指被机器轧断的了我们三十宏达公司北城区路，。 a1", max_size=40))
def test_a_run_stands_in_the_text_and_is_two_to_six_characters_long(text: str) -> None:
    for run in runs(text):
        assert 2 <= len(run) <= 6
        assert run in "".join(text.split())
