"""The rule book's pages: the whole way from a draft to a published version, and what each person may see of it."""

from __future__ import annotations

import asyncio
import html
import re

import pytest
from sqlalchemy import select

from hotline.accounts.key_queries import put_tie
from hotline.accounts.models import Account
from hotline.accounts.roles import Role
from hotline.rulebook import queries
from hotline.rulebook.models import RuleSetRow, State
from tests.factories import NOON, WAGES, policy
from tests.organisations import put_organisations
from tests.routing.units_made import ROWS
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive, Visitor, acts

pytestmark = pytest.mark.timeout(300)
FIRST = policy().routing.ruleset.version
RULE = {"id": "tried", "category": "work_injury", "words": "50 紫色的词、绿色的词", "urgency": "normal"}


async def drafted(writer: Visitor) -> str:
    """A draft of the version in force; its address."""
    _status, text, _headers = await writer.get("/rules")
    found = re.search(r'<option value="(\d+)" selected', text)
    assert found is not None
    status, _text, headers = await writer.post("/rules/drafts", {"based_on": found.group(1), "note": "试一试"})
    assert status == 303
    return str(headers["Location"])


async def with_rule(writer: Visitor, path: str, *, revision: int = 1, **fields: str) -> tuple[int, str]:
    status, text, _headers = await writer.post(f"{path}/rule", {**RULE, "revision": str(revision), **fields})
    return status, html.unescape(text)


async def row_of(service: Service, path: str) -> RuleSetRow:
    async with service.database.transaction() as session:
        row = await queries.rule_set_by_id(session, int(path.rsplit("/", 1)[1]))
    assert row is not None
    return row


async def backtest(writer: Visitor, path: str) -> str:
    """Let a backtest run to its end; its page."""
    status, _text, headers = await writer.post(f"{path}/backtests")
    assert status == 303
    async with asyncio.timeout(60):
        while "data-going" in (await writer.get(f"{headers['Location']}/progress"))[1]:  # noqa: ASYNC110 - it runs elsewhere
            await asyncio.sleep(0.2)
    status, text, _headers = await writer.get(headers["Location"])
    assert status == 200
    return html.unescape(text)


async def test_a_draft_is_written_tried_backtested_and_published_by_another_person(
    service: Service, arrive: Arrive
) -> None:
    writer = await arrive("supervisor1", Role.SUPERVISOR)
    publisher = await arrive("supervisor2", Role.SUPERVISOR)
    path = await drafted(writer)
    assert (await with_rule(writer, path))[0] == 303
    tried = html.unescape((await writer.post(f"{path}/try", {"text": "他说了紫色的词"}))[1])
    assert '<mark title="tried">紫色的词</mark>' in tried
    assert f"/rules/versions/{FIRST}" in tried.split("工伤待遇</p>", maxsplit=1)[0]
    page = html.unescape((await writer.get(path))[1])
    assert "新增的规则" in page
    assert "须由另一人发布" in page
    assert "已完成" in await backtest(writer, path)
    fields = {"revision": "2", "instead_of": FIRST}
    assert (await publisher.post(f"{path}/publish", fields))[0] == 422
    assert (await writer.post(f"{path}/publish", {**fields, "seen": "yes"}))[0] == 403
    assert (await publisher.post(f"{path}/publish", {**fields, "seen": "yes"}))[0] == 303
    assert (await row_of(service, path)).state is State.ACTIVE
    assert (await publisher.post(f"{path}/publish", {**fields, "seen": "yes"}))[0] == 409
    done = await acts(service, actor="supervisor2")
    assert "rules.publish" in done
    first = f"/rules/sets/{(await row_of(service, path)).based_on_id}"
    version = (await row_of(service, path)).version
    assert (await writer.post(f"{first}/publish-again", {"instead_of": version}))[0] == 422
    assert (await writer.post(f"{first}/publish-again", {"instead_of": version, "reason": "误伤"}))[0] == 303
    assert (await row_of(service, first)).state is State.ACTIVE


async def test_a_rule_with_mistakes_comes_back_with_what_was_typed(arrive: Arrive) -> None:
    writer = await arrive("supervisor1", Role.SUPERVISOR)
    path = await drafted(writer)
    status, text = await with_rule(writer, path, words="没有权重的词")
    assert (status, "没有权重的词" in text, "先写权重" in text) == (422, True, True)
    status, text = await with_rule(writer, path, within="3")
    assert (status, "“within”" in text) == (422, True)
    status, text = await with_rule(writer, path, id="wages-unpaid")
    assert (status, "紫色的词" in text) == (422, True)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("patterns", r"3 (拖欠)\1"),
        ("priority", "70"),
        ("places", "很长" * 30),
        ("hours", "30-40"),
        ("words", "3 一个很长很长的词" + "很长" * 30),
        ("category", "gone"),
    ],
)
async def test_what_the_rule_set_refuses_stands_at_its_field(arrive: Arrive, field: str, typed: str) -> None:
    writer = await arrive("supervisor1", Role.SUPERVISOR)
    path = await drafted(writer)
    status, text, _headers = await writer.post(f"{path}/rule", {**RULE, "revision": "1", field: typed})
    text = html.unescape(text)
    assert (status, f'id="f-{field}-mistake"' in text, f'href="#f-{field}"' in text) == (422, True, True)
    assert "String should" not in text
    if field != "category":
        assert typed in text


