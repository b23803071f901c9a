"""How completely cases are written: a page for teaching, sorted by name."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Final

from aiohttp import web

from hotline.accounts.permissions import Permission
from hotline.cases.rights import condition
from hotline.i18n import _
from hotline.reports.writing import LEAST, Written, written_cases
from hotline.routing.questions import SEVEN, SEVEN_LABELS
from hotline.web import show as words
from hotline.web.keys import WORK
from hotline.web.page import page
from hotline.work import leave_trace

DAYS: Final = 90


async def show(request: web.Request) -> web.Response:
    """GET /figures/writing: how many of the seven facts the cases of the last 90 days tell; leaves a trace."""
    work = request[WORK]
    visible = condition(work.actor, Permission.FIGURES_READ)
    since = work.now - timedelta(days=DAYS)
    found = await written_cases(work.session, visible, since=since, until=work.now)
    await leave_trace(work, "figures.writing", details={"found": len(found)})
    return await page(
        request,
        "console/writing.html",
        rows=[_row(one) for one in found],
        facts=[_(SEVEN_LABELS[fact]) for fact in SEVEN],
        seven=len(SEVEN),
        days=DAYS,
        least=LEAST,
    )


def _row(one: Written) -> SimpleNamespace:
    return SimpleNamespace(
        name=one.name,
        cases=words.count(one.cases),
        told=f"{one.told:.1f}",
        missing=[
            SimpleNamespace(label=_(SEVEN_LABELS[fact]), share=words.share(n, one.cases)) for fact, n in one.missing
        ],
    )
