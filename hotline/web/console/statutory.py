"""Statutory clocks and receipts: the forms of their panel on the page of a case, and the paper."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from hotline.accounts.permissions import Permission, allows
from hotline.cases import statutory_details as d
from hotline.cases.case_file import get_case_file
from hotline.cases.rights import facts_of
from hotline.cases.statutory import begin_clock, change_clock
from hotline.cases.statutory_queries import day_of, receipt_of
from hotline.cases.statutory_receipts import make_receipt, receipt_number
from hotline.errors import Conflict, Invalid, NotAllowed, NotFound
from hotline.i18n import _, mark
from hotline.web.console.case import case_page, open_case_file
from hotline.web.console.offers import Filled
from hotline.web.console.statutory_paper import TEMPLATE, receipt_data
from hotline.web.forms import VERSION_FIELD, form_values, read_values
from hotline.web.keys import DATABASE, KEEP, PRESS, WORK
from hotline.web.navigation import forget_counts
from hotline.web.page import redirect
from hotline.web.pages import Flash
from hotline.web.refusals import say, words
from hotline.work import Work, leave_trace

_DONE: Final = {
    "begin": mark("The clock is watched."),
    "correct": mark("Counted anew."),
    "interrupt": mark("Counted anew."),
    "suspend": mark("Counted anew."),
    "resume": mark("Counted anew."),
    "take_back": mark("Withdrawn, and counted anew."),
    "confirm": mark("It counts now."),
    "end": mark("The clock is no longer watched."),
    "receipt": mark("The receipt is made: print it or send it to the worker."),
}
Do = Callable[[Work, str, Mapping[str, str]], Awaitable[object]]


async def begin(request: web.Request) -> web.Response:
    """POST /cases/{number}/statutory/new: watch a clock."""
    values = await form_values(request)

    async def do(work: Work, number: str, sent: Mapping[str, str]) -> None:
        await begin_clock(work, number, read_values(sent, d.Begin), version=sent.get(VERSION_FIELD, ""))

    form = f"statutory-{values.get('kind', '')}" if values.get("offered") else "statutory-new"
    return await _submit(request, form, "begin", values, do)


async def change(request: web.Request) -> web.Response:
    """POST /cases/{number}/statutory/{clock}/{change}: correct, interrupt, suspend, resume, take back, confirm, end."""
    did, clock = request.match_info["change"], request.match_info["clock"]
    model = d.CHANGES.get(did)
    if model is None:
        raise NotFound(mark("There is no action {action}."), action=did)

    async def do(work: Work, number: str, sent: Mapping[str, str]) -> None:
        await change_clock(work, number, int(clock), read_values(sent, model), version=sent.get(VERSION_FIELD, ""))

    return await _submit(request, f"statutory-{clock}-{did}", did, await form_values(request), do)


async def make(request: web.Request) -> web.Response:
    """POST /cases/{number}/statutory/receipts: a receipt of the call for the worker."""

    async def do(work: Work, number: str, sent: Mapping[str, str]) -> None:
        await make_receipt(work, number, read_values(sent, d.MakeReceipt))

    return await _submit(request, "statutory-receipt", "receipt", await form_values(request), do)


async def paper(request: web.Request) -> web.Response:
    """GET /cases/{number}/statutory/receipts/{receipt}.pdf: the receipt on paper; leaves a trace.

    It is set after the database was let go.
    """
    async with request.app[DATABASE].transaction() as session:
        work = replace(request[WORK], session=session)
        file = await get_case_file(work, request.match_info["number"])
        receipt = await receipt_of(session, file.case.id, int(request.match_info["receipt"]))
        if receipt is None:
            raise NotFound(mark("This case has no such receipt."))
        if receipt.with_name and not allows(work.actor, Permission.CASE_REVEAL, facts_of(file.case)):
            raise NotAllowed(mark("You may read this case, but its caller is not yours to know."))
        details = {"receipt": receipt.ordinal, "with_name": receipt.with_name}
        await leave_trace(work, "receipt.read", case_id=file.case.id, subject=file.case.number, details=details)
    made = await request.app[PRESS].paper(TEMPLATE, receipt_data(work, file, receipt), dated=day_of(receipt.made_at))
    name = receipt_number(file.case.number, receipt.ordinal)
    headers = {"Content-Disposition": f'attachment; filename="receipt-{name}.pdf"', "Cache-Control": "no-store"}
    return web.Response(body=made, content_type="application/pdf", headers=headers)


async def _submit(request: web.Request, form: str, did: str, values: dict[str, Any], do: Do) -> web.Response:
    """Do it and see the case; mistakes and refusals come back on its page, in the form they came from."""
    work, number = request[WORK], request.match_info["number"]
    sent = {key: value for key, value in values.items() if key != "offered"}
    try:
        await do(work, number, sent)
        await work.session.flush()
    except (Invalid, Conflict) as problem:
        await work.session.rollback()
        try:
            file = await open_case_file(request, "case.read")
        except NotFound:
            raise problem from None
        request[KEEP] = True  # nothing but the trace of having read the case
        if isinstance(problem, Invalid):
            found = {mistake.field: say(mistake) for mistake in problem.mistakes}
            return await case_page(request, file, status=422, filled=Filled(form, values, found))
        said = words(problem.message, problem.params)
        return await case_page(request, file, status=409, filled=Filled(form, values), refusal=said)
    forget_counts(request)
    return redirect(request, "case", number=number, flash=Flash(_(_DONE[did])))