async def test_a_rule_is_changed_and_taken_out(service: Service, arrive: Arrive) -> None:
    writer = await arrive("supervisor1", Role.SUPERVISOR)
    path = await drafted(writer)
    await with_rule(writer, path)
    assert "50 紫色的词、绿色的词" in html.unescape((await writer.get(f"{path}/rule?rule=tried"))[1])
    assert (await with_rule(writer, path, revision=2, old="tried", words="3 红色的词", channel_web="yes"))[0] == 303
    rules = {rule["id"]: rule for rule in (await row_of(service, path)).content["rule"]}
    assert rules["tried"] == {
        "id": "tried",
        "category": "work_injury",
        "words": {"3": ["红色的词"]},
        "channels": ["web"],
    }
    assert (await writer.post(f"{path}/remove", {"rule": "tried", "revision": "2"}))[0] == 409
    assert (await writer.post(f"{path}/remove", {"rule": "tried", "revision": "3"}))[0] == 303
    assert (await writer.get(f"{path}/rule?rule=tried"))[0] == 404


async def test_every_shipped_rule_comes_through_its_form_unchanged(service: Service, arrive: Arrive) -> None:
    writer = await arrive("supervisor1", Role.SUPERVISOR)
    path = await drafted(writer)
    before = (await row_of(service, path)).content
    for rule in ("crowd", "death-at-work", "wages-unpaid", "ten-people"):
        page = (await writer.get(f"{path}/rule?rule={rule}"))[1]
        revision = (await row_of(service, path)).revision
        assert (await writer.post(f"{path}/rule", typed_in(page) | {"revision": str(revision)}))[0] == 303
    after = (await row_of(service, path)).content
    assert {rule["id"]: rule for rule in after["rule"]} == {rule["id"]: rule for rule in before["rule"]}


def typed_in(page: str) -> dict[str, str]:
    """What a browser would send of the first form that saves a rule."""
    form = page[page.index('name="old"') :].split("</form>", maxsplit=1)[0]
    fields = {"old": _attribute(form.split(">")[0], "value")}
    for found in re.finditer(r"<textarea[^>]*name=\"(\w+)\"[^>]*>\n(.*?)</textarea>", form, re.DOTALL):
        fields[found.group(1)] = html.unescape(found.group(2))
    for found in re.finditer(r"<select[^>]*name=\"(\w+)\".*?</select>", form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', found.group(0))
        fields[found.group(1)] = chosen.group(1) if chosen else ""
    for found in re.finditer(r"<input[^>]*>", form):
        name = _attribute(found.group(0), "name")
        if name and ('type="checkbox"' not in found.group(0) or " checked" in found.group(0)):
            fields[name] = _attribute(found.group(0), "value")
    return fields


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found.group(1)) if found else ""


async def test_toml_with_a_mistake_says_the_line_and_keeps_the_text(service: Service, arrive: Arrive) -> None:
    writer = await arrive("supervisor1", Role.SUPERVISOR)
    path = await drafted(writer)
    text = 'name = "t"\nthreshold = 2\nmargin = 1\n\n[[rule]]\nid = "one"\ncategory = "gone"\nwords.3 = ["词"]\n'
    status, page, _headers = await writer.post(f"{path}/text", {"text": text, "revision": "1"})
    page = html.unescape(page)
    assert (status, "第 7 行：one" in page, text in page) == (422, True, True)
    good = text.replace("gone", "work_injury")
    assert (await writer.post(f"{path}/text", {"text": good.replace("\n", "\r\n"), "revision": "1"}))[0] == 303
    assert (await row_of(service, path)).content["name"] == "t"
    status, page, _headers = await writer.post(f"{path}/text", {"text": good, "revision": "1"})
    assert (status, good in html.unescape(page)) == (409, True)


async def test_a_lead_reads_rules_and_figures_of_what_the_lead_may_see_and_changes_nothing(
    service: Service, arrive: Arrive
) -> None:
    writer = await arrive("supervisor1", Role.SUPERVISOR)
    lead = await arrive("lead1", Role.LEAD, "city-legal")
    token = await service.person("operator1", Role.OPERATOR)
    for _ in range(3):
        assert (await service.call("POST", "/calls", token, json={"narrative": WAGES}))[0] == 201
    path = await drafted(writer)
    assert hits(await writer.get("/rules")) == "3"
    assert hits(await lead.get("/rules")) == "0"
    assert (await lead.get(path))[0] == 200
    assert (await lead.get(f"{path}/text"))[0] == 200
    for forbidden in ("/rules/drafts", f"{path}/rule", f"{path}/text", f"{path}/publish", f"{path}/backtests"):
        assert (await lead.post(forbidden, {**RULE, "revision": "1"}))[0] == 403
    started = (await writer.post(f"{path}/backtests"))[2]["Location"]
    assert (await lead.get(started))[0] == 403


