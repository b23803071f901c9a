"""The whole service in this process: a real port, a real database, people with tokens and sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from hotline import clock
from hotline.accounts.models import Account
from hotline.accounts.passwords import hash_password
from hotline.accounts.roles import Role
from hotline.accounts.sessions import begin_session
from hotline.accounts.tokens import create_token
from hotline.settings import Settings
from hotline.storage.database import Database
from hotline.web.app import make_app
from tests.factories import policy

PASSWORD = "长长的一句话当密码 2026"
MEDIATION = "city-mediation"


_kept: list[str] = []


async def _hash_of_password() -> str:
    """The hash of `PASSWORD`, made once: it takes its time, and signing in checks it with all the work it asks for."""
    if not _kept:
        _kept.append(await hash_password(PASSWORD))
    return _kept[0]


@dataclass(slots=True)
class Service:
    """A running service and the way to it."""

    url: str
    database: Database
    http: aiohttp.ClientSession

    async def person(self, login: str, role: Role, department: str | None = None, *, password: bool = False) -> str:
        """Make an account; gives its API token. With `password` it can also sign in with `PASSWORD`."""
        async with self.database.transaction() as session:
            account = Account(
                login=login,
                name=f"测试{login}",
                role=role,
                department=department,
                created_at=clock.now(),
                password_hash=await _hash_of_password() if password else None,
            )
            session.add(account)
            await session.flush()
            return await create_token(session, account_id=account.id, name="tests", now=clock.now())

    async def begin_session(self, login: str) -> str:
        """The key of a session of this account, as signing in begins one: without a password, which takes its time."""
        async with self.database.transaction() as session:
            account_id = await session.scalar(select(Account.id).where(Account.login == login))
            assert account_id is not None, login
            begun = await begin_session(session, account_id, address="127.0.0.1", browser="tests", now=clock.now())
            return begun.token

    async def call(
        self, method: str, path: str, token: str | None = None, *, json: Any = None, **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Ask the API: status, body, headers."""
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        async with self.http.request(method, f"{self.url}/api/v1{path}", json=json, headers=sent) as answer:
            body = await answer.json(content_type=None) if answer.content_length != 0 else None
            return answer.status, body, answer.headers


@asynccontextmanager
async def running_service(database_url: str, **settings: Any) -> AsyncIterator[Service]:
    """The service on this database, until the block ends."""
    chosen = Settings(**settings)
    database = Database(database_url, pool_size=chosen.pool_size)
    app = make_app(chosen, database, policy())
    server = TestServer(app, host="127.0.0.1", handler_cancellation=False)
    await server.start_server(shutdown_timeout=2)
    try:
        async with aiohttp.ClientSession() as http:
            yield Service(str(server.make_url("")).rstrip("/"), database, http)
    finally:
        await server.close()
