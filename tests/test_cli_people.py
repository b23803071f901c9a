"""The commands for people, run as a person at the machine runs them."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import pytest

from hotline import clock
from hotline.accounts.codes import set_password_by_code
from hotline.accounts.roles import Role
from hotline.accounts.sign_in import SignedIn, sign_in
from hotline.accounts.tokens import actor_of_token
from hotline.cli.people import print_first_codes
from hotline.privacy.trail import TrailFilters, find_trail
from hotline.storage.database import Database
from tests.factories import make_actor, policy
from tests.service import MEDIATION

CODE = re.compile(r"\w{6}(-\w{6}){3}")
OWN = "一句自己想出来的长话 2026"


class Told(NamedTuple):
    status: int
    out: str
    err: str


Hotline = Callable[..., Awaitable[Told]]


@asynccontextmanager
async def started(database_url: str, *words: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HOTLINE_", "LC_", "LANG"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline", *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment | {"HOTLINE_DATABASE_URL": database_url, "LANG": "C.UTF-8", **more},
    )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.fixture
async def hotline(database_url: str) -> Hotline:
    async def run(*words: str, **environment: str) -> Told:
        async with started(database_url, *words, **environment) as process:
            out, err = await process.communicate()
            return Told(process.returncode or 0, out.decode(), err.decode())

    return run


async def test_an_account_is_made_with_a_code_that_chooses_its_password(hotline: Hotline, database: Database) -> None:
    told = await hotline("account", "add", "Wang.Li", "--name", "王丽", "--role", "staff", "--department", MEDIATION)
    assert told.status == 0
    assert CODE.fullmatch(told.out.strip())
    assert "wang.li" in told.err
    assert told.out.strip() not in told.err
    async with database.transaction() as session:
        login = await set_password_by_code(session, code=told.out.strip(), password=OWN, now=clock.now())
        found = await sign_in(session, login=login, password=OWN, address="", browser="", now=clock.now())
    assert isinstance(found, SignedIn)
    assert found.role is Role.STAFF
    listed = await hotline("account", "list", LANG="zh_CN.UTF-8")
    assert "王丽" in listed.out
    assert "承办人" in listed.out
    async with database.transaction() as session:
        (added,) = (await find_trail(session, filters=TrailFilters(actor="hotline"))).entries
    assert (added.act, added.subject, added.actor_id) == ("account.add", "wang.li", None)


async def test_every_mistake_is_told_without_a_traceback(hotline: Hotline) -> None:
    told = await hotline("account", "add", "王", "--name", " ", "--role", "staff")
    assert (told.status, told.out) == (1, "")
    assert [line.split(":")[0] for line in told.err.strip().splitlines()] == ["login", "name", "department"]
    told = await hotline("account", "disable", "nobody")
    assert (told.status, told.out, told.err.strip()) == (1, "", "There is no account nobody.")


async def test_a_token_stands_alone_on_standard_output_and_opens(hotline: Hotline, database: Database) -> None:
    async with database.transaction() as session:
        await make_actor(session, Role.OPERATOR, login="machine")
    told = await hotline("token", "create", "--account", "machine", "--scope", "case.read", "--days", "3")
    assert (told.status, told.err) == (0, "")
    token = told.out.removesuffix("\n")
    async with database.transaction() as session:
        actor = await actor_of_token(session, token, now=clock.now(), below=policy().departments.below)
    assert actor is not None
    assert (actor.login, actor.scopes) == ("machine", frozenset({"case.read"}))
    listed = await hotline("token", "list", "--account", "machine")
    assert "Read cases" in listed.out
    assert token not in listed.out
    number = re.search(r"^(\d+) ", listed.out, flags=re.MULTILINE)
    assert number
    assert (await hotline("token", "revoke", number.group(1))).status == 0
    async with database.transaction() as session:
        assert await actor_of_token(session, token, now=clock.now(), below=policy().departments.below) is None
    assert (await hotline("token", "revoke", number.group(1))).status == 1


async def test_a_token_cannot_be_allowed_more_than_its_account(hotline: Hotline, database: Database) -> None:
    async with database.transaction() as session:
        await make_actor(session, Role.OPERATOR, login="machine")
    told = await hotline("token", "create", "--account", "machine", "--scope", "trail.read")
    assert (told.status, told.out) == (1, "")
    assert told.err.startswith("scopes: This account may not do trail.read itself.")
    assert (await hotline("token", "create", "--account", "machine", "--scope", "everything")).status == 2
    assert (await hotline("token", "create", "--account", "nobody")).err.strip() == "There is no account nobody."


async def test_an_account_is_disabled_enabled_given_a_role_and_a_new_code(hotline: Hotline, database: Database) -> None:
    async with database.transaction() as session:
        await make_actor(session, Role.OPERATOR, login="lihua")
    assert (await hotline("account", "disable", "lihua")).status == 0
    assert "disabled" in (await hotline("account", "reset", "lihua")).err
    assert (await hotline("account", "enable", "lihua")).status == 0
    assert CODE.fullmatch((await hotline("account", "reset", "lihua")).out.strip())
    told = await hotline("account", "role", "lihua", "--role", "lead", "--department", "nowhere")
    assert told.err.startswith("department: ")
    assert (await hotline("account", "role", "lihua", "--role", "lead", "--department", MEDIATION)).status == 0
    assert MEDIATION in (await hotline("account", "list")).out


async def test_the_last_administrator_stays_even_at_the_machine(hotline: Hotline, database: Database) -> None:
    async with database.transaction() as session:
        await make_actor(session, Role.ADMINISTRATOR, login="boss")
    told = await hotline("account", "disable", "boss")
    assert told.status == 1
    assert "the last one with the role “Administrator”" in told.err


async def test_first_codes_are_said_until_both_roles_are_filled(database: Database) -> None:
    said: list[str] = []
    await print_first_codes(database, said.append)
    assert len(said) == 3
    assert all(CODE.search(line) for line in said[1:])
    async with database.transaction() as session:
        await make_actor(session, Role.ADMINISTRATOR)
    said.clear()
    await print_first_codes(database, said.append)
    assert len(said) == 2
    async with database.transaction() as session:
        await make_actor(session, Role.SECURITY_OFFICER)
    said.clear()
    await print_first_codes(database, said.append)
    assert said == []


async def test_the_service_says_the_first_codes_beside_its_log(database_url: str) -> None:
    async with started(database_url, "serve", "--port", "0") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        ready = (await process.stdout.readline()).decode()
        assert ready.startswith("ready http://127.0.0.1:")
        process.terminate()
        lines = (await process.stderr.read()).decode().splitlines()
    codes = [line for line in lines if CODE.search(line)]
    assert len(codes) == 2
    assert not any(line.startswith("{") for line in codes)
