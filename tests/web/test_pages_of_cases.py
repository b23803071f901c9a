"""Pages around cases: whatever is sent or goes wrong, nothing is lost and nothing is left behind."""

from __future__ import annotations

import asyncio
import io
import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.pool import QueuePool

from hotline.accounts.roles import Role
from hotline.cases.models import Case
from tests.factories import WAGES
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive, Visitor, acts


async def test_a_page_about_what_went_wrong_leaves_no_connection_behind(service: Service, arrive: Arrive) -> None:
    visitor = await arrive("operator1", Role.OPERATOR)
    large = io.BytesIO(b"narrative=" + b"x" * 2_000_000)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with visitor.http.post(f"{service.url}/intake", data=large, headers=headers) as answer:
        assert answer.status == 413
    pool = service.database.engine.pool
    assert isinstance(pool, QueuePool)
    async with asyncio.timeout(10):  # what the service does beside borrows one for a moment; one left behind stays away
        while pool.checkedout():  # noqa: ASYNC110 - the pool tells nobody
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "path",
    [
        "/desks/review?after_id=5",
        "/desks/review?after_at=2026-01-01T00:00:00Z",
        "/desks/review?department=%00",
        "/desks/nothing",
        "/search?q=%00",
        "/cases/2026-000001?show=x",
    ],
)
async def test_a_bad_address_of_a_page_is_answered_with_a_sentence(arrive: Arrive, path: str) -> None:
    visitor = await arrive("operator1", Role.OPERATOR)
    status, text, _ = await visitor.get(path)
    assert 200 <= status < 500
    assert "<h1" in text


async def _cases(service: Service) -> int:
    async with service.database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Case)) or 0


async def _once(visitor: Visitor) -> str:
    found = re.search(r'name="once" value="([^"]+)"', (await visitor.get("/intake"))[1])
    assert found is not None
    return found.group(1)


async def test_one_form_sent_twice_makes_one_case(service: Service, arrive: Arrive) -> None:
    visitor = await arrive("operator1", Role.OPERATOR)
    sent = {"once": await _once(visitor), "narrative": WAGES}
    assert [(await visitor.post("/intake", sent))[0] for _ in range(2)] == [303, 303]
    assert await _cases(service) == 1


async def test_another_call_typed_into_a_form_that_was_sent_is_not_swallowed(service: Service, arrive: Arrive) -> None:
    visitor = await arrive("operator1", Role.OPERATOR)
    sent = {"once": await _once(visitor), "narrative": WAGES}
    assert (await visitor.post("/intake", sent))[0] == 303
    sent["narrative"] = "我想申请金秋助学，孩子上大学没钱交学费"
    status, text, _ = await visitor.post("/intake", sent)
    assert status == 422
    assert sent["narrative"] in text
    found = re.search(r'name="once" value="([^"]+)"', text)
    assert found is not None
    assert (await visitor.post("/intake", sent | {"once": found.group(1)}))[0] == 303
    assert await _cases(service) == 2


@pytest.mark.parametrize("fields", [{"once": "a\0b"}, {"narrative": "a\0b"}, {"once": "长" * 300}])
async def test_no_form_of_the_intake_breaks_the_page(arrive: Arrive, fields: dict[str, str]) -> None:
    visitor = await arrive("operator1", Role.OPERATOR)
    for path in ("/intake", "/intake/draft", "/intake/proposal", "/intake/caller"):
        status, _, _ = await visitor.post(path, {"narrative": WAGES, "caller_number": "13800001234"} | fields)
        assert status < 500, path


async def test_a_step_that_is_not_of_a_role_is_refused_as_not_its_own(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    await service.person("mediation1", Role.STAFF, MEDIATION)
    _, case, _ = await service.call("POST", "/calls", operator, json={"narrative": WAGES})
    status, _, _ = await service.call("POST", f"/cases/{case['number']}/actions/accept", operator, json={})
    assert status == 403


async def test_what_cannot_be_searched_for_comes_back_on_the_page_of_the_search(arrive: Arrive) -> None:
    visitor = await arrive("operator1", Role.OPERATOR)
    status, text, _ = await visitor.get("/search?q=" + "x" * 101)
    assert status == 422
    assert "x" * 101 in text
    assert 'class="mistake"' in text


async def test_what_logging_a_call_answers_is_what_reading_it_answers(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    for body in (
        {"narrative": WAGES, "amount_owed": 1200.5},
        {"narrative": WAGES, "action": "answer", "answer": "已解答"},
    ):
        _, logged, _ = await service.call("POST", "/calls", operator, json=body)
        _, read, _ = await service.call("GET", f"/cases/{logged['number']}", operator)
        assert logged == read


async def test_a_case_read_on_the_page_of_a_refusal_leaves_a_trace_too(service: Service, arrive: Arrive) -> None:
    visitor = await arrive("operator1", Role.OPERATOR)
    operator = await service.person("operator2", Role.OPERATOR)
    _, case, _ = await service.call("POST", "/calls", operator, json={"narrative": WAGES})
    assert (await visitor.post(f"/cases/{case['number']}/note", {}))[0] == 422
    assert (await visitor.post(f"/cases/{case['number']}/close", {}))[0] == 409
    assert await acts(service, subject=case["number"]) == ["case.read", "case.read", "call.take"]


async def test_an_answer_is_given_again_though_the_step_has_taken_the_case_out_of_sight(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    staff = await service.person("mediation1", Role.STAFF, MEDIATION)
    _, case, _ = await service.call("POST", "/calls", operator, json={"narrative": WAGES})
    body = {"department": "city-legal", "reason": "属于法律援助"}
    path = f"/cases/{case['number']}/actions/hand_over"
    answers = await asyncio.gather(
        *(service.call("POST", path, staff, json=body, Idempotency_Key="once") for _ in range(8))
    )
    assert {status for status, _, _ in answers} == {200}
