"""Accounts for a run: one of each kind, with tokens for the API and cookies for pages."""

from __future__ import annotations

from dataclasses import dataclass

from bench.made_cases import BUSIEST
from hotline import clock
from hotline.accounts.models import Account
from hotline.accounts.roles import Role
from hotline.accounts.sessions import begin_session
from hotline.accounts.tokens import create_token
from hotline.migrations import migrate
from hotline.policy import Policy
from hotline.storage.database import Database


@dataclass(frozen=True, slots=True)
class People:
    """Accounts by login; the headers with which a token or a browser comes."""

    accounts: dict[str, int]
    operator: dict[str, str]
    supervisor: dict[str, str]
    supervisor_page: dict[str, str]
    staff_page: dict[str, str]


async def make_people(url: str, policy: Policy) -> People:
    """Migrate an empty database and make the accounts of a run in it."""
    database = Database(url)
    try:
        await migrate(database.engine)
        return await _people(database, policy)
    finally:
        await database.close()


async def _people(database: Database, policy: Policy) -> People:
    wanted: list[tuple[str, Role, str | None]] = [("operator", Role.OPERATOR, None)]
    wanted.append(("supervisor", Role.SUPERVISOR, None))
    wanted += [(f"staff-{each.code}", Role.STAFF, each.code) for each in policy.departments if each.handles]
    now = clock.now()
    async with database.transaction() as session:
        made = [
            Account(login=login, name=f"职员{at}", role=role, department=department, created_at=now)
            for at, (login, role, department) in enumerate(wanted, 1)
        ]
        session.add_all(made)
        await session.flush()
        accounts = {account.login: account.id for account in made}

        async def token(login: str) -> dict[str, str]:
            made = await create_token(session, account_id=accounts[login], name="bench", now=now)
            return {"Authorization": f"Bearer {made}"}

        async def cookie(login: str) -> dict[str, str]:
            begun = await begin_session(session, accounts[login], address="127.0.0.1", browser="bench", now=now)
            return {"Cookie": f"hotline_session={begun.token}", "Accept": "text/html"}

        return People(
            accounts=accounts,
            operator=await token("operator"),
            supervisor=await token("supervisor"),
            supervisor_page=await cookie("supervisor"),
            staff_page=await cookie(f"staff-{BUSIEST}"),
        )
