from __future__ import annotations

import tomllib

import pytest

from hotline.routing.categories import Category
from hotline.routing.engine import load_rules
from hotline.routing.ruleset import ConfigurationError

CATEGORIES = {
    code: Category(code=code, name=code, name_en=code, group=group)
    for code, group in [("pay", "dispute"), ("roads", "outside")]
}
HEAD = 'name = "t"\nthreshold = 2.0\nmargin = 0.5\n'


def mistakes(rules: str, *, head: str = HEAD) -> list[tuple[str, str]]:
    with pytest.raises(ConfigurationError) as refused:
        load_rules(tomllib.loads(head + rules), categories=CATEGORIES)
    return [(mistake.field, str(mistake)) for mistake in refused.value.mistakes]


def rule(body: str, code: str = "wages") -> str:
    return f'[[rule]]\nid = "{code}"\n{body}\n'


WORDS = 'category = "pay"\nwords.3 = ["欠薪"]'


def test_a_good_rule_is_accepted() -> None:
    ruleset = load_rules(
        tomllib.loads(HEAD + rule(WORDS + '\nexamples = ["老板欠薪"]\ncounter_examples = ["路灯坏了"]')),
        categories=CATEGORIES,
    )
    assert ruleset.version.startswith("t.")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (WORDS + "\nwight = 3", "There is no key “wight”. Please check the spelling."),
        ('category = "pya"\nwords.3 = ["欠薪"]', "There is no category “pya” in categories.toml."),
        (
            'category = "pay"\nwords.much = ["欠薪"]',
            "“much” is no weight: a number between -100 and 100 with up to four decimals is needed.",
        ),
        (
            'category = "pay"\nwords.nan = ["欠薪"]',
            "“nan” is no weight: a number between -100 and 100 with up to four decimals is needed.",
        ),
        ('category = "pay"\nwords.3 = []', "A list of words is empty. Please fill it or take it out."),
        ('category = "pay"\nwords.3 = [" "]', "A word is empty. Please take it out."),
        ('category = "pay"\nwords.3 = ["欠薪"]\nwords.1 = ["欠 薪"]', "“欠薪” stands 2 times in this rule."),
        (WORDS + '\nnone = ["欠薪"]', "“欠薪” stands 2 times in this rule."),
        ('words.3 = ["欠薪"]', "Words with weights need a category."),
        ('category = "pay"', "Nothing makes this rule hold."),
        ('category = "pay"\nall = ["欠"]', "This rule changes nothing."),
        (WORDS + "\nweight = 2", "“weight” belongs to “all” or “any”."),
        ('category = "pay"\nweight = 2\nall = ["欠"]\nwithin = 9', "“within” needs at least two things"),
        (WORDS + "\nmin_people = 9\nmax_people = 3", "min_people is greater than max_people"),
        (WORDS + "\nmin_people = 0", "“min_people”: Input should be greater than or equal to 1."),
        (WORDS + '\nurgency = "very"', "“urgency”: Input should be"),
        (WORDS + '\nscript.zh = "快"', "“script.en” is missing. Please add it."),
        (WORDS + '\nchannels = ["fax"]', "“channels.0”: Input should be"),
        ('category = "pay"\nwords.3 = [7]', "“words.3.0”: Input should be a valid string."),
        (f'category = "pay"\nwords.3 = ["{"长" * 41}"]', "is longer than 40 characters"),
        (WORDS + '\nexamples = ["路灯坏了"]', "The rule does not hold for its example “路灯坏了”."),
        (WORDS + '\ncounter_examples = ["老板欠薪"]', "The rule decides its counter-example “老板欠薪” all the same."),
    ],
)
def test_a_mistake_names_file_rule_and_reason(body: str, told: str) -> None:
    ((field, message),) = mistakes(rule(body))
    assert field == "routing.toml: rule wages"
    assert told in message


def test_every_mistake_is_named_at_once() -> None:
    found = mistakes(rule('category = "x"\nwords.3 = [""]', "a") + rule("weight = 1", "b") + rule(WORDS, "a"))
    assert {field for field, _ in found} == {"routing.toml: rule a", "routing.toml: rule b"}
    assert ("routing.toml: rule a", "2 rules have this id. Please give each its own.") in found
    assert len(found) >= 5


def test_an_example_another_rule_wins_is_refused_with_the_winner() -> None:
    stronger = rule('category = "roads"\nwords.5 = ["工地"]', "roads")
    found = mistakes(rule(WORDS + '\nexamples = ["工地欠薪"]') + stronger)
    assert found == [("routing.toml: rule wages", "The example “工地欠薪” is decided as “roads”.")]


def test_a_rule_without_an_id_is_named_by_its_number() -> None:
    assert mistakes('[[rule]]\ncategory = "pay"\n') == [("routing.toml: rule 1", "“id” is missing. Please add it.")]


def test_mistakes_of_the_whole_file_name_the_file() -> None:
    assert ("routing.toml", "“threshold” is missing. Please add it.") in mistakes(
        "rule = []", head='name = "t"\nmargin = 1\n'
    )
    assert mistakes("rule = []") == [("routing.toml", "There is no rule. Please write at least one [[rule]].")]
    assert mistakes('rule = "x"')[0][0] == "routing.toml"
    assert mistakes("rule = [3]")[0][0] == "routing.toml: rule 1"
