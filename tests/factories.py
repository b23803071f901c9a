"""People, policies and cases for tests: made by the services themselves."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.intake import Taken, take_call
from hotline.cases.models import Case
from hotline.cases.queries import get_case
from hotline.policy import Policy, load_policy
from hotline.telephony.calls import Call
from hotline.telephony.numbers import parse_number
from hotline.work import Work

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
"""Wednesday, 4 March 2026, noon in Shanghai."""
WAGES = "我们工地三十多个人，老板拖欠工资四个月"
_logins = itertools.count(1)


@cache
def policy() -> Policy:
    """The configuration that ships, read once."""
    return load_policy()


async def make_actor(
    session: AsyncSession, role: Role = Role.OPERATOR, *, department: str | None = None, login: str | None = None
) -> Actor:
    """An account of this role, and the person behind it."""
    login = login or f"{role.value.replace('_', '-')}-{next(_logins)}"
    account = Account(login=login, name=f"测试{login}", role=role, department=department, created_at=NOON)
    session.add(account)
    await session.flush()
    below = policy().departments.below(department) if department else frozenset()
    return Actor(account.id, login, account.name, role, department, below)


def make_work(session: AsyncSession, actor: Actor, *, now: datetime = NOON) -> Work:
    """A piece of work of this person."""
    return Work(session=session, policy=policy(), actor=actor, now=now, address="127.0.0.1", request_id="test")


def make_call(narrative: str = WAGES, *, number: str = "138 0000 1234", **more: Any) -> Call:
    """A call with this number; `more` are fields of `Call`."""
    return Call(narrative=narrative, caller_number=parse_number(number, area_code="0411"), **more)


async def make_case(work: Work, narrative: str = WAGES, first: d.Details | None = None, **more: Any) -> Taken:
    """A case from a call taken by the actor of `work`."""
    return await take_call(work, make_call(narrative, **more), first)


async def locked(work: Work, taken: Taken) -> Case:
    """The case as this person may lock it."""
    return await get_case(work, taken.case.number, lock=True)
