"""Letters: the list, one of them as it lies on paper, its files, and what is done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.cases.case_file import get_case_file
from hotline.documents.letter_texts import KIND_LABELS, LetterKind
from hotline.errors import Conflict, Invalid, NotFound
from hotline.i18n import _, mark
from hotline.letters.filling import day_of, paper_of
from hotline.letters.models import Letter, LetterState
from hotline.letters.store import chain_of, get_letter, has_received, letters_beside, list_letters, people_of
from hotline.letters.writing import (
    Answered,
    NewLetter,
    Served,
    SignOff,
    Withdrawal,
    answer_letter,
    draft_letter,
    offered,
    receive_letter,
    serve_letter,
    sign_off,
    withdraw_letter,
)
from hotline.web.console.case import case_page
from hotline.web.console.forms import refused, whole_number
from hotline.web.console.letter_views import STATE_LABELS, letter_context, list_rows
from hotline.web.console.offers import Filled
from hotline.web.forms import VERSION_FIELD, form_values, read_query, read_values
from hotline.web.keys import DATABASE, KEEP, PRESS, TRANSACTION, WORK
from hotline.web.navigation import forget_counts
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import say, status_of
from hotline.work import Work, leave_trace

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class LettersQuery(BaseModel):
    """Which letters, and where the page before ended."""

    model_config = ConfigDict(extra="forbid")

    kind: LetterKind | None = None
    state: LetterState | None = None
    before: Annotated[int | None, Field(ge=1, lt=2**63)] = None


async def show_all(request: web.Request) -> web.Response:
    """GET /letters: the letters this person may see, newest first; leaves a trace."""
    work = request[WORK]
    asked = read_query(request, LettersQuery, blank_is_absent=True)
    found, following = await list_letters(work, kind=asked.kind, state=asked.state, before=asked.before)
    await leave_trace(work, "letter.list", details={"found": len(found)})
    here = address(request, "letters")
    kept = "".join(f"{key}={value.value}&" for key, value in (("kind", asked.kind), ("state", asked.state)) if value)
    return await page(
        request,
        "console/letters.html",
        rows=list_rows(work, found),
        values={"kind": asked.kind or "", "state": asked.state or ""},
        kinds=[(kind.value, _(label)) for kind, label in KIND_LABELS.items()],
        states=[(state.value, _(label)) for state, label in STATE_LABELS.items()],
        filtered=bool(kept),
        next_href=f"{here}?{kept}before={following}" if following else "",
        first_href=f"{here}?{kept}".rstrip("?&") if asked.before else "",
    )


async def show(request: web.Request) -> web.Response:
    """GET /letters/{id}: the letter as on paper, what was done with it, what can be done; leaves a trace."""
    return await _letter_page(request)


async def _letter_page(
    request: web.Request,
    *,
    status: int = 200,
    about: str = "",
    values: Mapping[str, str] | None = None,
    mistakes: Mapping[str, str] | None = None,
) -> web.Response:
    work = request[WORK]
    one = await get_letter(work, _id(request))
    letter = one.letter
    await leave_trace(work, "letter.read", case_id=letter.case_id, subject=letter.number, details={"letter": letter.id})
    context = letter_context(
        work,
        one,
        await people_of(work.session, letter),
        await chain_of(work, letter),
        actions=offered(work.actor, one),
        received=await has_received(work, letter.id),
    )
    return await page(
        request,
        "console/letter.html",
        status,
        **context,
        about=about,
        values=values or {},
        mistakes=mistakes or {},
        today=day_of(work.now),
    )


async def draft(request: web.Request) -> web.Response:
    """POST /letters: a letter to the employer of a case, as a draft to be looked at."""
    values = await form_values(request)
    try:
        letter = await draft_letter(request[WORK], read_values(values, NewLetter))
    except Invalid as problem:
        await request[TRANSACTION].rollback()
        file = await get_case_file(request[WORK], values.get("case", ""), beside=letters_beside)
        await leave_trace(request[WORK], "case.read", case_id=file.case.id, subject=file.case.number)
        request[KEEP] = True  # nothing but the trace of having read the case
        said = " ".join(map(say, problem.mistakes))
        return await case_page(request, file, status=status_of(problem), refusal=said, filled=Filled(values=values))
    return redirect(request, "letter", id=str(letter.id), flash=Flash(_("The letter is drafted; it is not sent yet.")))


Doing = Callable[[Work, int, Any, int | None], Awaitable[Letter]]
_DOING: Final[dict[str, tuple[type[BaseModel], Any, str]]] = {
    "sign": (SignOff, sign_off, mark("The letter is signed off.")),
    "serve": (Served, serve_letter, mark("It is written down that the letter was served.")),
    "answer": (Answered, answer_letter, mark("The answer is filed.")),
    "withdraw": (Withdrawal, withdraw_letter, mark("The letter is withdrawn.")),
}


async def act(request: web.Request) -> web.Response:
    """POST /letters/{id}/{action}: sign off, serve, answer, withdraw, or say that one has read it."""
    work, action = request[WORK], request.match_info["action"]
    if action == "receive":
        await receive_letter(work, _id(request))
        forget_counts(request)
        return redirect(
            request, "letter", id=str(_id(request)), flash=Flash(_("It is written down that you have read it."))
        )
    if action not in _DOING:
        raise NotFound(mark("There is no action {action}."), action=action)
    model, do, done = _DOING[action]
    values = await form_values(request)
    version = whole_number(values.get(VERSION_FIELD, "")) or 0
    try:
        await do(work, _id(request), read_values(values, model), version=version)
    except (Invalid, Conflict) as problem:
        await request[TRANSACTION].rollback()
        request[KEEP] = True  # nothing but the trace of having read the letter
        return await _letter_page(
            request, status=status_of(problem), about=action, values=values, mistakes=refused(problem)
        )
    forget_counts(request)
    return redirect(request, "letter", id=str(_id(request)), flash=Flash(_(done)))


async def pdf(request: web.Request) -> web.Response:
    """GET /letters/{id}.pdf: the letter as it is printed; leaves a trace."""
    return await _file(request, as_docx=False)


async def docx(request: web.Request) -> web.Response:
    """GET /letters/{id}.docx: the same for a word processor; leaves a trace."""
    return await _file(request, as_docx=True)


async def _file(request: web.Request, *, as_docx: bool) -> web.Response:
    """The file, set after the database was let go."""
    kind = "docx" if as_docx else "pdf"
    async with request.app[DATABASE].transaction() as session:
        work = replace(request[WORK], session=session)
        letter = (await get_letter(work, _id(request))).letter
        paper = paper_of(letter)
        details = {"letter": letter.id, "file": kind}
        await leave_trace(work, "letter.print", case_id=letter.case_id, subject=letter.number, details=details)
    made = await request.app[PRESS].letter(paper, as_docx=as_docx)
    name = quote(f"{letter.number or _(KIND_LABELS[letter.kind])}.{kind}", safe="")
    return web.Response(
        body=made,
        content_type=DOCX if as_docx else "application/pdf",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])
