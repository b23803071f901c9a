"""Whatever is sent, the answer is a sentence: never a 5xx, never half a case."""

from __future__ import annotations

import io
from typing import Any

import pytest

from hotline.accounts.roles import Role
from tests.factories import WAGES
from tests.service import Service

JSON = "application/json"
BODIES: list[tuple[str, bytes, str, set[int]]] = [
    ("nothing", b"", JSON, {400}),
    ("a list", b"[]", JSON, {422}),
    ("null", b"null", JSON, {422}),
    ("half of it", b'{"narrative": "x', JSON, {400}),
    ("a NUL", b'{"narrative": "a\\u0000b"}', JSON, {422}),
    ("a lone surrogate", b'{"narrative": "a\\ud800b"}', JSON, {400, 422}),
    ("wrong encoding", '{"narrative": "工资"}'.encode("gb18030"), JSON, {400}),
    ("deep", b'{"narrative":' + b"[" * 10_000 + b"]" * 10_000 + b"}", JSON, {400, 422}),
    ("endless number", b'{"narrative": "x", "people": 1e400}', JSON, {400, 422}),
    ("not a number", b'{"narrative": "x", "amount_owed": NaN}', JSON, {400, 422}),
    ("far too many", b'{"narrative": "x", "people": 9223372036854775808}', JSON, {422}),
    ("full-width digits", '{"narrative": "x", "people": "３０"}'.encode(), JSON, {422}),
    ("an unknown key", b'{"narrative": "x", "priority": 1}', JSON, {422}),
    ("plain text", b'{"narrative": "x"}', "text/plain", {415}),
    ("a form", b"narrative=x", "application/x-www-form-urlencoded", {415}),
    ("four megabytes", b'{"narrative": "' + b"x" * 4_000_000 + b'"}', JSON, {413}),
    ("too long", ('{"narrative": "' + "长" * 4001 + '"}').encode(), JSON, {422}),
    ("a number nobody has", b'{"narrative": "x", "caller_number": "1380000"}', JSON, {201, 422}),
    ("a department that is none", b'{"narrative": "x", "action": "route", "department": "mars"}', JSON, {422}),
    ("an answer without words", b'{"narrative": "x", "action": "answer"}', JSON, {422}),
]


@pytest.mark.parametrize(("what", "body", "kind", "expected"), BODIES, ids=[body[0] for body in BODIES])
async def test_a_bad_call_is_refused_with_a_problem(
    service: Service, what: str, body: bytes, kind: str, expected: set[int]
) -> None:
    token = await service.person("operator1", Role.OPERATOR)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    async with service.http.post(f"{service.url}/api/v1/calls", data=io.BytesIO(body), headers=headers) as answer:
        assert answer.status in expected, (what, await answer.text())
        if answer.status >= 400:
            assert answer.content_type == "application/problem+json"
            problem: dict[str, Any] = await answer.json(content_type=None)
            assert problem["status"] == answer.status
            assert problem["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/cases/2026-99999999999999999999",
        "/cases/%00",
        "/cases/１２",
        "/cases/-1",
        "/cases?cursor=AAAA",
        "/cases?cursor=OTIyMzM3MjAzNjg1NDc3NTgwOA==",
        "/cases?limit=0",
        "/cases?limit=1e3",
        "/cases?limit=%EF%BC%91",
        "/cases?status=gone",
        "/cases?q=%00",
        "/cases?q=%25&limit=1&limit=2",
        "/cases?sort=caller_name",
        "/nothing",
    ],
)
async def test_a_bad_address_is_refused(service: Service, path: str) -> None:
    token = await service.person("operator1", Role.OPERATOR)
    async with service.http.get(f"{service.url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"}) as answer:
        assert 200 <= answer.status < 500, path
        if "q=%00" not in path:
            assert answer.status in {404, 422}, path


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/nothing.css", "/api/v1/nothing", "/sign-in"])
async def test_every_answer_protects_the_browser(service: Service, path: str) -> None:
    async with service.http.get(f"{service.url}{path}") as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Server" not in answer.headers
        assert answer.headers["X-Request-ID"]


async def test_another_site_cannot_act_in_a_browsers_name(service: Service) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        async with service.http.post(
            f"{service.url}/sign-in", data={"login": "x", "password": "y"}, headers=headers
        ) as answer:
            assert answer.status == 403


async def test_mistakes_of_the_call_and_of_its_end_are_named_together(service: Service) -> None:
    token = await service.person("operator1", Role.OPERATOR)
    body = {"narrative": WAGES, "caller_number": "138000", "action": "answer"}
    status, problem, _ = await service.call("POST", "/calls", token, json=body)
    assert status == 422
    assert {mistake["field"] for mistake in problem["errors"]} == {"caller_number", "answer"}


async def test_a_number_nobody_can_dial_is_told_how_to_write_it(service: Service) -> None:
    token = await service.person("operator1", Role.OPERATOR)
    body = {"narrative": WAGES, "caller_number": "138000"}
    status, problem, _ = await service.call("POST", "/calls", token, json=body)
    assert status == 422
    assert problem["errors"][0]["field"] == "caller_number"
