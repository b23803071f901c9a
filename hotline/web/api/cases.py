"""Cases over the API: log a call, list, read, act."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.cases.calls import NewCall, call_and_step
from hotline.cases.case_file import get_case_file
from hotline.cases.details import DETAILS
from hotline.cases.follow_up import take_step
from hotline.cases.handling import case_to_work_on
from hotline.cases.intake import take_call
from hotline.cases.lifecycle import Action, Status
from hotline.cases.queue import After, Filters, Page, find_cases
from hotline.cases.search import search_cases
from hotline.cases.words import Code
from hotline.errors import Changed, Invalid, Mistake, NotFound
from hotline.i18n import mark
from hotline.storage.kept_answers import Answer
from hotline.telephony.calls import Channel
from hotline.web.api.once import answer_once
from hotline.web.api.shapes import CaseShape, CasesShape
from hotline.web.api.views import case_answer, listed_answer, taken_answer
from hotline.web.forms import check_json, read_json, read_query
from hotline.web.keys import SETTINGS, WORK
from hotline.work import Work, leave_trace

PAGE: Final = 50
_IF_MATCH: Final = re.compile(r'\*|"[0-9]{1,9}"')


class ListQuery(BaseModel):
    """What `GET /cases` may be asked."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=100)] = ""
    status: Status | None = None
    category: Code | None = None
    department: Code | None = None
    urgency: Annotated[str | None, Field(pattern="^(normal|urgent|critical)$")] = None
    channel: Channel | None = None
    cursor: Annotated[str | None, Field(max_length=100)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = PAGE


async def log_call(request: web.Request) -> web.Response:
    """POST /calls: a call becomes a case; 201 with its address."""
    check_json(request)
    new = read_json(await request.read(), NewCall)
    work = request[WORK]

    async def do() -> Answer:
        call, first = call_and_step(new, area_code=request.app[SETTINGS].area_code)
        taken = await take_call(work, call, first)
        answer = taken_answer(work, taken, call)
        return _answer(201, answer, Location=f"/api/v1/cases/{answer.number}")

    return await answer_once(request, do)


async def list_cases(request: web.Request) -> web.Response:
    """GET /cases: the newest first, filtered or searched, a page at a time."""
    asked = read_query(request, ListQuery)
    work = request[WORK]
    filters = Filters(
        department=asked.department,
        category=asked.category,
        status=asked.status,
        urgency=asked.urgency,
        channel=asked.channel,
    )
    after = _after(asked.cursor)
    page: Page
    if asked.q.strip():
        page = await search_cases(work, asked.q, filters=filters, after=after, size=asked.limit)
        await leave_trace(work, "case.search", details={"found": len(page.rows)})
    else:
        page = await find_cases(work, filters=filters, after=after, size=asked.limit)
    shape = CasesShape(cases=listed_answer(work, page.rows), next=_cursor(page.next))
    return web.Response(text=shape.model_dump_json(), content_type="application/json")


async def show_case(request: web.Request) -> web.Response:
    """GET /cases/{number}: everything about one case; leaves a trace."""
    work = request[WORK]
    file = await get_case_file(work, request.match_info["number"])
    await leave_trace(work, "case.read", case_id=file.case.id, subject=file.case.number)
    answer = _answer(200, case_answer(work, file))
    runs = any(clock.ended_at is None for clock in file.statutory.clocks)  # its days pass without a new version
    if request.headers.get("If-None-Match") == answer.headers["ETag"] and not runs:
        return web.Response(status=304, headers=answer.headers)
    return web.Response(text=answer.body, content_type="application/json", headers=answer.headers)


async def act(request: web.Request) -> web.Response:
    """POST /cases/{number}/actions/{action}: take a step; If-Match refuses when the case has changed (412)."""
    body = await request.read()
    if body:
        check_json(request)
    work, number = request[WORK], request.match_info["number"]
    action = _action(request.match_info["action"])
    details = read_json(body or b"{}", DETAILS[action])

    async def do() -> Answer:
        case = await case_to_work_on(work, number)
        _check_version(request, case.version)
        await take_step(work, case, details)
        await work.session.flush()
        return await answer_worked_on(work, number)

    return await answer_once(request, do)


async def answer_worked_on(work: Work, number: str, status: int = 200) -> Answer:
    """The case as it is now, for who has just changed it."""
    return _answer(status, case_answer(work, await get_case_file(work, number, just_worked_on=True)))


def _action(code: str) -> Action:
    try:
        return Action(code)
    except ValueError:
        raise NotFound(mark("There is no action {action}."), action=code) from None


def version_wanted(request: web.Request) -> str:
    """The version of the case that `If-Match` names; empty where any will do. Raises `Invalid`."""
    wanted = request.headers.get("If-Match", "*")
    if not _IF_MATCH.fullmatch(wanted):
        raise Invalid(Mistake("If-Match", mark("Send back the ETag you were given, quotes included, or *.")))
    return wanted.strip('"*')


def _check_version(request: web.Request, version: int) -> None:
    if version_wanted(request) not in {"", str(version)}:
        raise Changed(
            mark("The case has changed since you read it (now version {version}). Read it again."), version=version
        )


def _etag(version: int) -> str:
    return f'"{version}"'


def _answer(status: int, case: CaseShape, **headers: str) -> Answer:
    return Answer(status, {"ETag": _etag(case.version), **headers}, case.model_dump_json())


def _cursor(after: After | None) -> str | None:
    return None if after is None else base64.urlsafe_b64encode(str(after.id).encode()).decode()


def _after(cursor: str | None) -> After | None:
    if cursor is None:
        return None
    try:
        number = int(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, binascii.Error, UnicodeEncodeError):
        number = -1
    if not 0 < number < 2**63:
        raise Invalid(Mistake("cursor", mark("This is no cursor. Take the one the page before gave as “next”.")))
    return After(None, number)
