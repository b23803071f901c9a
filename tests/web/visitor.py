"""Somebody with a browser, as far as HTTP goes: keeps cookies, follows nothing by itself."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

import aiohttp
from yarl import URL

from hotline.privacy.trail import TrailFilters, find_trail
from tests.service import PASSWORD, Service

FORM = {"Accept": "text/html", "Accept-Encoding": "identity"}


class Visitor:
    """Somebody's browser: keeps cookies, follows nothing by itself."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.http = aiohttp.ClientSession(headers=FORM, cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_gone: object) -> None:
        await self.http.close()

    async def get(self, path: str, **headers: str) -> tuple[int, str, Any]:
        return await self._ask("GET", path, None, headers)

    async def post(self, path: str, fields: Any = None, *, csrf: bool = True, **headers: str) -> tuple[int, str, Any]:
        fields = list(fields.items()) if isinstance(fields, dict) else list(fields or ())
        if csrf:
            fields.append(("csrf", await self.csrf()))
        return await self._ask("POST", path, fields, headers)

    async def _ask(self, method: str, path: str, fields: Any, headers: dict[str, str]) -> tuple[int, str, Any]:
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        url = URL(f"{self.service.url}{path}", encoded=True)
        async with self.http.request(method, url, data=fields, headers=sent, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers

    @property
    def key(self) -> str:
        """The key of the session."""
        return self.http.cookie_jar.filter_cookies(URL(self.service.url))["hotline_session"].value

    async def csrf(self) -> str:
        _status, text, _headers = await self.get("/me")
        found = re.search(r'name="csrf" value="([0-9a-f]{32})"', text)
        return found.group(1) if found else ""

    def come_with(self, key: str) -> None:
        """Be signed in with the key of a session."""
        self.http.cookie_jar.update_cookies({"hotline_session": key}, URL(self.service.url))

    async def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> tuple[int, str, Any]:
        return await self.post("/sign-in", {"login": login, "password": password, **fields}, csrf=False)


async def acts(service: Service, **filters: Any) -> list[str]:
    """What the trail tells, newest first; without the tokens tests come with."""
    async with service.database.transaction() as session:
        found = await find_trail(session, filters=TrailFilters(**filters))
    return [entry.act for entry in found.entries if entry.details.get("scopes") != []]


Arrive = Callable[..., Awaitable[Visitor]]
"""Make an account (login, role, department) and sign it in: a fixture."""
