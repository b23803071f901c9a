"""What changed between two rule sets, and the lines on which mistakes stand."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.routing.ruleset import MOST_MISTAKES, ConfigurationError, RuleSetTable
from hotline.rulebook.checking import faults_in, find_faults, read_text
from hotline.rulebook.differences import Weighed, difference
from hotline.rulebook.writing import plain, write_rules
from tests.factories import policy
from tests.rulebook.test_writing import SHIPPED


def table(*rules: dict[str, Any], **more: Any) -> RuleSetTable:
    return RuleSetTable.model_validate({"name": "t", "threshold": 2, "margin": 0.5, "rule": list(rules), **more})


WAGES = {"id": "wages", "category": "wage_arrears", "words": {"3": ["拖欠工资"], "1": ["工钱"]}}
INJURY = {"id": "injury", "category": "work_injury", "words": {"3": ["工伤"]}}


def test_equal_rule_sets_have_no_difference_whatever_their_order() -> None:
    assert not difference(SHIPPED, SHIPPED)
    assert not difference(table(WAGES, INJURY), table(INJURY, WAGES))


def test_rules_that_came_and_went_are_named() -> None:
    found = difference(table(WAGES), table(INJURY))
    assert [rule.id for rule in found.added] == ["injury"]
    assert [rule.id for rule in found.removed] == ["wages"]


def test_words_are_compared_with_their_weights() -> None:
    words = {"2": ["拖欠工资"], "1": ["血汗钱"]}
    found = difference(table(WAGES), table(WAGES | {"words": words, "urgency": "urgent"}, margin=1))
    (changed,) = found.changed
    assert {*changed.words} == {
        Weighed("拖欠工资", 3, 2),
        Weighed("工钱", 1, None),
        Weighed("血汗钱", None, 1),
    }
    assert [(turn.key, turn.before, turn.after) for turn in changed.keys] == [("urgency", None, "urgent")]
    assert [(turn.key, turn.before, turn.after) for turn in found.keys] == [("margin", 0.5, 1.0)]


def faults(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(ConfigurationError) as caught:
        read_text(text, policy().categories)
    return [(fault.line, fault.rule) for fault in faults_in(caught.value.mistakes, text)]


HEAD = 'name = "t"\nthreshold = 2\nmargin = 0.5\n'


def test_a_mistake_is_told_with_its_line_in_its_rule() -> None:
    text = HEAD + '\n[[rule]]\nid = "wages"\ncategory = "nothing"\nwords.3 = ["拖欠"]\n'
    assert faults(text) == [(7, "wages")]


def test_a_rule_without_a_name_is_told_by_the_line_it_begins_on() -> None:
    assert faults(HEAD + '\n[[rule]]\ncategory = "wage_arrears"\n') == [(5, "1")]


def test_what_is_no_toml_is_told_with_its_line() -> None:
    assert faults(HEAD + "[[rule]\n") == [(4, "")]


def test_a_text_that_cannot_be_stored_is_refused() -> None:
    assert faults(HEAD + '[[rule]]\nid = "a"\ncategory = "wage_arrears"\nwords.3 = ["拖\\u0000欠"]\n')


@pytest.mark.parametrize("key", ["a." * 20_000 + "b", '"=".' * 16 + "b", "'x' . " * 17 + "b"])
def test_a_key_of_many_parts_is_refused_before_it_costs_memory(key: str) -> None:
    assert faults(f"{HEAD}{key} = 1\n") == [(4, "")]
    assert faults(f"{HEAD}[{key}]\n") == [(4, "")]


def test_a_number_of_thousands_of_digits_is_a_mistake_like_others() -> None:
    assert len(faults(HEAD + "a = " + "9" * 6000)) == 1


def test_of_very_many_mistakes_the_first_are_told() -> None:
    text = HEAD + "".join(f"[a{at}]\n" for at in range(60_000))
    found = faults(text)
    assert len(found) == MOST_MISTAKES + 1
    many = HEAD + "".join(f'[[rule]]\nid = "r{at}"\ncategory = "nothing"\nwords.1 = ["x"]\n' for at in range(500))
    assert faults(many)[1] == (10, "r1")
    assert len(faults(many)) == MOST_MISTAKES + 1


def test_examples_that_fail_are_found_with_their_rule_and_line() -> None:
    content = plain(table(WAGES | {"examples": ["我想咨询一下"]}))
    text = write_rules(RuleSetTable.model_validate(content))
    (fault,) = find_faults(content, policy(), text=text)
    assert fault.rule == "wages"
    assert text.splitlines()[(fault.line or 0) - 1] == 'examples = ["我想咨询一下"]'
    assert find_faults(plain(SHIPPED), policy(), text=text) == []
