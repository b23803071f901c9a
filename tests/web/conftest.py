"""People with browsers on a running service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from hotline.accounts.roles import Role
from tests.service import Service
from tests.web.visitor import Arrive, Visitor


@pytest.fixture
async def arrive(service: Service) -> AsyncIterator[Arrive]:
    """Make an account of a role and sign it in."""
    async with AsyncExitStack() as stack:

        async def arrived(login: str, role: Role, department: str | None = None) -> Visitor:
            await service.person(login, role, department, password=True)
            visitor = await stack.enter_async_context(Visitor(service))
            assert (await visitor.sign_in(login))[0] == 303
            return visitor

        yield arrived
