from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hotline.routing.categories import OUTSIDE
from hotline.routing.decision import DIFFICULTIES, URGENCIES
from hotline.routing.engine import Routing, decide

RULES = tomllib.loads((Path(__file__).parents[2] / "config" / "routing.toml").read_text(encoding="utf-8"))["rule"]
STORY = "我们工地三十多个人，老板拖欠工资四个月"


def test_the_unpaid_site_is_routed_with_its_reasons(routing: Routing) -> None:
    decision = decide(routing, STORY)
    assert (decision.outcome, decision.category, decision.group) == ("routed", "wage_arrears", "dispute_mediation")
    assert (decision.department, decision.urgency, decision.difficulty) == ("city-mediation", "urgent", "hard")
    assert ("拖欠工资", 12, 16) in [(item.word, item.start, item.end) for item in decision.evidence]
    assert decision.effects[0].reasons[0].params == {"people": 30}


def test_the_fields_go_before_what_the_narrative_tells(routing: Routing) -> None:
    assert decide(routing, STORY, people=3).urgency == "normal"
    assert decide(routing, "工资没发", people=12).urgency == "urgent"
    assert decide(routing, "工资没发", amount_owed=Decimal(200_000)).difficulty == "hard"
    assert decide(routing, STORY, place="高新区").department == "gaoxin-mediation"
    assert decide(routing, STORY, employer="西山县第一建筑公司").department == "xishan-rights"


def test_a_matter_outside_is_for_a_person_who_refers_it(routing: Routing) -> None:
    decision = decide(routing, "退休金什么时候涨")
    assert (decision.outcome, decision.category, decision.group, decision.department) == (
        "review",
        "pension",
        OUTSIDE,
        None,
    )
    assert "12333" in routing.categories["pension"].refer_to
    assert decision.path == ()


@pytest.mark.parametrize("text", ["", " ", "你好", "\ud800\x00", "😀"])
def test_without_a_known_word_nothing_is_proposed(routing: Routing, text: str) -> None:
    decision = decide(routing, text)
    assert (decision.outcome, decision.category, decision.group, decision.department) == ("review", None, None, None)
    assert (decision.scores, decision.evidence, decision.margin, decision.path) == ((), (), 0.0, ())


def test_an_unsure_decision_still_proposes_somebody(routing: Routing) -> None:
    decision = decide(routing, "我想咨询一下产假")
    assert decision.outcome == "review"
    assert decision.department is not None
    assert len(decision.scores) >= 2


def test_a_decision_is_plain_values_in_the_words_of_the_api(routing: Routing) -> None:
    plain = decide(routing, STORY, place="北城区").to_json()
    assert json.loads(json.dumps(plain)) == plain
    assert list(plain) == [
        *("outcome", "category", "group", "department", "urgency", "difficulty", "rule_set", "scores"),
        *("evidence", "runner_up", "margin", "unit", "territory", "path", "decisive", "reasons", "scripts"),
    ]
    assert set(plain["evidence"][0]) == {"rule", "word", "start", "end", "weight", "category"}
    assert plain["path"][0] == {
        "department": "beicheng",
        "reason": "The place given names “{word}”.",
        "params": {"word": "北城区"},
    }
    assert set(plain["scripts"][0]) == {"rule", "zh", "en"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_every_rule_carries_examples_and_decides_them(routing: Routing, rule: dict[str, Any]) -> None:
    assert rule["examples"]
    assert rule["counter_examples"]
    for text in rule["examples"]:
        decision = decide(routing, text)
        assert rule["id"] in {item.rule for item in decision.evidence} | {effect.rule for effect in decision.effects}


def test_every_category_can_be_decided(routing: Routing) -> None:
    told = {rule.get("category") for rule in RULES}
    assert set(routing.categories) <= told


def test_urgency_and_difficulty_are_of_the_known_steps(routing: Routing) -> None:
    for rule in RULES:
        for text in rule["examples"]:
            decision = decide(routing, text)
            assert decision.urgency in URGENCIES
            assert decision.difficulty in DIFFICULTIES


@pytest.mark.parametrize(
    ("text", "urgency", "scripts"),
    [
        ("有个工友爬上塔吊要工资，说不想活了", "critical", {"self-harm"}),
        ("我老公在工地出事，人没了", "critical", {"death-at-work"}),
        ("上百人堵门讨薪", "critical", {"crowd", "ten-people"}),
        ("老板不给钱", "normal", set()),
    ],
)
def test_what_cannot_wait_says_what_to_do(routing: Routing, text: str, urgency: str, scripts: set[str]) -> None:
    decision = decide(routing, text)
    assert decision.urgency == urgency
    assert {script.rule for script in decision.scripts} == scripts
    assert all(script.zh and script.en for script in decision.scripts)


SPOKEN = [
    line.split(" ", 1)
    for line in """\
dispute_mediation 老板不给钱
dispute_mediation 老板骗我们说年底给钱，现在人都找不到了
dispute_mediation 单位把我们几个老员工都裁了
dispute_mediation 干了一年多，一个月社保都没上过
dispute_mediation 公司倒闭了，欠的工资找谁要
dispute_mediation 合同到期不跟我续了
legal_aid 工地摔断腿没人管
legal_aid 手指头让冲床压断了
legal_aid 下班路上被车撞了算不算工伤
legal_aid 我想打官司，没钱请律师
hardship 男人走了，家里还有两个娃，日子过不下去
hardship 我得了癌症，看病把钱花光了
hardship 孩子考上大学，学费凑不够
employment 我四十多岁了，想找个活干
employment 想学个电焊，有没有免费的班
mutual_aid 职工互助保险住院怎么赔
mutual_aid 生孩子的钱去哪里报
union_affairs 我是开货车的，能加入你们工会吗
union_affairs 工会几年没开过职代会
labour_protection 厂里味道很大，好多人头晕
labour_protection 大太阳底下干活，没有防暑的东西
labour_protection 怀孕七个月了还让我上夜班
outside 退休金什么时候涨
outside 楼下饭店油烟太大
outside 社保从外省怎么转过来""".splitlines()
]


@pytest.mark.parametrize(("group", "text"), SPOKEN)
def test_short_speech_finds_its_desk(routing: Routing, group: str, text: str) -> None:
    assert decide(routing, text).group == group
