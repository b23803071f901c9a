"""Searching: numbers, names, words; two Chinese characters are a word."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.cases.grams import terms
from hotline.cases.queue import After, Page
from hotline.cases.search import search_cases
from hotline.errors import Invalid
from hotline.i18n import _
from hotline.web.console.rows import desk_rows
from hotline.web.forms import read_query
from hotline.web.keys import WORK
from hotline.web.page import page
from hotline.web.refusals import say
from hotline.work import leave_trace


class SearchQuery(BaseModel):
    """What is searched for, and where the page before ended."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=100)] = ""
    after: Annotated[int | None, Field(ge=1, lt=2**63)] = None


async def show(request: web.Request) -> web.Response:
    """GET /search: cases in which every word occurs, newest first; leaves a trace, without the words."""
    mistake = ""
    try:
        asked = read_query(request, SearchQuery)
    except Invalid as problem:
        asked, mistake = SearchQuery(), " ".join(map(say, problem.mistakes))
    work = request[WORK]
    words = terms(asked.q)
    after = None if asked.after is None else After(None, asked.after)
    found = await search_cases(work, asked.q, after=after) if words else Page((), None)
    if words:
        await leave_trace(work, "case.search", details={"found": len(found.rows)})
    rows = desk_rows(work, found.rows, mark_words=words)
    here = f"/search?q={quote(asked.q)}"
    return await page(
        request,
        "console/search.html",
        422 if mistake else 200,
        query=request.query.get("q", "") if mistake else asked.q,
        mistake=mistake,
        title=_("Search"),
        rows=rows,
        can_accept=False,
        chips=[],
        next_href=f"{here}&after={found.next.id}" if found.next else "",
        first_href=here if asked.after else "",
        empty=_empty(searched=bool(words)),
    )


def _empty(*, searched: bool) -> dict[str, Any]:
    if searched:
        return {"text": _("Nothing found."), "then": _("Try fewer words, or the last four digits of a number.")}
    return {
        "text": _("Search for a case number, a telephone number, a name or words."),
        "then": _("Two Chinese characters are enough; several words must all occur."),
    }
