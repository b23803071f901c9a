"""The trail: who did, saw or exported what. The auditor reads it on pages or as a table file, and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.logins import plain_login
from hotline.accounts.my_account import confirm_password
from hotline.cases.words import Line
from hotline.clock import SHANGHAI
from hotline.errors import Conflict, Invalid
from hotline.i18n import _, mark
from hotline.privacy.models import TrailEntry
from hotline.privacy.trail import TrailFilters, TrailKey, TrailPage, find_trail, record
from hotline.reports.sheets import csv_text
from hotline.web import show as words_of
from hotline.web.console.acts import EXPORT, act_label, act_options, detail_words
from hotline.web.console.forms import refused
from hotline.web.forms import FIRST_MOMENT, LAST_MOMENT, Moment, form_values, read_query, read_values
from hotline.web.keys import WORK
from hotline.web.page import address, page
from hotline.web.refusals import status_of
from hotline.work import Work

MOST_ROWS: Final = 10_000
AT_ONCE: Final = 1_000
HEADINGS: Final = (
    mark("When"), mark("Who"), mark("What"), mark("Code"), mark("About"), mark("Reason"), mark("Details"),
    mark("Address"), mark("Request"),
)  # fmt: skip
_FIELDS: Final[tuple[str, ...]] = ("actor", "action", "about", "since", "until")
_Day = Annotated[date | None, Field(ge=FIRST_MOMENT.date(), le=LAST_MOMENT.date())]


class TrailQuery(BaseModel):
    """What narrows the trail, and where the page before ended. `until` is the last day that is shown."""

    model_config = ConfigDict(extra="forbid")

    actor: Annotated[Line, Field(max_length=64)] = ""
    action: Annotated[Line, Field(max_length=48)] = ""
    about: Annotated[Line, Field(max_length=120)] = ""
    since: _Day = None
    until: _Day = None
    after_at: Moment = None
    after_id: Annotated[int | None, Field(ge=1, lt=2**63)] = None


async def show(request: web.Request) -> web.Response:
    """GET /trail: one page, newest first."""
    try:
        asked = read_query(request, TrailQuery)
    except Invalid as problem:
        return await _page(request, dict(request.query), TrailPage((), None), status=422, mistakes=refused(problem))
    after = TrailKey(asked.after_at, asked.after_id) if asked.after_at and asked.after_id else None
    found = await find_trail(request[WORK].session, filters=_filters(asked), after=after)
    return await _page(request, dict(request.query), found, later=after is not None)


async def export(request: web.Request) -> web.Response:
    """POST /trail/export: what the page shows, as CSV, the newest 10,000 entries; leaves an entry itself."""
    values = await form_values(request)
    work = request[WORK]
    chosen = {name: values[name] for name in _FIELDS if name in values}
    try:
        filters = _filters(read_values(chosen, TrailQuery))
    except Invalid as problem:
        return await _page(request, chosen, TrailPage((), None), status=422, mistakes=refused(problem))
    try:
        await confirm_password(work, current=values.get("current", ""))
    except (Invalid, Conflict) as problem:
        found = await find_trail(work.session, filters=filters)
        return await _page(request, chosen, found, status=status_of(problem), mistakes=refused(problem))
    rows = await _rows(work, filters)
    await record(
        work.session,
        act=EXPORT,
        actor_id=work.actor.account_id,
        actor=work.actor.login,
        at=work.now,
        address=work.address,
        request_id=work.request_id,
        details={"rows": len(rows)},
    )
    name = f"trail-{work.now.astimezone(SHANGHAI):%Y%m%d-%H%M}.csv"
    return web.Response(
        text=csv_text([tuple(map(_, HEADINGS)), *rows]),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _rows(work: Work, filters: TrailFilters) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    after: TrailKey | None = None
    while len(rows) < MOST_ROWS:
        found = await find_trail(work.session, filters=filters, after=after, size=AT_ONCE)
        rows.extend(_row(entry) for entry in found.entries)
        after = found.next
        if after is None:
            break
    return rows


def _row(entry: TrailEntry) -> tuple[str, ...]:
    return (
        words_of.full(entry.at),
        entry.actor,
        act_label(entry.act),
        entry.act,
        entry.subject,
        entry.reason or "",
        detail_words(entry.details),
        entry.address,
        entry.request_id,
    )


def _filters(asked: TrailQuery) -> TrailFilters:
    return TrailFilters(
        actor=plain_login(asked.actor) or None,
        act=asked.action or None,
        subject=asked.about or None,
        since=None if asked.since is None else _begin(asked.since),
        until=None if asked.until is None else _begin(asked.until + timedelta(days=1)),
    )


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


async def _page(
    request: web.Request,
    typed: Mapping[str, str],
    found: TrailPage,
    *,
    status: int = 200,
    mistakes: Mapping[str, str] | None = None,
    later: bool = False,
) -> web.Response:
    here = address(request, "trail")
    values = {name: typed[name] for name in _FIELDS if typed.get(name)}
    first = f"{here}?{urlencode(values)}" if values else here
    return await page(
        request,
        "console/trail.html",
        status,
        path=here,
        entries=[_view(entry, here) for entry in found.entries],
        values=values,
        mistakes=mistakes or {},
        actions=act_options(),
        next_href=_next(here, values, found.next),
        first_href=first if later else "",
        most_rows=MOST_ROWS,
        intact="",
    )


def _next(here: str, values: Mapping[str, str], after: TrailKey | None) -> str:
    if after is None:
        return ""
    return f"{here}?{urlencode({**values, 'after_at': after.at.isoformat(), 'after_id': after.id})}"


def _view(entry: TrailEntry, here: str) -> dict[str, Any]:
    details = detail_words(entry.details)
    return {
        "at": entry.at,
        "actor": entry.actor or "—",
        "address": entry.address,
        "action_label": act_label(entry.act),
        "subject": entry.subject,
        "subject_href": f"{here}?{urlencode({'about': entry.subject})}" if entry.subject else "",
        "reason": " · ".join(filter(None, (entry.reason, details))),
    }
