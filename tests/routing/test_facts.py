from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.routing.engine import Routing
from hotline.routing.facts import (
    _AMOUNT,
    _PEOPLE,
    _PERIOD,
    _numbers,
    amount_told,
    extract_facts,
    months_told,
    people_told,
)
from hotline.routing.numerals import number_of
from hotline.routing.questions import QUESTIONS, SEVEN, SEVEN_LABELS, missing_facts, untold
from hotline.routing.text import normal_form

DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """The usual writing of 1 to 9,999."""
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + name
        gap = not digit
    return text.removeprefix("一") if text.startswith("一十") else text


@given(st.integers(1, 9999))
def test_a_chinese_number_is_read_as_it_is_written(number: int) -> None:
    assert number_of(in_chinese(number)) == number


@pytest.mark.parametrize(
    ("told", "value"),
    [("几十", 20), ("上百", 100), ("两百五", 250), ("好几百", 200), ("12,000", 12000), ("1.5", Decimal("1.5"))],
)
def test_numbers_as_people_say_them(told: str, value: Decimal) -> None:
    assert number_of(told) == value


@given(st.text(st.sampled_from("零一二两三十百千万几上0.,"), max_size=9))
def test_what_is_no_number_is_none_and_never_an_error(told: str) -> None:
    value = number_of(told)
    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("我们工地三十多个人，老板拖欠工资四个月", 30),
        ("十几个工友都没拿到钱", 10),
        ("共计 １２ 名农民工", 12),
        ("几十个人堵在门口", 20),
        ("我一个人在外地", 1),
        ("第三人民医院", None),
        ("人均一千元", None),
        ("老板不给钱", None),
    ],
)
def test_people_are_counted_from_what_is_told(text: str, people: int | None) -> None:
    assert people_told(text) == people


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("欠我3万5千元", 35000),
        ("一共两万三", 23000),
        ("五千块钱", 5000),
        ("１．２万元", 12000),
        ("12,000元", 12000),
        ("一百多万元", 1000000),
        ("三万人", None),
        ("2019年进厂", None),
    ],
)
def test_money_is_counted_in_yuan(text: str, yuan: int | None) -> None:
    assert amount_told(text) == yuan


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("拖欠工资四个月", "period", 120),
        ("干了三年多", "period", 1095),
        ("两个半月没发", "period", 75),
        ("半年没发工资", "period", 182),
        ("从去年10月开始", "since", "去年10月"),
        ("我在滨海宏达建筑有限公司上班", "employer", "滨海宏达建筑有限公司"),
        ("我在城东服装厂上班", "employer", "城东服装厂"),
        ("住在西山县云岭镇", "place", "云岭镇"),
        ("机器把手指轧断了，住院三天", "injury", "手指轧断了"),
        ("从架子上 摔下来，粉碎性 骨折", "injury", "粉碎性骨折"),
        ("在井下 中毒，鉴定为七级伤残", "injury", "七级伤残"),
    ],
)
def test_facts_are_offered_with_their_place(routing: Routing, text: str, kind: str, value: object) -> None:
    facts = extract_facts(text, tree=routing.departments)
    fact = next(fact for fact in facts if fact.kind == kind and fact.value == value)
    assert normal_form(text[fact.start : fact.end]).text == fact.text


@given(st.text(st.sampled_from("我们三十多个人３万5千元四个月在厂公司年 \u200bＡ，") | st.characters(), max_size=60))
def test_any_text_gives_facts_that_stand_in_it(text: str) -> None:
    for fact in extract_facts(text):
        assert 0 <= fact.start < fact.end <= len(text)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("拖欠工资四个月", 4.0),
        ("两个半月没发，干了一年", 12.2),
        ("半年没发", 6.1),
        ("２０ 天", 0.7),
        ("工资没发", None),
    ],
)
def test_the_longest_time_told_is_counted_in_months(text: str, months: float | None) -> None:
    assert months_told(text) == months


@pytest.mark.parametrize("text", ["手续费没退", "腰果坏了", "头天晚上", "公司把我开除了"])
def test_what_hurts_nobody_is_no_injury(text: str) -> None:
    assert [fact for fact in extract_facts(text) if fact.kind == "injury"] == []


def test_only_what_is_not_told_is_asked(routing: Routing) -> None:
    wages = routing.categories["wage_arrears"]
    asked = missing_facts(wages, "宏达建筑公司欠我们三十多个人工资四个月", place="北城区")
    assert asked == (QUESTIONS["amount"], QUESTIONS["proof"])
    everything = missing_facts(wages, "老板不给钱")
    assert everything == tuple(QUESTIONS[code] for code in wages.facts)
    filled = missing_facts(wages, "有欠条", place="x", employer="x", people=3, amount_owed=Decimal(5))
    assert filled == (QUESTIONS["since"],)


def test_the_seven_facts_are_told_by_fields_or_by_words() -> None:
    text = "宏达建筑公司欠我们三十多个人工资十二万元，四个月了，希望讨回"
    assert untold(text, extract_facts(text), who=True, place="北城区") == ()
    assert untold(text, extract_facts(text), who=False) == ("who", "place")
    assert untold("老板不讲理", (), who=False) == SEVEN
    told = {"place": "x", "employer": "x", "people": 1, "amount_owed": Decimal(0), "wish": "pay"}
    assert untold("", (), who=True, **told) == ("since",)  # type: ignore[arg-type]
    assert SEVEN_LABELS.keys() == {*SEVEN}


@pytest.mark.parametrize("text", ["我一个人的工资", "就我没发", "我本人被辞退"])
def test_who_speaks_of_nobody_else_has_told_how_many(text: str) -> None:
    assert "people" not in untold(text, extract_facts(text), who=True)


def test_thirty_people_are_not_nobody_else() -> None:
    assert "people" in untold("好些个人都这样", (), who=True)


@given(
    st.text(
        st.sampled_from("第0123456789一二两三十百千好几数上半多来余万个名年月天周星期人工元块钱，的 ."), max_size=30
    )
)
def test_numbers_are_found_where_one_pass_over_the_text_finds_them(text: str) -> None:
    for pattern in (_PEOPLE, _AMOUNT, _PERIOD):
        assert [found.span() for found in _numbers(pattern, text)] == [found.span() for found in pattern.finditer(text)]
