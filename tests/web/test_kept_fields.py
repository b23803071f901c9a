"""Fields of the forms of a case are drawn once and kept: nobody's words stay in them, no language, no department."""

from __future__ import annotations

import re

import pytest

from hotline.accounts.roles import Role
from hotline.web.console import offers
from tests.factories import WAGES
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive, Visitor

WORDS = "已核实用人单位拖欠事实，等待补正"


@pytest.fixture
async def case(service: Service) -> str:
    operator = await service.person("operator1", Role.OPERATOR)
    send = {"narrative": WAGES, "action": "route", "department": MEDIATION, "reason": "试"}
    status, made, _ = await service.call("POST", "/calls", operator, json=send)
    assert status == 201, made
    return f"/cases/{made['number']}"


def _without_keys(text: str) -> str:
    """A page but for what is of this visit: keys, version of the case and its timeline."""
    panel = text[text.index('id="next-title"') : text.index("</section>", text.index('id="next-title"'))]
    return re.sub(r'name="(csrf|version)" value="[^"]*"', "", panel)


async def _panel(visitor: Visitor, case: str) -> str:
    status, text, _ = await visitor.get(case)
    assert status == 200
    return _without_keys(text)


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("resolve", {"done": WORDS}),
        ("return", {"reason": WORDS}),
        ("statutory/new", {"kind": "arbitration", "words": WORDS, "trigger_on": "13月"}),
    ],
)
async def test_what_was_typed_into_a_form_is_in_no_later_page(
    arrive: Arrive, case: str, step: str, fields: dict[str, str]
) -> None:
    staff = await arrive("mediation1", Role.STAFF, MEDIATION)
    await staff.post(f"{case}/accept")
    other = await arrive("mediation2", Role.STAFF, MEDIATION)
    before = await _panel(other, case)
    status, text, _ = await staff.post(f"{case}/{step}", fields)
    assert status == 422
    assert WORDS in text
    status, text, _ = await other.get(case)
    assert WORDS not in text
    assert _without_keys(text) == before == await _panel(staff, case)


async def test_kept_fields_are_what_is_drawn_anew(arrive: Arrive, case: str) -> None:
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    staff = await arrive("mediation1", Role.STAFF, MEDIATION)
    await staff.post(f"{case}/accept")
    kept = {}
    for language in ("zh", "en"):
        for visitor in (supervisor, staff):
            await visitor.post("/language", {"lang": language})
            kept[language, visitor] = [await _panel(visitor, case) for _ in range(2)]
    for (language, visitor), seen in kept.items():
        offers._kept.cache_clear()
        await visitor.post("/language", {"lang": language})
        assert {await _panel(visitor, case), *seen} == {seen[0]}
    assert len({seen[0] for seen in kept.values()}) == len(kept)
