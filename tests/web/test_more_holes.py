"""More holes that were found by attacking the service, each shut for good."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hotline.accounts.roles import Role
from hotline.reports import files
from tests.service import running_service
from tests.web.visitor import Visitor


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
