"""Ties to employers on the page of an account."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from aiohttp import web

from hotline.accounts import ties
from hotline.errors import Invalid, Mistake
from hotline.i18n import _, mark
from hotline.routing.units import UnitNamed
from hotline.web.keys import COUNTS, WORK
from hotline.web.page import address
from hotline.work import Work


def employer_of(work: Work, typed: str) -> UnitNamed:
    """The organisation somebody has typed, by its code or its name. Raises `Invalid` with those it may be."""
    units = work.policy.routing.units
    unit = units.by_code(typed) or units.named(text="", employer=typed)
    if unit is not None:
        return unit
    near = units.candidates(text="", employer=typed) if typed.strip() else ()
    if near:
        message = mark("Several may be meant. Please give the code: {names}.")
        names = _(", ").join(f"{one.name} {one.code}" for one in near)
        raise Invalid(Mistake("organisation", message, {"names": names}))
    raise Invalid(Mistake("organisation", mark("The register knows no such employer. Please give its name or code.")))


async def make(request: web.Request, login: str, values: Mapping[str, str]) -> None:
    """Tie the account to the employer the form names."""
    work = request[WORK]
    unit = employer_of(work, values.get("organisation", ""))
    reason = values.get("tie_reason", "")
    await ties.make_tie(work, login, organisation_id=unit.id, code=unit.code, reason=reason)
    request.app[COUNTS].by_account.clear()


async def end(request: web.Request, login: str, tie_id: int) -> None:
    """End a tie of the account."""
    work = request[WORK]

    def code_of(organisation_id: int) -> str:
        unit = work.policy.routing.units.get(organisation_id)
        return unit.code if unit is not None else f"#{organisation_id}"

    await ties.end_tie(work, login, tie_id, names=code_of)
    request.app[COUNTS].by_account.clear()


async def tie_context(request: web.Request, login: str, account_id: int) -> dict[str, Any]:
    """The context of `console/_ties.html` but for who may make one."""
    work = request[WORK]
    shown = []
    for tie in await ties.list_ties(work, account_id):
        unit = work.policy.routing.units.get(tie.organisation_id)
        name = f"{unit.name} · {unit.code}" if unit is not None else _("an organisation that is not known here")
        action = address(request, "account.tie.end", login=login, id=str(tie.id))
        view = {"name": name, "reason": tie.reason, "made_by": tie.made_by or "", "made_at": tie.made_at}
        shown.append(SimpleNamespace(**view, action=action))
    return {"ties": shown, "tie_action": address(request, "account.tie", login=login)}