def hits(answer: tuple[int, str, object]) -> str:
    """In how many cases the rule about unpaid wages has spoken, as the page says."""
    assert answer[0] == 200
    row = answer[1][answer[1].index(">wages-unpaid<") :].split("</tr>")[0]
    found = re.search(r'<td class="num"[^>]*>([\d,]+)</td>', row)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize(
    ("role", "department"), [(Role.OPERATOR, None), (Role.STAFF, MEDIATION), (Role.ADMINISTRATOR, None)]
)
async def test_who_has_nothing_to_do_with_rules_sees_none(arrive: Arrive, role: Role, department: str | None) -> None:
    visitor = await arrive("other1", role, department)
    assert (await visitor.get("/rules"))[0] == 403
    assert (await visitor.get("/rules/sets/1"))[0] == 403


async def test_odd_addresses_are_not_found_and_break_nothing(arrive: Arrive) -> None:
    writer = await arrive("supervisor1", Role.SUPERVISOR)
    path = await drafted(writer)
    assert (await writer.get("/rules/sets/999"))[0] == 404
    assert (await writer.get("/rules/backtests/999"))[0] == 404
    assert (await writer.get(f"{path}?against=999"))[0] == 404
    assert (await writer.get(f"{path}?against=x"))[0] == 404
    assert (await writer.get(f"{path}/rule?rule=nothing"))[0] == 404
    assert (await writer.post("/rules/drafts", {"based_on": "x"}))[0] == 404


async def test_a_backtest_shows_what_changes_and_which_cases(service: Service, arrive: Arrive) -> None:
    writer = await arrive("supervisor1", Role.SUPERVISOR)
    token = await service.person("operator1", Role.OPERATOR)
    numbers = []
    for _ in range(2):
        body = {"narrative": f"紫色的词，{WAGES}", "caller_number": "13800001234", "caller_name": "欧阳测试"}
        _status, case, _headers = await service.call("POST", "/calls", token, json=body)
        numbers.append(case["number"])
        assert (await service.call("POST", f"/cases/{case['number']}/actions/recall", token, json={}))[0] == 200
        answer = {"answer": "已告知"}
        assert (await service.call("POST", f"/cases/{case['number']}/actions/answer", token, json=answer))[0] == 200
    path = await drafted(writer)
    assert (await with_rule(writer, path))[0] == 303
    page = await backtest(writer, path)
    assert "2 件中有 2 件判断不同" in page
    found = re.search(r'href="([^"]+/changes)"', page)
    assert found is not None
    for narrowed in ("", "?verdict=lost", "?old=wage_arrears&new=work_injury"):
        listed = html.unescape((await writer.get(found.group(1) + narrowed))[1])
        assert [number in listed for number in numbers] == [True, True]
        assert "欧阳" not in listed
        assert "13800001234" not in listed
    assert numbers[0] not in (await writer.get(found.group(1) + "?old=-"))[1]
    why = html.unescape((await writer.get(f"{found.group(1)}/{numbers[0]}"))[1])
    assert '<mark title="tried">紫色的词</mark>' in why
    assert why.index("拖欠工资") < why.index("工伤待遇")
    assert "13800001234" not in why
    assert "case.read" in await acts(service, actor="supervisor1")
    assert (await writer.get(f"{found.group(1)}/2026-999999"))[0] == 404

    assert len(await acts(service, act="rules.backtest_read")) == 4


async def test_who_has_ties_is_told_who_lets_past_cases_be_replayed(service: Service, arrive: Arrive) -> None:
    free, tied = await arrive("supervisor1", Role.SUPERVISOR), await arrive("supervisor2", Role.SUPERVISOR)
    path = await drafted(free)
    assert (await with_rule(free, path))[0] == 303
    _status, _text, headers = await free.post(f"{path}/backtests")
    found = headers["Location"]
    async with service.database.transaction() as session:
        unit = (await put_organisations(session, ROWS))["BC-10"]
        account = await session.scalar(select(Account.id).where(Account.login == "supervisor2"))
        await put_tie(session, account_id=account, organisation_id=unit, reason="亲属", made_by_id=None, made_at=NOON)
    for hidden in (found, f"{found}/progress", f"{found}/changes"):
        assert (await tied.get(hidden))[0] == 403
    for forbidden in (f"{path}/backtests", f"{found}/cancel"):
        assert (await tied.post(forbidden))[0] == 403
    status, text, _headers = await tied.get(path)
    assert (status, "没有这类关系的督办主管" in text, found in text) == (200, True, False)
    assert found in (await free.get(path))[1]
