"""The trail as a page and as a table file: who reads it, how it is narrowed, that reading it out is written down."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

from hotline import clock
from hotline.accounts.roles import Role
from hotline.privacy.trail import record
from tests.service import PASSWORD, Service
from tests.web.visitor import Arrive, acts


async def test_only_the_auditor_reads_the_trail_and_reads_nothing_else(arrive: Arrive) -> None:
    auditor = await arrive("auditor", Role.AUDITOR)
    assert (await auditor.get("/"))[2]["Location"] == "/trail"
    assert (await auditor.get("/trail"))[0] == 200
    for path in ("/accounts", "/desks/queue", "/search", "/board", "/figures", "/intake"):
        assert (await auditor.get(path))[0] in {403, 404}
    for role in (Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.SUPERVISOR, Role.OPERATOR):
        other = await arrive(f"other-{role.value.replace('_', '-')}", role)
        assert (await other.get("/trail"))[0] == 403
        assert (await other.post("/trail/export", {"current": PASSWORD}))[0] == 403


async def fill(service: Service, count: int, **values: str) -> None:
    async with service.database.transaction() as session:
        for number in range(count):
            await record(
                session,
                act=values.get("act", "case.read"),
                actor_id=None,
                actor=values.get("actor", "hotline"),
                at=clock.now() - timedelta(minutes=number),
                address="::1",
                request_id="r",
                subject=values.get("subject", f"GH-{number:04}"),
                reason=values.get("reason"),
            )


async def test_the_trail_is_paged_and_narrowed(service: Service, arrive: Arrive) -> None:
    auditor = await arrive("auditor", Role.AUDITOR)
    await fill(service, 120)
    await fill(service, 1, act="case.reveal", subject="GH-9999", reason="回访核实")
    seen: list[str] = []
    path = "/trail?actor=hotline"
    while path:
        status, text, _headers = await auditor.get(path)
        assert status == 200
        seen += re.findall(r">(GH-\d{4})</a>", text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        path = found.group(1).replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 121
    text = (await auditor.get("/trail?action=case.reveal"))[1]
    assert re.findall(r">(GH-\d{4})</a>", text) == ["GH-9999"]
    assert "回访核实" in text
    assert re.findall(r">(GH-\d{4})</a>", (await auditor.get("/trail?about=GH-0007"))[1]) == ["GH-0007"]
    tomorrow = (clock.now() + timedelta(days=2)).date()
    assert "GH-" not in (await auditor.get(f"/trail?since={tomorrow}"))[1]


WRONG_QUERIES = (
    "since=yesterday", "until=0001-01-01", "until=9999-12-31", "after_id=0", "after_id=99999999999999999999",
    "actor=%00", "about=%00", "action=%ED%A0%80%00", "since=2026-01-01&since=2026-01-02", "unknown=1",
    "after_at=0001-01-01T00:00:00Z&after_id=1", "actor=" + "a" * 70,
)  # fmt: skip


async def test_what_no_trail_can_be_narrowed_by_is_said(arrive: Arrive) -> None:
    auditor = await arrive("auditor", Role.AUDITOR)
    for query in WRONG_QUERIES:
        status, text, _headers = await auditor.get(f"/trail?{query}")
        assert status == 422, query
        assert "data-summary" in text


async def test_the_trail_is_exported_as_it_is_narrowed_and_says_so_itself(service: Service, arrive: Arrive) -> None:
    auditor = await arrive("auditor", Role.AUDITOR)
    await fill(service, 3, reason="=cmd|' /C calc'!A0")
    await fill(service, 2, act="case.print")
    status, text, _headers = await auditor.post("/trail/export", {"action": "case.read", "current": "not mine"})
    assert status == 422
    assert 'id="f-current-mistake"' in text
    assert 'name="action" value="case.read"' in text
    assert len(re.findall(r">GH-\d{4}</a>", text)) == 3
    status, text, headers = await auditor.post("/trail/export", {"action": "case.read", "current": PASSWORD})
    assert status == 200
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 4
    assert {row[3] for row in rows[1:]} == {"case.read"}
    assert {row[5] for row in rows[1:]} == {"'=cmd|' /C calc'!A0"}
    text = (await auditor.get("/trail"))[1]
    assert (await acts(service))[0] == "trail.export"
    assert "3" in text


async def test_what_anybody_typed_comes_out_as_text(service: Service, arrive: Arrive) -> None:
    auditor = await arrive("auditor", Role.AUDITOR)
    await fill(service, 1, subject="<img src=x onerror=alert(1)>", reason="<script>alert(1)</script>", act="<b>")
    text = (await auditor.get("/trail"))[1]
    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert "&lt;b&gt;" in text
