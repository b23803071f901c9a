"""What moves reaches the screens of those who may see it, and not a byte of it the others."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
from sqlalchemy import select

from hotline import clock
from hotline.accounts.models import Account
from hotline.accounts.roles import Role
from hotline.accounts.sessions import begin_session
from tests.factories import WAGES
from tests.service import MEDIATION, Service


class Screen:
    """An open stream of somebody, and everything heard on it."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self.task = asyncio.create_task(self._follow())
        self.heard: list[dict[str, Any]] = []
        self.last_id = ""
        self.raw = b""

    def close(self) -> None:
        self.task.cancel()
        self.answer.close()

    async def _follow(self) -> None:
        async for line in self.answer.content:
            self.raw += line
            if line.startswith(b"id: "):
                self.last_id = line[4:].decode().strip()
            if line.startswith(b"data: ") and line != b"data: {}\n":
                self.heard.append(json.loads(line[6:]))

    async def hears(self, kind: str) -> dict[str, Any]:
        for _ in range(100):
            for said in self.heard:
                if said["kind"] == kind:
                    return said
            await asyncio.sleep(0.05)
        raise AssertionError((kind, self.heard))


async def _cookie(service: Service, login: str) -> dict[str, str]:
    async with service.database.transaction() as session:
        account_id = await session.scalar(select(Account.id).where(Account.login == login))
        assert account_id is not None
        begun = await begin_session(session, account_id, address="127.0.0.1", browser="tests", now=clock.now())
    return {"Cookie": f"hotline_session={begun.token}"}


async def _open(service: Service, login: str, **headers: str) -> Screen:
    sent = await _cookie(service, login) | {key.replace("_", "-"): value for key, value in headers.items()}
    answer = await service.http.get(f"{service.url}/live", headers=sent)
    assert answer.status == 200
    return Screen(answer)


async def test_a_confidential_case_is_heard_by_its_department_alone(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    staff = await service.person("mediation1", Role.STAFF, MEDIATION)
    await service.person("hardship1", Role.STAFF, "city-help")
    await service.person("legal1", Role.STAFF, "city-legal")
    mine = await _open(service, "mediation1")
    other = await _open(service, "hardship1")
    later = await _open(service, "legal1")
    await asyncio.sleep(0.2)
    body = {"narrative": WAGES, "confidential": True}
    _, case, _ = await service.call("POST", "/calls", operator, json=body)
    assert (await mine.hears("route"))["number"] == case["number"]
    path = f"/cases/{case['number']}/actions"
    await service.call("POST", f"{path}/accept", staff, json={})
    await mine.hears("accept")
    assert later.heard == []
    handed = {"department": "city-legal", "reason": "属于法律援助"}
    assert (await service.call("POST", f"{path}/hand_over", staff, json=handed))[0] == 200
    assert (await later.hears("hand_over"))["number"] == case["number"]
    assert (await mine.hears("left"))["number"] == case["number"]
    assert other.heard == []
    assert case["number"].encode() not in other.raw
    for screen in (mine, other, later):
        screen.close()


async def test_what_was_missed_is_told_after_coming_back(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    await service.person("mediation1", Role.STAFF, MEDIATION)
    screen = await _open(service, "mediation1")
    await asyncio.sleep(0.2)
    await service.call("POST", "/calls", operator, json={"narrative": WAGES})
    await screen.hears("route")
    screen.close()
    _, missed, _ = await service.call("POST", "/calls", operator, json={"narrative": WAGES})
    back = await _open(service, "mediation1", Last_Event_ID=screen.last_id)
    await back.hears("route")
    assert [said["number"] for said in back.heard] == [missed["number"]]
    back.close()


async def test_a_stream_needs_a_session(service: Service) -> None:
    answer = await service.http.get(
        f"{service.url}/live", headers={"Accept": "text/event-stream"}, allow_redirects=False
    )
    assert answer.status in {303, 401}
