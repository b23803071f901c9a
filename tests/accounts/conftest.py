"""People with passwords, and what happens when somebody tries one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts import passwords
from hotline.accounts.models import Account
from hotline.accounts.passwords import hash_password
from hotline.accounts.roles import Role
from tests.factories import NOON

PASSWORD = "梧桐树下 the old clock 七点"

MakeAccount = Callable[..., Awaitable[Account]]


@pytest.fixture(scope="session")
async def password_hash() -> str:
    """The hash of `PASSWORD`, made once: it takes its time."""
    return await hash_password(PASSWORD)


@pytest.fixture
def with_password(password_hash: str) -> MakeAccount:
    """Make an account that signs in with `PASSWORD`; further values are columns of it."""

    async def make(
        session: AsyncSession, login: str = "wang.li", role: Role = Role.OPERATOR, **more: object
    ) -> Account:
        values = {"password_hash": password_hash, "name": "王丽", "created_at": NOON, **more}
        account = Account(login=login, role=role, **values)
        session.add(account)
        await session.flush()
        return account

    return make


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that passwords were really checked against, in order; the checks themselves go on as ever."""
    seen: list[str] = []
    verify = passwords._verify

    def watched(password: str, password_hash: str) -> bool:
        seen.append(password_hash)
        return verify(password, password_hash)

    monkeypatch.setattr(passwords, "_verify", watched)
    return seen
