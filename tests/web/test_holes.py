"""Holes that were found by attacking the service, each shut for good."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote, unquote

import pytest
from sqlalchemy import select
from yarl import URL

from hotline.accounts.roles import Role
from hotline.privacy.models import TrailEntry
from hotline.web import bodies, live
from hotline.web.page import FLASH_COOKIE
from tests.factories import WAGES
from tests.service import MEDIATION, Service, running_service
from tests.stories.test_live import _open
from tests.web.visitor import Arrive, Visitor

FORM = "application/x-www-form-urlencoded"
BOSS = "13987654321"


Write = Callable[..., Awaitable[asyncio.StreamReader]]


@pytest.fixture
async def write() -> AsyncIterator[Write]:
    """Send a request as it is written (service, lines, body) and wait for nothing."""
    writers: list[asyncio.StreamWriter] = []

    async def written(service: Service, *lines: bytes, body: bytes = b"") -> asyncio.StreamReader:
        url = URL(service.url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writers.append(writer)
        writer.write(b"\r\n".join((*lines, b"", body)))
        await writer.drain()
        return reader

    yield written
    for writer in writers:
        writer.close()


async def status(reader: asyncio.StreamReader) -> int:
    return int((await reader.readline()).split()[1])


async def test_senders_who_stall_hold_no_connection_of_the_database(database_url: str, write: Write) -> None:
    stalled = (b"Host: x", b"Cookie: hotline_session=" + b"A" * 43, b"Content-Type: " + FORM.encode())
    async with running_service(database_url, pool_size=2) as service:
        for _ in range(8):
            await write(service, b"POST /sign-in HTTP/1.1", *stalled, b"Content-Length: 100", body=b"login=")
        await asyncio.sleep(0.2)
        async with service.http.get(f"{service.url}/health") as answer:
            assert answer.status == 200


async def test_who_stalls_is_told_so(service: Service, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SECONDS", 0.1)
    for path, kind in ((b"/sign-in", FORM.encode()), (b"/api/v1/calls", b"application/json")):
        line = b"POST " + path + b" HTTP/1.1"
        reader = await write(service, line, b"Host: x", b"Content-Type: " + kind, b"Content-Length: 100", body=b"{")
        assert await status(reader) == 408


PART = b'--b\r\nContent-Disposition: form-data; name="lang"'
UNREADABLE: Sequence[tuple[str, bytes]] = (
    (f"{FORM}; charset=nonsense", b"lang=en"),
    (f"{FORM}; charset=base64", b"lang=en"),
    (f"{FORM}; charset=utf-7", b"lang=+2AA-"),
    (f"{FORM}; charset=utf-16", b"lang=en\xff"),
    (FORM, b"lang=\xff"),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=b", b"x"),
    ("multipart/form-data; boundary=b", PART + b"\r\n\r\nx"),
    ("multipart/form-data; boundary=b", PART + b"\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nx\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n"),
)


@pytest.mark.parametrize(("kind", "body"), UNREADABLE)
async def test_a_form_that_cannot_be_read_is_refused(service: Service, kind: str, body: bytes) -> None:
    async with service.http.post(f"{service.url}/language", data=body, headers={"Content-Type": kind}) as answer:
        assert answer.status == 400, await answer.text()


async def test_a_body_that_is_not_compressed_as_it_says_is_refused(service: Service, write: Write) -> None:
    lines = (b"Host: x", b"Content-Encoding: gzip", b"Content-Type: " + FORM.encode(), b"Content-Length: 2")
    assert await status(await write(service, b"POST /language HTTP/1.1", *lines, body=b"xx")) == 400


async def test_odd_tokens_and_numbers_break_nothing(service: Service, write: Write, arrive: Arrive) -> None:
    visitor = await arrive("operator1", Role.OPERATOR)
    cookie = f"Cookie: hotline_session={visitor.key}".encode()
    odd = (b"Host: x", cookie, b"X-CSRF-Token: \xff", b"Content-Length: 0")
    assert await status(await write(service, b"POST /sign-out HTTP/1.1", *odd)) == 403
    reader = await write(service, b"GET /live HTTP/1.1", b"Host: x", cookie, b"Last-Event-ID: " + b"9" * 5000)
    told = await asyncio.wait_for(reader.readuntil(b"retry: 2000\n\n"), 5)
    assert b"200 OK" in told
    token = await service.person("operator2", Role.OPERATOR)
    _, case, _ = await service.call("POST", "/calls", token, json={"narrative": WAGES})
    sent = {"version": "9" * 5000, "reason": "试试"}
    assert (await visitor.post(f"/cases/{case['number']}/recall", sent))[0] in {409, 412}
    for moment in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00"):
        assert (await visitor.get(f"/desks/taken?after_at={moment}&after_id=1"))[0] == 422
    assert (await visitor.get("/static/" + "a" * 300))[0] == 404


QUIET_LINE = '<div class="line" role="status">'
FORGED: Sequence[Any] = (
    {"text": "x", "href": "https://evil.example/", "link_label": "x"},
    {"text": "x", "href": "javascript:alert(1)", "link_label": "x"},
    {"text": "x", "undo_action": "/accounts/operator1/disable", "undo_label": "x"},
    {"text": "x", "href": "/cases/2026-000001", "undo_action": "/cases/2026-000001/withdraw"},
    {"text": "\ud800"},
    {"text": 5, "undo_action": "x", "undo_fields": "abc"},
    {"text": {"a": 1}},
    [],
)


@pytest.mark.parametrize("forged", [*map(json.dumps, FORGED), "[" * 1500, "["])
async def test_a_forged_quiet_line_is_not_shown(service: Service, forged: str) -> None:
    cookie = f"{FLASH_COOKIE}={forged.encode().hex()}"
    async with service.http.get(f"{service.url}/sign-in", headers={"Cookie": cookie}) as answer:
        assert answer.status == 200
        assert QUIET_LINE not in await answer.text()


async def test_an_own_quiet_line_is_shown_once(service: Service) -> None:
    own = {"text": "2026-000001", "href": "/cases/2026-000001", "undo_action": "/cases/2026-000001/recall"}
    cookie = f"{FLASH_COOKIE}={json.dumps(own).encode().hex()}"
    async with service.http.get(f"{service.url}/sign-in", headers={"Cookie": cookie}) as answer:
        assert QUIET_LINE in await answer.text()
        assert answer.cookies[FLASH_COOKIE].value == ""


async def test_the_address_of_a_browser_is_what_the_last_proxy_says_on_the_last_line(database_url: str) -> None:
    async with running_service(database_url, trusted_proxies=1) as service:
        headers = [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-For", "198.51.100.9")]
        wrong = {"login": "nobody", "password": "x"}
        async with service.http.post(f"{service.url}/sign-in", data=wrong, headers=headers) as answer:
            assert answer.status == 422
        async with service.database.transaction() as session:
            assert await session.scalar(select(TrailEntry.address)) == "198.51.100.9"


async def test_a_stream_tells_nothing_after_its_session_has_ended(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.0)
    operator = await service.person("operator1", Role.OPERATOR)
    await service.person("mediation1", Role.STAFF, MEDIATION)
    screen = await _open(service, "mediation1")
    first = {"narrative": WAGES, "action": "route", "department": MEDIATION}
    _, told, _ = await service.call("POST", "/calls", operator, json=first)
    assert (await screen.hears("route"))["number"] == told["number"]
    async with Visitor(service) as admin:
        await service.person("admin1", Role.ADMINISTRATOR, password=True)
        await admin.sign_in("admin1")
        assert (await admin.post("/accounts/mediation1/disable"))[0] == 303
    _, untold, _ = await service.call("POST", "/calls", operator, json=first)
    await asyncio.wait_for(screen.task, 10)
    assert untold["number"].encode() not in screen.raw
    screen.close()


async def test_searching_digit_by_digit_tells_nothing_that_is_masked(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    staff = await service.person("mediation1", Role.STAFF, MEDIATION)
    call = {
        "narrative": f"{WAGES}，老板电话{BOSS}",
        "employer": f"恒远机械 {BOSS}",
        "place": f"人民路 {BOSS}",
        "action": "route",
        "department": MEDIATION,
    }
    _, case, _ = await service.call("POST", "/calls", operator, json=call)
    for query, found in (("139", 1), ("4321", 1), (BOSS, 0), (BOSS[:5], 0), (BOSS[4:8], 0)):
        _, page, _ = await service.call("GET", f"/cases?q={query}", staff)
        assert [row["number"] for row in page["cases"]] == [case["number"]] * found, query


async def test_no_number_is_shown_in_full_wherever_it_was_typed(service: Service, arrive: Arrive) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    staff = await service.person("mediation1", Role.STAFF, MEDIATION)
    legal = await service.person("legal1", Role.STAFF, "city-legal")
    chief = await service.person("chief1", Role.SUPERVISOR)
    typed = dict.fromkeys(("narrative", "employer", "place", "caller_name"), f"{WAGES}{BOSS}")
    call = {**typed, "caller_number": BOSS, "action": "route", "department": MEDIATION, "reason": BOSS}
    _, routed, _ = await service.call("POST", "/calls", operator, json=call)
    call = {**typed, "action": "refer", "refer_to": f"12333 {BOSS}", "advice": BOSS}
    _, referred, _ = await service.call("POST", "/calls", operator, json=call)
    path = f"/cases/{routed['number']}/actions"
    for who, action, body in (
        (staff, "accept", {}),
        (staff, "note", {"text": BOSS}),
        (chief, "supervise", {"text": BOSS, "by_on": "2999-01-01"}),
        (staff, "note", {"text": BOSS, "reported": True}),
        (staff, "ask_extension", {"days": 1, "reason": BOSS}),
        (chief, "supervise", {"text": BOSS, "by_on": "2999-01-01"}),
        (staff, "co_handle", {"department": "city-legal", "reason": BOSS}),
        (legal, "co_answer", {"text": BOSS}),
        (staff, "resolve", {"disposition": "mediated", "done": BOSS}),
        (operator, "follow_up", {"outcome": "unsatisfied", "words": BOSS, "reopen": False, "reason": BOSS}),
    ):
        code, case, _ = await service.call("POST", f"{path}/{action}", who, json=body)
        assert code == 200, case
        assert BOSS not in json.dumps(case)
    visitor = await arrive("supervisor1", Role.SUPERVISOR)
    places = [f"/cases/{one['number']}{more}" for one in (routed, referred) for more in ("", "/sheet")]
    for place in (
        *places,
        "/desks/open",
        "/desks/call_backs",
        "/board",
        "/supervision",
        "/search?q=%E5%B7%A5%E5%9C%B0",
    ):
        code, text, _headers = await visitor.get(place)
        assert code == 200, place
        assert BOSS not in text, place
    for answered in (routed, referred):
        assert BOSS not in json.dumps(answered)


async def test_a_chart_kept_in_a_browser_is_not_shown_to_the_next_person_there(arrive: Arrive) -> None:
    visitor = await arrive("supervisor1", Role.SUPERVISOR)
    code, _text, headers = await visitor.get("/figures/chart.svg")
    assert code == 200
    assert headers["Cache-Control"] == "no-store" or "Cookie" in headers["Vary"]


@pytest.mark.parametrize("number", ["%00", "2026-%00", "１２", "2026-99999999999999999999"])
async def test_a_number_no_case_can_have_is_not_asked_for(service: Service, arrive: Arrive, number: str) -> None:
    staff = await service.person("mediation1", Role.STAFF, MEDIATION)
    code, _, _ = await service.call("POST", f"/cases/{number}/actions/note", staff, json={"text": "x"})
    assert code == 404
    visitor = await arrive("legal1", Role.STAFF, "city-legal")
    assert (await visitor.post(f"/cases/{quote(unquote(number))}/note", {"text": "x"}))[0] == 404
