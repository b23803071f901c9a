"""An organisation written by hand: a new one, a correction, closing and opening again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from hotline.errors import Changed, Conflict, Invalid, Refusal
from hotline.i18n import _
from hotline.registry.cells import LONGEST_NAME, cell_text
from hotline.registry.editing import (
    add_organisation,
    change_organisation,
    end_organisation,
    reopen_organisation,
)
from hotline.registry.fields import BY_CODE, FIELDS, Field, Type
from hotline.registry.queries import get_organisation, values_of
from hotline.web.console.forms import refused
from hotline.web.console.registry import GROUPS, trace_reading
from hotline.web.forms import VERSION_FIELD, form_values
from hotline.web.keys import TRANSACTION, WORK
from hotline.web.page import page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import status_of

_LARGEST_VERSION: Final = 10
"""Digits."""
_KINDS: Final = {Type.DATE: "date", Type.CHOICE: "choice", Type.YES_NO: "yes_no", Type.COUNT: "count"}


async def show_new(request: web.Request) -> web.Response:
    """GET /organisations/new: an empty form; `superior` may be filled in already."""
    superior = request.query.get("superior", "")[:40]
    return await _form(request, {"superior_code": superior}, code="")


async def add(request: web.Request) -> web.Response:
    """POST /organisations: the new organisation."""
    values = await form_values(request)
    try:
        made = await add_organisation(request[WORK], values)
    except (Invalid, Conflict) as problem:
        return await _again(request, values, problem, code="")
    said = Flash(_("{name} stands in the register now.", name=made.name))
    return redirect(request, "organisation", code=made.code, flash=said)


async def show(request: web.Request) -> web.Response:
    """GET /organisations/{code}/edit: what stands in the register, to be corrected."""
    organisation = await get_organisation(request[WORK].session, request.match_info["code"])
    await trace_reading(request[WORK], organisation)
    values = {code: cell_text(BY_CODE[code], value) for code, value in values_of(organisation).items()}
    for field in FIELDS:
        if field.type is Type.CHOICE:
            values[field.code] = getattr(organisation, field.code) or ""
        elif field.type is Type.YES_NO:
            chosen = getattr(organisation, field.code)
            values[field.code] = "" if chosen is None else "yes" if chosen else "no"
    return await _form(request, values, code=organisation.code, version=str(organisation.version))


async def change(request: web.Request) -> web.Response:
    """POST /organisations/{code}: the correction."""
    values = await form_values(request)
    code = request.match_info["code"]
    sent = values.get(VERSION_FIELD, "")
    version = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < _LARGEST_VERSION else 0
    try:
        await change_organisation(request[WORK], code, values, version=version)
    except Changed as problem:
        await request[TRANSACTION].rollback()
        now = await get_organisation(request[TRANSACTION], code)
        return await _again(request, {**values, VERSION_FIELD: str(now.version)}, problem, code=code)
    except (Invalid, Conflict) as problem:
        return await _again(request, values, problem, code=code)
    return redirect(request, "organisation", code=code, flash=Flash(_("The correction is saved.")))


async def end(request: web.Request) -> web.Response:
    """POST /organisations/{code}/end: closed, and kept."""
    code = request.match_info["code"]
    await end_organisation(request[WORK], code)
    return redirect(request, "organisation", code=code, flash=Flash(_("Closed.")))


async def reopen(request: web.Request) -> web.Response:
    """POST /organisations/{code}/reopen: open again."""
    code = request.match_info["code"]
    await reopen_organisation(request[WORK], code)
    return redirect(request, "organisation", code=code, flash=Flash(_("Open again.")))


async def _again(request: web.Request, values: Mapping[str, str], problem: Refusal, *, code: str) -> web.Response:
    """The form with what was typed and what is wrong."""
    await request[TRANSACTION].rollback()
    version = values.get(VERSION_FIELD, "")
    return await _form(
        request, values, code=code, version=version, status=status_of(problem), mistakes=refused(problem)
    )


async def _form(
    request: web.Request,
    values: Mapping[str, str],
    *,
    code: str,
    version: str = "",
    status: int = 200,
    mistakes: Mapping[str, str] | None = None,
) -> web.Response:
    return await page(
        request,
        "console/organisation_form.html",
        status,
        code=code,
        version=version,
        values=values,
        mistakes=mistakes or {},
        labels={field.code: field.label for field in FIELDS},
        groups=[
            (_(label), [_shown(BY_CODE[one]) for one in codes if one != "code" or not code]) for label, codes in GROUPS
        ],
        yes_no=[("yes", _("yes")), ("no", _("no"))],
    )


def _shown(field: Field) -> dict[str, Any]:
    kind = _KINDS.get(field.type, "area" if field.code == "remarks" else "text")
    return {
        "code": field.code,
        "label": field.label,
        "kind": kind,
        "required": field.required,
        "longest": field.longest if kind in {"text", "area"} else LONGEST_NAME,
        "options": [(choice.code, choice.label) for choice in field.choices],
        "hint": _("Several names: a semicolon between two.") if field.type is Type.NAMES else "",
    }
