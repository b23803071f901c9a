"""The main journey over the API with tokens: a call becomes a case, and the case reaches its end."""

from __future__ import annotations

from typing import Any

from hotline.accounts.roles import Role
from tests.factories import WAGES
from tests.service import MEDIATION, Service


async def test_a_call_becomes_a_case_is_worked_on_called_back_and_closed(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    staff = await service.person("mediation1", Role.STAFF, MEDIATION)

    status, case, headers = await service.call("POST", "/calls", operator, json={"narrative": WAGES})
    assert status == 201, case
    assert case["status"] == "routed"
    assert case["department"] == MEDIATION
    assert case["category"] == "wage_arrears"
    assert case["decision"]["evidence"]
    assert headers["Location"] == f"/api/v1/cases/{case['number']}"
    for item in case["decision"]["evidence"]:
        assert WAGES[item["start"] : item["end"]]

    async def act(token: str, action: str, **details: Any) -> dict[str, Any]:
        path = f"/cases/{case['number']}/actions/{action}"
        answered, body, _ = await service.call("POST", path, token, json=details)
        assert answered == 200, body
        return dict(body)

    waiting = (await service.call("GET", "/cases?status=routed", staff))[1]["cases"]
    assert [listed["number"] for listed in waiting] == [case["number"]]
    assert (await act(staff, "accept"))["status"] == "accepted"
    done = await act(staff, "resolve", disposition="satisfied_claim", done="已补发工资", money_recovered="120000.00")
    assert done["status"] == "resolved"
    assert "resolve" not in done["actions"]
    assert (await act(operator, "follow_up", outcome="satisfied"))["status"] == "followed_up"
    closed = await act(operator, "close")
    assert closed["status"] == "closed"
    assert [event["action"] for event in closed["events"]] == ["route", "accept", "resolve", "follow_up", "close"]
    assert closed["version"] == 5


async def test_the_same_key_gets_the_same_answer_and_another_body_a_refusal(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    key = {"Idempotency_Key": "call-1"}
    first = await service.call("POST", "/calls", operator, json={"narrative": WAGES}, **key)
    again = await service.call("POST", "/calls", operator, json={"narrative": WAGES}, **key)
    other = await service.call("POST", "/calls", operator, json={"narrative": "别的事情"}, **key)
    assert first[:2] == again[:2]
    assert other[0] == 422
    assert len((await service.call("GET", "/cases", operator))[1]["cases"]) == 1


async def test_who_has_read_an_older_version_is_told_so(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    staff = await service.person("mediation1", Role.STAFF, MEDIATION)
    _, case, headers = await service.call("POST", "/calls", operator, json={"narrative": WAGES})
    path = f"/cases/{case['number']}/actions"
    assert (await service.call("POST", f"{path}/note", staff, json={"text": "已联系"}))[0] == 200
    stale = await service.call("POST", f"{path}/accept", staff, json={}, If_Match=headers["ETag"])
    assert stale[0] == 412
    fresh = await service.call("POST", f"{path}/accept", staff, json={}, If_Match='"2"')
    assert fresh[0] == 200


async def test_what_one_may_not_see_is_not_there(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    other = await service.person("hardship1", Role.STAFF, "city-help")
    administrator = await service.person("admin1", Role.ADMINISTRATOR)
    _, case, _ = await service.call("POST", "/calls", operator, json={"narrative": WAGES, "confidential": True})
    path = f"/cases/{case['number']}"
    absent = await service.call("GET", "/cases/2026-999999", other)
    hidden = await service.call("GET", path, other)
    assert hidden[0] == absent[0] == 404
    assert set(hidden[1]) == set(absent[1])
    assert (await service.call("GET", "/cases", other))[1]["cases"] == []
    assert (await service.call("GET", path, administrator))[0] == 403
    assert (await service.call("POST", f"{path}/actions/accept", other, json={}))[0] == 404
    assert (await service.call("GET", path))[0] == 401


async def test_every_mistake_is_named_at_once(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    body = {"narrative": "", "people": "三十", "amount_owed": -1, "channel": "fax", "colour": "red"}
    status, problem, headers = await service.call("POST", "/calls", operator, json=body)
    assert status == 422
    assert headers["Content-Type"].startswith("application/problem+json")
    assert {mistake["field"] for mistake in problem["errors"]} == set(body)
