"""Filing an election on the page of an organisation."""

from __future__ import annotations

from aiohttp import web

from hotline.errors import Conflict, Invalid
from hotline.i18n import _
from hotline.reminders.filing import Filing, file_election
from hotline.web.console.forms import refused
from hotline.web.console.registry import organisation_page
from hotline.web.forms import form_values, read_values
from hotline.web.keys import TRANSACTION, WORK
from hotline.web.page import redirect
from hotline.web.pages import Flash
from hotline.web.refusals import status_of


async def file(request: web.Request) -> web.Response:
    """POST /organisations/{code}/election: the election was held, the next one has its date."""
    code, values = request.match_info["code"], await form_values(request)
    try:
        await file_election(request[WORK], code, read_values(values, Filing))
    except (Invalid, Conflict) as problem:
        await request[TRANSACTION].rollback()
        return await organisation_page(request, status=status_of(problem), values=values, mistakes=refused(problem))
    return redirect(request, "organisation", code=code, flash=Flash(_("The election is filed; the date moves on.")))
