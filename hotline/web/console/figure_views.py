"""Saved views: choices of figures a person comes back to."""

from __future__ import annotations

from aiohttp import web

from hotline.errors import Invalid, Mistake
from hotline.i18n import _, mark
from hotline.reports.figures import Period
from hotline.reports.views import delete_view, save_view
from hotline.web.console.figure_query import FiguresQuery, query_of
from hotline.web.forms import form_values
from hotline.web.keys import WORK
from hotline.web.page import redirect
from hotline.web.pages import Flash


async def save(request: web.Request) -> web.Response:
    """POST /figures/views: keep the figures that are shown under a name."""
    values = await form_values(request)
    chosen = {key: values[key] for key in ("report", "by", "since", "until") if values.get(key)}
    try:
        asked = FiguresQuery.model_validate(chosen)
    except ValueError:
        raise Invalid(Mistake("view", mark("Open the figures you want to keep, then save them."))) from None
    await save_view(request[WORK], values.get("name", ""), asked.model_dump(mode="json", exclude_none=True))
    answer = redirect(request, "figures", flash=Flash(_("The view is kept.")))
    period = Period(asked.since, asked.until) if asked.since and asked.until else None
    answer.headers["Location"] += f"?{query_of(asked, period)}"
    return answer


async def drop(request: web.Request) -> web.Response:
    """POST /figures/views/{id}/delete: a view is no longer needed."""
    await delete_view(request[WORK], int(request.match_info["id"]))
    return redirect(request, "figures", flash=Flash(_("The view is deleted.")))
