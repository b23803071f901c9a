"""More holes that were found by attacking the service, each shut for good."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest

from hotline import clock
from hotline.accounts.roles import Role
from hotline.clock import SHANGHAI
from hotline.reports import files
from tests.factories import WAGES
from tests.service import Service, running_service
from tests.web.visitor import Arrive, Visitor


async def test_workbooks_that_wait_for_each_other_hold_no_connection_of_the_database(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "WRITE", ("sleep", "60"))
    monkeypatch.setattr(files, "SECONDS", 2.0)
    async with running_service(database_url, pool_size=2) as service, Visitor(service) as visitor:
        await service.person("supervisor1", Role.SUPERVISOR, password=True)
        await visitor.sign_in("supervisor1")
        sent = {"csrf": await visitor.csrf()}

        async def export() -> int:
            async with visitor.http.post(f"{service.url}/figures/report.xlsx", data=sent) as answer:
                return answer.status

        async def somebody_else() -> Any:
            await asyncio.sleep(1)  # the first is being written by now
            return (await visitor.get("/me"))[0]

        exports = [asyncio.ensure_future(export()) for _ in range(3)]
        look = asyncio.ensure_future(somebody_else())
        done, _waiting = await asyncio.wait([*exports, look], return_when=asyncio.FIRST_COMPLETED)
        assert done == {look}
        assert look.result() == 200
        assert await asyncio.gather(*exports) == [503] * 3


@pytest.mark.parametrize(
    "asked",
    ["after=18446744073709551616", "after=-5", "line=1&key=%00", "what=%00", f"what={'cases.' * 500}cases", "what=x"],
)
async def test_figures_that_cannot_be_are_refused_with_a_sentence(arrive: Arrive, asked: str) -> None:
    visitor = await arrive("supervisor1", Role.SUPERVISOR)
    assert (await visitor.get(f"/figures/behind?{asked}"))[0] == 422
    assert (await visitor.post("/figures/views", {"name": "a\0b"}))[0] == 422


DAY = "2027-01-04"
NOTICE = f'[years.2027]\nsource = "x"\nholidays = [{{ name = "x", from = {DAY}, until = {DAY} }}]'
HOSTILE: Sequence[tuple[str, str]] = (
    ("a field without end", f"date,kind,name\n{DAY},holiday,{'x' * 140_000}"),
    ("a year without end", f"date,kind\n{'9' * 20}-01-01,holiday"),
    ("a line too short", "kind,date\nholiday"),
    ("a NUL in a name", f"date,kind,name\n{DAY},holiday,a\0b"),
    ("lists without end", f"x = {'[' * 20_000}"),
    ("tables without end", f"x = {'{a=' * 20_000}"),
    ("a number without end", f"x = {'9' * 6_000}"),
    ("an escaped NUL", NOTICE.replace('name = "x"', 'name = "\\u0000"')),
    ("an escaped NUL in its source", NOTICE.replace('source = "x"', 'source = "\\u0000"')),
)


async def test_a_hostile_notice_of_holidays_is_refused_with_a_sentence(arrive: Arrive) -> None:
    visitor = await arrive("supervisor1", Role.SUPERVISOR)
    for what, content in HOSTILE:
        name = "a.csv" if content.startswith(("date", "kind")) else "a.toml"
        form = aiohttp.FormData({"csrf": await visitor.csrf()})
        form.add_field("file", io.BytesIO(content.encode()), filename=name)
        assert (await visitor._ask("POST", "/calendar/preview", form, {}))[0] == 422, what
        assert (await visitor.post("/calendar/import", {"content": content, "file_name": name}))[0] == 422, what
    for odd in ({"file_name": "a\0.toml"}, {"file_name": "a.toml", "source": "\0"}):
        assert (await visitor.post("/calendar/import", {"content": NOTICE, **odd}))[0] == 422
    as_people_name_it = {"content": NOTICE, "file_name": "2027年 放假安排（通知）.toml"}
    assert (await visitor.post("/calendar/import", as_people_name_it))[0] == 303


async def test_of_two_supervisors_who_judge_one_sample_at_once_the_second_is_told(
    service: Service, arrive: Arrive
) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    answered = {"narrative": WAGES, "action": "answer", "answer": "已答复"}
    _, case, _ = await service.call("POST", "/calls", operator, json=answered)
    today = clock.now().astimezone(SHANGHAI).date().isoformat()
    visitors = [await arrive(f"supervisor{n}", Role.SUPERVISOR) for n in range(4)]
    sent = {"on": today, "tone": "yes"}
    answers = await asyncio.gather(*(one.post(f"/quality/{case['number']}", sent) for one in visitors))
    assert sorted(status for status, _text, _headers in answers) == [303, 409, 409, 409]
