"""The rule book: the rules in force and how they fare, drafts and versions, the beginning of a draft."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

from aiohttp import web

from hotline.errors import Invalid
from hotline.i18n import _
from hotline.rulebook import queries
from hotline.rulebook.models import PUBLISHED, State
from hotline.rulebook.versions import make_draft
from hotline.web.console.forms import refused, whole_number
from hotline.web.console.rule_set import table_of
from hotline.web.console.rule_views import note_words, rule_line, state_words
from hotline.web.forms import form_values
from hotline.web.keys import WORK
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash

PERIOD: Final = timedelta(days=90)
COPIED: Final = frozenset({*PUBLISHED, State.DRAFT})


async def show(request: web.Request) -> web.Response:
    """GET /rules: the rules in force with hits and returns of 90 days; drafts and versions."""
    return await _page(request)


async def make(request: web.Request) -> web.Response:
    """POST /rules/drafts: a draft that begins as a copy of a rule set."""
    values = await form_values(request)
    based_on = whole_number(values.get("based_on", "")) or 0
    try:
        draft = await make_draft(request[WORK], based_on=based_on, note=values.get("note", ""))
    except Invalid as problem:
        return await _page(request, 422, values=values, mistakes=refused(problem))
    made = Flash(_("The draft is made. Change it, let a backtest run, then another person publishes it."))
    return redirect(request, "rule_set", id=str(draft.id), flash=made)


async def _page(request: web.Request, status: int = 200, **context: Any) -> web.Response:
    work, here = request[WORK], address(request, "rules")
    versions = [_version(request, row) for row in await queries.list_rule_sets(work.session)]
    in_force = await queries.active_row(work.session)
    figures = await queries.rule_figures(work, since=work.now - PERIOD)
    shown: dict[str, Any] = {
        "path": here,
        "active": next((one for one in versions if one.state == State.ACTIVE), None),
        "drafts": [one for one in versions if one.state == State.DRAFT],
        "versions": [one for one in versions if one.state in PUBLISHED],
        "discarded": [one for one in versions if one.state == State.DISCARDED],
        "rules": []
        if in_force is None
        else [rule_line(work.policy, rule, figures) for rule in table_of(in_force).rule],
        "copies": [(one.id, f"{one.version} · {one.state_label}") for one in versions if one.state in COPIED],
        "days": PERIOD.days,
        "most": queries.DECISIONS_LOOKED_AT,
        "values": {},
        "mistakes": {},
    }
    return await page(request, "console/rules.html", status, **{**shown, **context})


def _version(request: web.Request, row: Any) -> SimpleNamespace:
    return SimpleNamespace(
        id=row.id,
        href=address(request, "rule_set", id=str(row.id)),
        version=row.version,
        state=row.state,
        state_label=state_words(row.state),
        note=note_words(row.note),
        writer=row.writer or "hotline",
        publisher=row.publisher or "hotline",
        based_on=row.based_on or "",
        changed_at=row.changed_at,
        published_at=row.published_at,
        superseded_at=row.superseded_at,
    )
