"""Workers who call about one employer or place, and who looks at what they tell."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.roles import Role
from hotline.incidents.models import Incident
from hotline.incidents.watch import look_at
from hotline.routing.crowds import USUAL
from hotline.work import Work
from tests.factories import NOON, make_actor, make_case, make_work

EMPLOYER = "宏达建筑有限公司"


class Crowd:
    """An operator who hears of one employer again and again, and a supervisor."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.numbers: list[str] = []
        self.callers = 0

    async def open(self) -> Crowd:
        self.operator = make_work(self.session, await make_actor(self.session))
        self.supervisor = make_work(self.session, await make_actor(self.session, Role.SUPERVISOR))
        return self

    async def lead_of(self, department: str) -> Work:
        return make_work(self.session, await make_actor(self.session, Role.LEAD, department=department))

    async def calls(self, count: int, *, employer: str = EMPLOYER, **more: Any) -> None:
        for _ in range(count):
            self.callers += 1
            given: dict[str, Any] = {"employer": employer, "number": f"138 0000 {self.callers:04d}"} | more
            taken = await make_case(self.operator, **given)
            self.numbers.append(taken.case.number)

    async def look(self) -> int:
        return await look_at(self.session, self.numbers, USUAL, now=NOON)

    async def incidents(self) -> list[Incident]:
        return [
            *await self.session.scalars(
                select(Incident).order_by(Incident.id).execution_options(populate_existing=True)
            )
        ]

    async def the_one(self) -> Incident:
        (one,) = await self.incidents()
        return one
