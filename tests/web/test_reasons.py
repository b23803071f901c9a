"""Why a case went where it went: every reason of the decision, in both languages, on every page that shows it."""

from __future__ import annotations

import html
from typing import Any, get_args

import pytest

from hotline.accounts.roles import Role
from hotline.i18n import language
from hotline.routing.decision import Decision
from hotline.routing.engine import decide
from hotline.routing.facts import FactKind
from hotline.web.console.proposal import _FACT_LABELS, _FACT_OF
from hotline.web.console.reasons import reason_text, why_view
from tests.factories import WAGES, policy
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive


def decision(text: str, **known: Any) -> Decision:
    return decide(policy().routing, text, **known)


def test_conditions_that_held_are_told_beside_the_words_that_asked_for_them() -> None:
    why = why_view(policy(), decision(WAGES, people=1200).to_json())
    held = {one.rule: ([(item.word, item.weight) for item in one.words], one.said) for one in why.rules}
    assert held["ten-people"] == ([("工资", "")], ["涉及 1200 人。"])
    assert next(iter(held)) == "wages-unpaid"
    assert all(weight for _word, weight in held["wages-unpaid"][0])
    assert why.lead.startswith("得分 ")


def test_a_decisive_rule_is_named_with_its_priority_and_what_to_do() -> None:
    said = decision("工友昨天在工地上摔死了")
    assert said.decisive == "death-at-work"
    why = why_view(policy(), said.to_json())
    assert (why.decided_by.rule, why.decided_by.said) == ("death-at-work", "先于评分直接决定（优先级 90）")
    assert any("表示慰问" in line for line in why.scripts)


def test_a_rule_that_only_calls_for_attention_decides_nothing_and_still_says_what_to_do() -> None:
    why = why_view(policy(), decision("老板拖欠工资，我不想活了").to_json())
    assert (why.decided_by, why.category_label) == (None, "拖欠工资")
    assert any("不要挂断" in line for line in why.scripts)


@pytest.mark.parametrize("gone", ["reasons", "decisive", "path", "unit", "scripts", "runner_up", "territory"])
def test_an_early_decision_without_the_newer_keys_is_still_explained(gone: str) -> None:
    plain = decision(WAGES).to_json()
    del plain[gone]
    why = why_view(policy(), plain)
    assert why.category_label == "拖欠工资"
    assert why.rules


def test_a_text_no_rule_knows_is_told_so() -> None:
    why = why_view(policy(), decision("天气不错").to_json())
    assert (why.category_label, why.lead, why.rules) == ("", "没有规则指向任何类别。", [])


def test_codes_in_reasons_are_told_in_the_readers_words() -> None:
    kind, channel = "The employer is of the kind “{kind}”.", "It came by “{channel}”."
    assert "民营" in reason_text(kind, {"kind": "private"})
    assert "微信" in reason_text(kind, {"kind": "微信"})
    assert "phone" not in reason_text(channel, {"channel": "phone"})
    assert "673,200" in reason_text("{amount} yuan are owed.", {"amount": "673200.00"})
    token = language.set("en")
    try:
        assert reason_text(kind, {"kind": "private"}) == "The employer is of the kind “Private”."
    finally:
        language.reset(token)


async def test_the_case_the_sheet_and_the_intake_tell_the_same_reasons(service: Service, arrive: Arrive) -> None:
    operator = await service.person("logger", Role.OPERATOR)
    _status, case, _headers = await service.call("POST", "/calls", operator, json={"narrative": WAGES, "people": 30})
    visitor = await arrive("operator1", Role.OPERATOR)
    sent = {"narrative": WAGES, "people": "30"}
    pages = [
        (await visitor.get(f"/cases/{case['number']}"))[1],
        (await visitor.get(f"/cases/{case['number']}/sheet"))[1],
        (await visitor.post("/intake/proposal", sent))[1],
    ]
    for page in map(html.unescape, pages):
        assert "涉及 30 人。" in page
        assert "ten-people" in page
        assert case["decision"]["rule_set"] in page


async def test_the_version_is_a_link_for_those_who_may_read_rules(service: Service, arrive: Arrive) -> None:
    operator = await service.person("logger", Role.OPERATOR)
    _status, case, _headers = await service.call("POST", "/calls", operator, json={"narrative": WAGES})
    version = f"/rules/versions/{case['decision']['rule_set']}"
    staff = await arrive("staff1", Role.STAFF, MEDIATION)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    assert version not in (await staff.get(f"/cases/{case['number']}"))[1]
    assert (await staff.get(version))[0] == 403
    assert f'href="{version}"' in (await supervisor.get(f"/cases/{case['number']}"))[1]
    status, _text, headers = await supervisor.get(version)
    assert (status, str(headers["Location"]).startswith("/rules/sets/")) == (303, True)
    assert (await supervisor.get("/rules/versions/gone.00000000"))[0] == 404


async def test_a_narrative_that_tells_of_an_injury_is_proposed_like_any_other(arrive: Arrive) -> None:
    visitor = await arrive("operator1", Role.OPERATOR)
    status, page, _headers = await visitor.post(
        "/intake/proposal", {"narrative": "干活的时候手被机器压伤了，厂里不管。"}
    )
    assert status == 200
    assert "受伤情况" in page


def test_every_fact_that_can_be_told_has_a_name() -> None:
    assert all(_FACT_LABELS[_FACT_OF.get(kind, kind)] for kind in get_args(FactKind))
