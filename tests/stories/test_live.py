"""What moves reaches the screens of those who may see it, and not a byte of it the others."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select, text

from hotline import clock
from hotline.accounts.key_queries import drop_sessions
from hotline.accounts.models import Account
from hotline.accounts.roles import Role
from hotline.accounts.sessions import begin_session
from hotline.storage.database import Database
from hotline.storage.listener import MISSED, Heard, Listener
from hotline.storage.notices import announce
from hotline.web import live
from tests.factories import WAGES
from tests.service import MEDIATION, Service


class Screen:
    """An open stream of somebody, and everything heard on it."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self.task = asyncio.create_task(self._follow())
        self.heard: list[dict[str, Any]] = []
        self.last_id = ""
        self.notices = 0
        self.raw = b""

    def close(self) -> None:
        self.task.cancel()
        self.answer.close()

    async def _follow(self) -> None:
        name = b""
        async for line in self.answer.content:
            self.raw += line
            if line.startswith(b"event: "):
                name = line[7:].strip()
                self.notices += name == b"notice"
            if line.startswith(b"id: "):
                self.last_id = line[4:].decode().strip()
            if line.startswith(b"data: ") and name == b"case":
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
    assert mine.notices == 1
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


async def test_a_stream_ends_with_its_session_however_much_there_is_to_tell(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.5)
    await service.person("operator1", Role.OPERATOR)
    screen = await _open(service, "operator1")
    await asyncio.sleep(0.2)
    async with service.database.transaction() as session:
        account_id = await session.scalar(select(Account.id).where(Account.login == "operator1"))
        assert await drop_sessions(session, account_id or 0) == 1
    for _ in range(60):
        await _announce(service.database)
        await asyncio.sleep(0.1)
        if screen.task.done():
            break
    assert screen.task.done()
    screen.close()


async def _announce(database: Database) -> None:
    seen_by: dict[str, Any] = {"department": None, "taken_by": None, "confidential": True, "co_handlers": []}
    facts = {"number": "2026-000001", "status": "review", "left": None, **seen_by}
    async with database.transaction() as session:
        await announce(session, at=clock.now(), kind="note", case_id=1, facts=facts)


async def test_who_missed_more_than_can_be_told_is_told_to_look_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST", 3)
    operator = await service.person("operator1", Role.OPERATOR)
    for _ in range(3):
        await service.call("POST", "/calls", operator, json={"narrative": WAGES})
    screen = await _open(service, "operator1", Last_Event_ID="0")
    await screen.hears("missed")
    assert [said["kind"] for said in screen.heard] == ["missed"]
    screen.close()


async def test_after_a_lost_connection_screens_look_again_when_it_is_back(database: Database) -> None:
    """Told earlier they would look too early: what moves before LISTEN is heard by nobody."""
    listener = Listener(database.url)
    async with listener.subscription() as queue:
        task = asyncio.create_task(listener.run())
        assert await asyncio.wait_for(queue.get(), 5) is MISSED
        async with database.transaction() as session:
            ended = select(func.pg_terminate_backend(text("pid"))).select_from(text("pg_stat_activity"))
            await session.execute(ended.where(text("query like 'LISTEN%' and datname = current_database()")))
        assert await asyncio.wait_for(queue.get(), 5) is MISSED
        await _announce(database)
        heard: Heard = await asyncio.wait_for(queue.get(), 5)
        assert heard.kind == "note"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
