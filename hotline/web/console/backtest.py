"""Backtests: started from a rule set, watched while they run, read when they have ended."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.clock import SHANGHAI
from hotline.errors import Conflict, Invalid, NotAllowed, NotFound
from hotline.i18n import _
from hotline.rulebook.backtest_queries import CHANGES_PAGE, list_changes
from hotline.rulebook.backtests import cancel_backtest, get_backtest, start_backtest
from hotline.rulebook.models import Backtest
from hotline.rulebook.replaying import CHANGES_KEPT
from hotline.web.console import labels
from hotline.web.console.backtest_views import REVIEW, VERDICTS, change_view, progress_view, result_view
from hotline.web.console.forms import refused
from hotline.web.console.rule_set import id_of, rule_set_page
from hotline.web.forms import form_values, read_query, read_values
from hotline.web.keys import TRANSACTION, WORK
from hotline.web.page import address, fragment, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import status_of
from hotline.work import leave_trace

_Day = Annotated[date | None, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]
_Code = Annotated[str, Field(max_length=64)]
IN_REVIEW: Final = "-"


class Period(BaseModel):
    """Which past cases: opened in this period; all of them when nothing is given. `until` is the last day."""

    model_config = ConfigDict(extra="ignore")

    since: _Day = None
    until: _Day = None


class Which(BaseModel):
    """Which changed cases; `old` and `new` are categories, "-" is the review queue."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["", "gained", "lost", "neither"] = ""
    old: _Code = ""
    new: _Code = ""
    after: Annotated[int, Field(ge=0, lt=2**62)] = 0


async def start(request: web.Request) -> web.Response:
    """POST /rules/sets/{id}/backtests: let past cases be replayed."""
    values = await form_values(request)
    try:
        asked = read_values(values, Period)
        since = None if asked.since is None else _begin(asked.since)
        until = None if asked.until is None else _begin(asked.until + timedelta(days=1))
        made = await start_backtest(request[WORK], id_of(request), since=since, until=until)
    except (Invalid, Conflict, NotAllowed) as problem:
        await request[TRANSACTION].rollback()
        return await rule_set_page(request, status_of(problem), mistakes=refused(problem), values=values)
    return redirect(request, "backtest", id=str(made.id))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


async def show(request: web.Request) -> web.Response:
    """GET /rules/backtests/{id}: how far it is, or what it found."""
    found = await get_backtest(request[WORK], id_of(request))
    return await page(request, "console/backtest.html", **_context(request, found))


async def progress(request: web.Request) -> web.Response:
    """GET /rules/backtests/{id}/progress: the part of the page that moves."""
    found = await get_backtest(request[WORK], id_of(request))
    return fragment(request, "console/_backtest_progress.html", progress=progress_view(found, request[WORK].now))


def _context(request: web.Request, found: Backtest) -> dict[str, Any]:
    work = request[WORK]
    changes = address(request, "backtest.changes", id=str(found.id))
    return {
        "path": address(request, "backtest", id=str(found.id)),
        "backtest": found,
        "progress": progress_view(found, work.now),
        "result": None if found.result is None else result_view(work.policy, found.result, changes),
    }


async def cancel(request: web.Request) -> web.Response:
    """POST /rules/backtests/{id}/cancel: stop it."""
    try:
        await cancel_backtest(request[WORK], id_of(request))
    except Conflict as problem:
        await request[TRANSACTION].rollback()
        said = Flash(refused(problem)[""])
        return redirect(request, "backtest", id=request.match_info["id"], flash=said)
    return redirect(request, "backtest", id=request.match_info["id"], flash=Flash(_("The backtest is stopped.")))


async def show_changes(request: web.Request) -> web.Response:
    """GET /rules/backtests/{id}/changes: cases that are decided differently, as far as this person may see them."""
    work = request[WORK]
    found = await get_backtest(work, id_of(request))
    try:
        which = read_query(request, Which)
    except Invalid as problem:
        raise NotFound(refused(problem).get("", problem.message)) from None
    old, new = ({"": None, IN_REVIEW: ""}.get(code, code) for code in (which.old, which.new))
    rows = await list_changes(work, found.id, verdict=which.verdict, old=old, new=new, after=which.after)
    shown, here = rows[:CHANGES_PAGE], address(request, "backtest.changes", id=str(found.id))
    told = {"backtest": found.id, "found": len(shown)}
    await leave_trace(work, "rules.backtest_read", subject=found.version, details=told)
    chosen = {key: value for key, value in which.model_dump(exclude={"after"}).items() if value}
    more = urlencode({**chosen, "after": shown[-1].case_id}) if len(rows) > CHANGES_PAGE else ""
    return await page(
        request,
        "console/backtest_changes.html",
        path=here,
        backtest=found,
        changes=[change_view(work.policy, row, *_addresses(request, found.id, row.number)) for row in shown],
        chips=_chips(found, which, here),
        moved=_moved(request, which),
        kept=CHANGES_KEPT,
        capped=bool(found.result and found.result["changed"] > CHANGES_KEPT),
        next_href=f"{here}?{more}" if more else "",
        first_href=f"{here}?{urlencode(chosen)}" if which.after else "",
    )


def _addresses(request: web.Request, backtest: int, number: str) -> tuple[str, str]:
    """Of the case, and of why each rule set decides as it does."""
    return address(request, "case", number=number), address(request, "backtest.change", id=str(backtest), number=number)


def _chips(found: Backtest, which: Which, here: str) -> list[dict[str, Any]]:
    counts = found.result or {"changed": None, "gained": None, "lost": None}
    chips = [{"label": _("All changed"), "href": here, "count": counts["changed"], "current": not which.verdict}]
    for verdict, label in VERDICTS.items():
        href = f"{here}?{urlencode({'verdict': verdict})}"
        chips.append(
            {"label": _(label), "href": href, "count": counts.get(verdict), "current": which.verdict == verdict}
        )
    return chips


def _moved(request: web.Request, which: Which) -> str:
    """From where to where, when the list is narrowed so."""
    if not which.old and not which.new:
        return ""
    policy = request[WORK].policy
    ends = (
        _(REVIEW) if code == IN_REVIEW else labels.category_name(policy, code) or _("anything")
        for code in (which.old, which.new)
    )
    return " → ".join(ends)
