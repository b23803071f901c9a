"""An operator and a member of staff who bring cases over the API to where a page goes on."""

from __future__ import annotations

from typing import Any

from hotline.accounts.roles import Role
from tests.factories import WAGES
from tests.service import MEDIATION, Service


class People:
    """An operator and a member of staff with tokens."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def come(self) -> People:
        """Make their accounts."""
        self.operator = await self.service.person("loader", Role.OPERATOR)
        self.staff = await self.service.person("handler", Role.STAFF, MEDIATION)
        return self

    async def accepted(self, **told: Any) -> str:
        """The number of a new case that is in hand."""
        status, case, _ = await self.service.call("POST", "/calls", self.operator, json={"narrative": WAGES, **told})
        assert status == 201, case
        await self.act(self.staff, case["number"], "accept")
        return str(case["number"])

    async def act(self, token: str, number: str, action: str, **details: Any) -> dict[str, Any]:
        """What a step has made of the case."""
        status, body, _ = await self.service.call("POST", f"/cases/{number}/actions/{action}", token, json=details)
        assert status == 200, body
        return dict(body)

    async def read(self, number: str) -> dict[str, Any]:
        """The case."""
        return dict((await self.service.call("GET", f"/cases/{number}", self.operator))[1])
