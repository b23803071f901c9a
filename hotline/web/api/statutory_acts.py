"""Statutory clocks over the API: begun and changed as on the page of the case, by the same services and rights."""

from __future__ import annotations

from aiohttp import web

from hotline.cases import statutory_details as d
from hotline.cases.statutory import begin_clock, change_clock
from hotline.errors import NotFound
from hotline.i18n import mark
from hotline.storage.kept_answers import Answer
from hotline.web.api.cases import answer_worked_on, version_wanted
from hotline.web.api.once import answer_once
from hotline.web.forms import check_json, read_json
from hotline.web.keys import WORK


async def begin(request: web.Request) -> web.Response:
    """POST /cases/{number}/statutory: watch a clock; 201 with the case."""
    check_json(request)
    asked = read_json(await request.read(), d.Begin)
    work, number, version = request[WORK], request.match_info["number"], version_wanted(request)

    async def do() -> Answer:
        await begin_clock(work, number, asked, version=version)
        return await answer_worked_on(work, number, 201)

    return await answer_once(request, do)


async def change(request: web.Request) -> web.Response:
    """POST /cases/{number}/statutory/{clock}/{change}: correct, interrupt, suspend, resume, take back, confirm, end."""
    did, clock = request.match_info["change"], int(request.match_info["clock"])
    model = d.CHANGES.get(did)
    if model is None:
        raise NotFound(mark("There is no action {action}."), action=did)
    check_json(request)
    asked = read_json(await request.read(), model)
    work, number, version = request[WORK], request.match_info["number"], version_wanted(request)

    async def do() -> Answer:
        await change_clock(work, number, clock, asked, version=version)
        return await answer_worked_on(work, number)

    return await answer_once(request, do)
