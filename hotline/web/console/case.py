"""A case: its page, its sheet for printing, and revealing what is masked."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, allows
from hotline.cases.callers import known_caller
from hotline.cases.case_file import CaseFile, get_case_file
from hotline.cases.models import Case
from hotline.cases.rights import facts_of
from hotline.cases.words import Line
from hotline.errors import NotAllowed
from hotline.i18n import mark
from hotline.letters.store import letters_beside
from hotline.telephony.numbers import number_from_normal
from hotline.web.console.case_view import case_context
from hotline.web.console.letter_views import letters_panel
from hotline.web.console.offers import UNTOUCHED, Filled, draw_actions, draw_clocks, offers
from hotline.web.console.rows import short_cases
from hotline.web.console.statutory_views import statutory_panel
from hotline.web.console.supervised_view import supervised_context
from hotline.web.forms import form_values, read_query, read_values
from hotline.web.keys import TEMPLATES, WORK
from hotline.web.page import page
from hotline.work import Work, leave_trace

SHOWN: Final = frozenset({"all", "decision", "note"})


class CaseQuery(BaseModel):
    """What the address of a case may carry."""

    model_config = ConfigDict(extra="forbid")

    show: Literal["all", "decision", "note"] = "all"


class Reveal(BaseModel):
    """What is to be shown in full, and why."""

    model_config = ConfigDict(extra="forbid")

    what: Literal["name", "number"]
    reason: Annotated[Line, Field(min_length=2)]


async def show(request: web.Request) -> web.Response:
    """GET /cases/{number}: the page of a case; leaves a trace."""
    asked = read_query(request, CaseQuery)
    file = await open_case_file(request, "case.read")
    return await case_page(request, file, kind=asked.show)


async def case_page(
    request: web.Request,
    file: CaseFile,
    *,
    status: int = 200,
    kind: str = "all",
    shown: dict[str, str] | None = None,
    refusal: str = "",
    filled: Filled = UNTOUCHED,
) -> web.Response:
    """The page of a case, with what came back from a form or a refusal, if anything did."""
    work = request[WORK]
    known = await known_caller(work, file.caller.number) if file.called_again else None
    others = [row for row in known.open if row.number != file.case.number] if known else []
    ended = [row for row in known.ended if row.number != file.case.number] if known else []
    context = {**case_context(work, file, shown=shown, kind=kind), **supervised_context(work, file)}
    clocks = statutory_panel(work, file)
    offered = offers(work, without=_not_offered(work, file.case))
    draw_clocks(request.app[TEMPLATES], offered, clocks, filled)
    draw_actions(request.app[TEMPLATES], offered, context["actions"], context["awaited"], filled)
    return await page(
        request,
        "console/case.html",
        status,
        **context,
        statutory=clocks,
        letters=letters_panel(work, file),
        related=short_cases(work, others),
        earlier=short_cases(work, ended),
        refusal=refusal,
        open_action=filled.action,
        values=filled.values,
        mistakes=filled.mistakes,
    )


def _not_offered(work: Work, case: Case) -> frozenset[str]:
    """The department that has the case, and those it may never go to."""
    barred = work.policy.routing.links.barred(case.unit_id, case.employer_key)
    return barred if case.department is None else barred | {case.department}


async def sheet(request: web.Request) -> web.Response:
    """GET /cases/{number}/sheet: the case on paper, masked; leaves a trace."""
    file = await open_case_file(request, "case.print")
    work = request[WORK]
    return await page(
        request,
        "console/case_sheet.html",
        **case_context(work, file),
        statutory=statutory_panel(work, file),
        **supervised_context(work, file),
        printed_by=work.actor.name,
    )


async def reveal(request: web.Request) -> web.Response:
    """POST /cases/{number}/reveal: one value in full, after the reason has been written down."""
    asked = read_values(await form_values(request), Reveal)
    work = request[WORK]
    file = await get_case_file(work, request.match_info["number"], beside=letters_beside)
    if not allows(work.actor, Permission.CASE_REVEAL, facts_of(file.case)):
        raise NotAllowed(mark("You may read this case, but its caller is not yours to know."))
    await _trace(request, "case.reveal", file, reason=asked.reason, details={"what": asked.what})
    value = file.caller.name if asked.what == "name" else _dialled(file)
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response({"value": value})
    return await case_page(request, file, shown={asked.what: value})


def _dialled(file: CaseFile) -> str:
    return number_from_normal(file.caller.number, file.caller.extension).display if file.caller.number else ""


async def open_case_file(request: web.Request, act: str) -> CaseFile:
    """The file of the case this request names; leaves a trace under `act`."""
    file = await get_case_file(request[WORK], request.match_info["number"], beside=letters_beside)
    await _trace(request, act, file)
    return file


async def _trace(
    request: web.Request, act: str, file: CaseFile, *, reason: str | None = None, details: dict[str, Any] | None = None
) -> None:
    await leave_trace(
        request[WORK], act, case_id=file.case.id, subject=file.case.number, reason=reason, details=details
    )
