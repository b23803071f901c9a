"""Two people at once, two processes at once: one wins, the others are told."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hotline.accounts.roles import Role
from tests import sweep
from tests.factories import WAGES
from tests.service import MEDIATION, Service, running_service

pytestmark = pytest.mark.faults

CASES = 200
RACERS = 8
LOG = "raced.log"
"""What the other process logs: the sweep at the end of the run reads it."""


async def _make_cases(service: Service, token: str) -> list[str]:
    """Eight at a time: more at once, and a busy machine rightly says 503; what races here are those who accept."""
    turn = asyncio.Semaphore(RACERS)

    async def one() -> str:
        async with turn:
            status, case, _ = await service.call("POST", "/calls", token, json={"narrative": WAGES})
        assert status == 201
        return str(case["number"])

    return list(await asyncio.gather(*(one() for _ in range(CASES))))


@asynccontextmanager
async def another_process(database_url: str) -> AsyncIterator[str]:
    """`hotline serve` as a process of its own on the same database; gives its address."""
    environment = os.environ | {"HOTLINE_DATABASE_URL": database_url, "HOTLINE_LOG_LEVEL": "warning"}
    with (sweep.folder() / LOG).open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hotline", "serve", "--port", "0"),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    try:
        assert process.stdout is not None
        ready = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().split()
        assert ready[0] == "ready"
        yield ready[1]
    finally:
        process.terminate()
        await process.wait()


async def test_of_many_who_accept_a_case_at_once_one_wins(database_url: str) -> None:
    """Eight people race for each of 200 cases, half of them through another process."""
    async with running_service(database_url) as first, another_process(database_url) as address:
        second = Service(address, first.database, first.http)
        operator = await first.person("operator1", Role.OPERATOR)
        racers = [await first.person(f"racer{n}", Role.STAFF, MEDIATION) for n in range(RACERS)]
        numbers = await _make_cases(first, operator)

        async def accept(service: Service, number: str, token: str) -> int:
            status, _, _ = await service.call("POST", f"/cases/{number}/actions/accept", token, json={})
            return status

        for number in numbers:
            answers = await asyncio.gather(
                *(accept((first, second)[at % 2], number, token) for at, token in enumerate(racers))
            )
            assert Counter(answers) == {200: 1, 409: RACERS - 1}
        _, case, _ = await second.call("GET", f"/cases/{numbers[0]}", operator)
        assert [event["action"] for event in case["events"]] == ["route", "accept"]


async def test_fifty_equal_requests_at_once_make_one_case_and_get_one_answer(service: Service) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    answers = await asyncio.gather(
        *(
            service.call("POST", "/calls", operator, json={"narrative": WAGES}, Idempotency_Key="once")
            for _ in range(50)
        )
    )
    assert {status for status, _, _ in answers} == {201}
    assert len({body["number"] for _, body, _ in answers}) == 1
    listed = await service.call("GET", "/cases", operator)
    assert len(listed[1]["cases"]) == 1
