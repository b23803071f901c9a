"""A rule as a form: everything a rule may say comes through it, and every mistake stands beside its field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.errors import Invalid
from hotline.registry.fields import Kind
from hotline.routing.ruleset import RuleTable
from hotline.telephony.calls import Channel
from hotline.web.console.rule_forms import FORM_KEYS, fits_form, form_of, other_keys, rule_of
from hotline.web.console.rule_views import conditions_of

WORD = st.text("拖欠工资钱老板单位abc12", min_size=1, max_size=6)
SEVERAL = st.lists(WORD, min_size=1, max_size=3, unique=True)
PATTERN = st.sampled_from(["拖欠.{0,6}(工资|工钱)", "[一二三]个月", "a,b、c"])
WEIGHT = st.sampled_from(["3", "1.5", "0.25", "-2"])
RULES = st.fixed_dictionaries(
    {"id": st.from_regex(r"[a-z0-9][a-z0-9._-]{0,10}", fullmatch=True)},
    optional={
        "category": st.just("wage_arrears"),
        "words": st.dictionaries(WEIGHT, SEVERAL, min_size=1, max_size=3),
        "patterns": st.dictionaries(WEIGHT, st.lists(PATTERN, min_size=1, unique=True), min_size=1, max_size=2),
        "weight": st.sampled_from([0.5, 3.0, -2.0]),
        "all": st.lists(st.one_of(WORD, st.lists(WORD, min_size=2, max_size=3)), min_size=1, max_size=3),
        "any": SEVERAL,
        "none": SEVERAL,
        "within": st.integers(2, 500),
        "min_people": st.integers(1, 9_999_999),
        "max_people": st.integers(1, 9_999_999),
        "min_amount": st.sampled_from([0.5, 100000.0, 12345678.0]),
        "min_months": st.sampled_from([0.5, 3.0, 1200.0]),
        "places": SEVERAL,
        "employer_kinds": st.lists(st.sampled_from([kind.value for kind in Kind]), min_size=1, unique=True),
        "hours": st.sampled_from(["22-6", "0-24", "8-8"]),
        "channels": st.lists(st.sampled_from([one.value for one in Channel]), min_size=1, unique=True),
        "priority": st.integers(1, 1000),
        "urgency": st.sampled_from(["urgent", "critical"]),
        "difficulty": st.sampled_from(["hard", "complex"]),
        "script": st.just({"zh": "先问清楚。", "en": "Ask first."}),
        "examples": SEVERAL,
        "counter_examples": SEVERAL,
    },
)


def test_the_form_has_a_field_for_every_key_a_rule_may_have() -> None:
    assert set(RuleTable.model_fields) == FORM_KEYS


@given(RULES)
def test_a_rule_comes_through_its_form_unchanged(content: dict[str, Any]) -> None:
    rule = RuleTable.model_validate(content)
    assert fits_form(rule)
    assert not other_keys(rule)
    back = RuleTable.model_validate(rule_of(form_of(rule), {})).model_dump()
    said = rule.model_dump()
    for key in ("channels", "employer_kinds"):  # boxes keep no order
        assert sorted(back.pop(key)) == sorted(said.pop(key))
    assert back == said


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("id", "Löhne"),
        ("words", "没有权重"),
        ("patterns", "没有权重"),
        ("within", "1"),
        ("min_people", "0"),
        ("max_people", "many"),
        ("min_amount", "nan"),
        ("min_months", "1201"),
        ("priority", "1001"),
        ("weight", "inf"),
        ("hours", "25-3"),
        ("hours", "夜里"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(field: str, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        rule_of({"id": "one", "words": "3 词", field: typed}, {})
    assert [mistake.field for mistake in refused.value.mistakes] == [field]


def test_a_kind_of_employer_no_register_knows_is_left_to_the_text() -> None:
    assert not fits_form(RuleTable(id="one", employer_kinds=["作坊"]))


def test_every_condition_is_told_in_the_list_of_rules() -> None:
    rule = RuleTable(
        id="one", min_people=3, max_people=1200, min_amount=100000, min_months=2.5, hours="22-6", channels=["web"],
        places=["港湾街道"], employer_kinds=["private"], patterns={"3": ["a", "b"]},
    )  # fmt: skip
    told = "2 个模式|3 人以上|1,200 人以下|100,000 元以上|满 2.5 个月|22-6 时|地点：港湾街道|民营|网上"
    assert "|".join(conditions_of(rule)) == told
