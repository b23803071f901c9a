"""Statutory clocks over the API: the same services and rights as on the page of the case, once for one key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hotline import clock
from hotline.accounts.roles import Role
from hotline.cases.statutory_details import CHANGES
from hotline.cases.statutory_queries import day_of
from tests.service import MEDIATION, Service

TODAY = day_of(clock.now())
SOON, LATER = (TODAY - timedelta(days=350)).isoformat(), (TODAY - timedelta(days=100)).isoformat()
QUIET = "老板拖欠我的工资四个月了"
BEGIN: dict[str, Any] = {"kind": "arbitration", "trigger_on": SOON, "source": "worker", "words": "电话里说的"}


@pytest.fixture
async def operator(service: Service) -> str:
    return await service.person("operator1", Role.OPERATOR)


@pytest.fixture
async def at(service: Service, operator: str) -> str:
    """Where the clocks of a new case are."""
    _status, case, _headers = await service.call("POST", "/calls", operator, json={"narrative": QUIET})
    return f"/cases/{case['number']}/statutory"


async def send(service: Service, token: str, path: str, body: Any, **headers: str) -> Any:
    """The case after a change that is taken."""
    status, case, _headers = await service.call("POST", path, token, json=body, **headers)
    assert status in {200, 201}, case
    return case


async def test_a_clock_is_begun_and_every_change_moves_its_day_as_on_the_page(
    service: Service, operator: str, at: str
) -> None:
    status, case, headers = await service.call("POST", at, operator, json=BEGIN)
    assert (status, headers["ETag"], case["urgency"]) == (201, f'"{case["version"]}"', "urgent")
    (begun,) = case["statutory"]
    assert (begun["kind"], begun["trigger_on"], begun["light"]) == ("arbitration", SOON, "red")
    change = f"{at}/{begun['id']}"

    async def told(did: str, **body: Any) -> Any:
        (one,) = (await send(service, operator, f"{change}/{did}", body))["statutory"]
        return one

    interrupted = await told("interrupt", interruption="claim", on=LATER, words="向单位发函")
    assert (interrupted["light"], interrupted["lapses_on"] > begun["lapses_on"]) == ("green", True)
    suspended = await told("suspend", suspension="force_majeure", first_on=LATER, words="台风封路")
    assert suspended["suspended"] is True
    entry = suspended["entries"][-1]["id"]
    resumed = await told("resume", entry=entry, last_on=(TODAY - timedelta(days=90)).isoformat())
    assert (resumed["suspended"], resumed["lapses_on"] > interrupted["lapses_on"]) == (False, True)
    corrected = await told("correct", trigger_on=LATER, source="document", reason="看了解除通知")
    assert corrected["trigger_on"] == LATER
    (claim,) = [one["id"] for one in corrected["entries"] if one["what"] == "interruption"]
    taken_back = await told("take_back", entry=claim, reason="其实没有发函")
    assert [one["withdrawn_reason"] for one in taken_back["entries"] if one["id"] == claim] == ["其实没有发函"]
    ended = await told("end", ended_as="filed", reason="已申请仲裁")
    assert (ended["ended_as"], ended["ended_reason"]) == ("filed", "已申请仲裁")
    assert (await service.call("POST", f"{change}/end", operator, json={"ended_as": "filed", "reason": "又一次"}))[
        0
    ] == 409


async def test_the_same_key_begins_one_clock_and_an_old_version_none(service: Service, operator: str, at: str) -> None:
    first = await send(service, operator, at, BEGIN, Idempotency_Key="once", If_Match='"1"')
    assert await send(service, operator, at, BEGIN, Idempotency_Key="once", If_Match='"1"') == first
    assert len(first["statutory"]) == 1
    assert (await service.call("POST", at, operator, json=BEGIN, If_Match='"1"'))[0] == 412
    assert (await service.call("POST", at, operator, json=BEGIN, If_Match="1"))[0] == 422
    again = await send(service, operator, at, BEGIN | {"kind": "suit"}, If_Match=f'"{first["version"]}"')
    assert len(again["statutory"]) == 2


async def test_mistakes_are_named_and_nothing_is_written(service: Service, operator: str, at: str) -> None:
    wrong = {"kind": "arbitration", "trigger_on": "2999-01-01", "source": "worker"}
    status, said, _headers = await service.call("POST", at, operator, json=wrong)
    assert (status, [mistake["field"] for mistake in said["errors"]]) == (422, ["trigger_on"])
    status, said, _headers = await service.call("POST", at, operator, json={"kind": "x", "more": 1})
    assert (status, {mistake["field"] for mistake in said["errors"]}) == (422, {"kind", "source", "more"})
    assert (await service.call("POST", f"{at}/1/end", operator, json={"ended_as": "filed", "reason": "无"}))[0] in {
        404,
        422,
    }
    assert (await service.call("POST", f"{at}/1/forget", operator, json={}))[0] == 404
    async with service.http.post(
        f"{service.url}/api/v1{at}", data=b"kind=suit", headers={"Authorization": f"Bearer {operator}"}
    ) as answer:
        assert answer.status == 415
    _status, case, _headers = await service.call("GET", at.removesuffix("/statutory"), operator)
    assert (case["statutory"], case["version"]) == ([], 1)


@pytest.mark.parametrize(
    ("role", "department", "refused"),
    [(Role.STAFF, MEDIATION, 201), (Role.STAFF, "city-legal", 404), (Role.AUDITOR, None, 403)],
)
async def test_whoever_may_work_on_the_case_begins_a_clock_and_nobody_else(
    service: Service, at: str, role: Role, department: str | None, refused: int
) -> None:
    token = await service.person("somebody", role, department)
    assert (await service.call("POST", at, token, json=BEGIN))[0] == refused


async def test_the_document_describes_every_change(service: Service) -> None:
    _status, document, _headers = await service.call("GET", "/openapi.json")
    place = "/cases/{number}/statutory"
    described = {path.removeprefix(place) for path in document["paths"] if path.startswith(place)}
    assert described == {"", *(f"/{{clock}}/{did}" for did in CHANGES)}
    assert [name for name in document["components"]["schemas"] if "__" in name] == []
