"""The employer's organisation on the page of a call: found in the words, or offered to be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Final

from aiohttp import web

from hotline.i18n import _
from hotline.policy import Policy
from hotline.routing.departments import Department
from hotline.routing.units import UnitNamed
from hotline.web.console.labels import department_name, department_path
from hotline.web.forms import form_values
from hotline.web.keys import WORK
from hotline.web.page import fragment
from hotline.work import Work

_LONGEST: Final = {"employer": 200, "place": 200, "narrative": 4000, "unit": 40}


async def offer_units(request: web.Request) -> web.Response:
    """POST /intake/units: which employers may be meant by what has been typed so far; nothing is stored."""
    values = await form_values(request)
    return fragment(request, "console/_units.html", units=units_view(request[WORK], values))


def units_view(work: Work, values: Mapping[str, str]) -> SimpleNamespace:
    """The context of `console/_units.html`: the one that was chosen or found, else those that may be meant."""
    units = work.policy.routing.units
    told = {name: values.get(name, "")[:longest] for name, longest in _LONGEST.items()}
    chosen = units.by_code(told["unit"])
    text, employer = told["narrative"], told["employer"]
    found = chosen or units.named(text=text, employer=employer, place=told["place"])
    offered: tuple[UnitNamed, ...] = ()
    if found is None:
        offered = units.spelt(employer) or units.candidates(text=text, employer=employer)
    return SimpleNamespace(
        found=None if found is None else _view(found),
        chosen=chosen is not None,
        offered=[_view(unit) for unit in offered],
        unknown=bool(len(units) and employer.strip() and found is None and not offered),
    )


def _view(unit: UnitNamed) -> SimpleNamespace:
    above = " › ".join(superior.name for superior in unit.superiors)
    return SimpleNamespace(code=unit.code, name=unit.name, above=above)


def unit_path(policy: Policy, decision: Mapping[str, Any]) -> list[str]:
    """From the employer over those above it to the department: none for a decision that knew no organisation.

    Where another place went before the employer's territory, the way ends at the top of the register.
    """
    unit = decision.get("unit")
    if not unit:
        return []
    way = [unit["name"]]
    territory = policy.departments.get(decision.get("territory") or "")
    for superior in unit.get("superiors", ()):
        way.append(superior["name"])
        if territory is not None and _stands_for(policy, territory, superior):
            return [*way, *_department(policy, decision.get("department"), beside=territory.code)]
    return way


def _stands_for(policy: Policy, territory: Department, superior: Mapping[str, str]) -> bool:
    unit = policy.routing.units.by_code(superior["code"])
    return superior["name"] == territory.name or (
        unit is not None and policy.routing.links.by_unit.get(unit.id) == territory.code
    )


def _department(policy: Policy, code: str | None, *, beside: str) -> list[str]:
    """The department at the end of the way; without its federation where that stands on the way already."""
    found = policy.departments.get(code or "")
    if found is None or found.code == beside:
        return []
    return [department_name(policy, code) if found.superior == beside else department_path(policy, found.code)]


def how_found(decision: Mapping[str, Any]) -> str:
    """Which words led to the organisation."""
    unit = decision.get("unit")
    if not unit:
        return ""
    if unit.get("start") is not None:
        return _("named in the narrative: {words}", words=unit["words"])
    return _("chosen or named as the employer")
