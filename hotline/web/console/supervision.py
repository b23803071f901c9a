"""Supervision (督办): what needs a decision now, each with its reason, and the decision right there."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.cases.details import DETAILS
from hotline.cases.handling import offered
from hotline.cases.lifecycle import ACTION_LABELS, STATUS_LABELS, Action
from hotline.cases.standing_still import COUNTED_UP_TO, Stall, Stalled, count_stalled, list_stalled
from hotline.errors import Conflict, Invalid, NotFound
from hotline.i18n import _, mark
from hotline.privacy.masking import mask_text
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.console.act import take
from hotline.web.console.forms import refused
from hotline.web.console.instructing import instruction_choices, plain_values
from hotline.web.forms import VERSION_FIELD, Moment, form_values, read_query, read_values
from hotline.web.keys import KEEP, WORK
from hotline.web.navigation import forget_counts
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import status_of
from hotline.work import Work, leave_trace

STALL_LABELS: Final = {
    Stall.EXTENSION: mark("Extension asked"),
    Stall.RETURNED: mark("Returned"),
    Stall.INSTRUCTION: mark("No report to the instruction"),
    Stall.CO_HANDLING: mark("Co-handler has not answered"),
    Stall.SILENT: mark("Silent"),
    Stall.OVERDUE: mark("Overdue"),
}
DECIDED: Final = (
    Action.GRANT_EXTENSION,
    Action.REFUSE_EXTENSION,
    Action.ROUTE,
    Action.CO_RELEASE,
    Action.SUPERVISE,
)
"""What may be decided in the list; everything else on the page of the case."""
_ABOUT: Final = {
    Action.GRANT_EXTENSION: frozenset({Stall.EXTENSION}),
    Action.REFUSE_EXTENSION: frozenset({Stall.EXTENSION}),
    Action.ROUTE: frozenset({Stall.RETURNED}),
    Action.CO_RELEASE: frozenset({Stall.CO_HANDLING}),
    Action.SUPERVISE: frozenset(Stall) - {Stall.EXTENSION, Stall.RETURNED},
}


class SupervisionQuery(BaseModel):
    """Which kind, and where the page before ended."""

    model_config = ConfigDict(extra="forbid")

    kind: Stall | None = None
    after_at: Moment = None
    after_id: Annotated[int | None, Field(ge=1, lt=2**63)] = None


async def show(request: web.Request) -> web.Response:
    """GET /supervision: one page of what needs a decision; leaves a trace."""
    return await _page(request, read_query(request, SupervisionQuery))


async def decide(request: web.Request) -> web.Response:
    """POST /supervision/{number}/{action}: decide, and go on with the list; mistakes come back in their row."""
    work, number, asked = request[WORK], request.match_info["number"], read_query(request, SupervisionQuery)
    action = next((one for one in DECIDED if one.value == request.match_info["action"]), None)
    if action is None:
        raise NotFound(mark("There is no action {action}."), action=request.match_info["action"])
    values = await form_values(request)
    try:
        details = read_values(plain_values(action, values), DETAILS[action])
        await take(request, number, details, values.get(VERSION_FIELD, ""))
        await work.session.flush()
    except (Invalid, Conflict) as problem:
        await work.session.rollback()
        request[KEEP] = True  # nothing but the trace of having read the list
        about = SimpleNamespace(number=number, action=action.value, values=values, mistakes=refused(problem))
        return await _page(request, asked, status=status_of(problem), about=about)
    forget_counts(request)
    said = _("{number}: {action} done", number=number, action=_(ACTION_LABELS[action]))
    answer = redirect(request, "supervision", flash=Flash(said))
    answer.headers["Location"] = _with(answer.headers["Location"], asked.kind)
    return answer


async def _page(
    request: web.Request, asked: SupervisionQuery, *, status: int = 200, about: SimpleNamespace | None = None
) -> web.Response:
    work, here = request[WORK], address(request, "supervision")
    after = (asked.after_at, asked.after_id) if asked.after_at and asked.after_id else None
    found, following = await list_stalled(work, asked.kind, after=after)
    counts = await count_stalled(work)
    await leave_trace(work, "supervision.read", details={"found": len(found)})
    rows = [_row(work, one) for one in found]
    return await page(
        request,
        "console/supervision.html",
        status,
        path=here,
        rows=rows,
        chips=_chips(here, asked.kind, counts),
        kind_query=_with("", asked.kind),
        silent_days=work.policy.supervision.silent,
        instruct=instruction_choices(work.policy.calendar, work.now),
        about=about if about and any(row.number == about.number for row in rows) else None,
        mistakes=about.mistakes if about else {},
        next_href=_next(here, asked.kind, following),
        first_href=_with(here, asked.kind) if after else "",
    )


def _row(work: Work, one: Stalled) -> SimpleNamespace:
    case = one.case
    may_do = offered(work.actor, case, work.now)
    return SimpleNamespace(
        number=case.number,
        href=f"/cases/{case.number}",
        version=str(case.version),
        kind=one.kind.value,
        kind_label=_(STALL_LABELS[one.kind]),
        since=one.since,
        age=words.age(one.since, work.now),
        status_label=_(STATUS_LABELS[case.status]),
        category_label=labels.category_name(work.policy, case.category) or _("Not sorted yet"),
        department=labels.department_path(work.policy, case.department) if case.department else "",
        summary=mask_text(case.summary),
        due=words.due(case.due_at, work.now),
        by=one.by or "",
        said=mask_text(one.said or ""),
        days=case.extension_days if one.kind is Stall.EXTENSION else None,
        ways=_ways(work, one.details) if one.kind is Stall.RETURNED else [],
        awaited=[(code, labels.department_path(work.policy, code)) for code in case.co_awaited],
        actions={action.value: _(ACTION_LABELS[action]) for action in DECIDED if _fits(one, action, may_do)},
    )


def _fits(one: Stalled, action: Action, may_do: tuple[Action, ...]) -> bool:
    return action in may_do and one.kind in _ABOUT[action]


def _ways(work: Work, details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where a returned case may go at once: to whom the department names, or back to where it was."""
    ways: list[tuple[str, str]] = []
    for key, said in (("instead", _("Hand over to {department}")), ("from", _("Back to {department}"))):
        code = details.get(key)
        if code and code not in dict(ways):
            ways.append((code, said.format(department=labels.department_path(work.policy, code))))
    return ways


def _chips(here: str, chosen: Stall | None, counts: Mapping[Stall, int]) -> list[dict[str, Any]]:
    chips: list[dict[str, Any]] = [{"label": _("All"), "href": here, "count": None, "current": chosen is None}]
    for kind, label in STALL_LABELS.items():
        count: int | str = f"{COUNTED_UP_TO - 1}+" if counts[kind] >= COUNTED_UP_TO else counts[kind]
        chips.append({"label": _(label), "href": _with(here, kind), "count": count, "current": kind is chosen})
    return chips


def _with(here: str, kind: Stall | None, **more: str) -> str:
    chosen = {"kind": kind.value} if kind else {}
    query = urlencode({**chosen, **more})
    return f"{here}?{query}" if query else here


def _next(here: str, kind: Stall | None, following: tuple[Any, int] | None) -> str:
    if following is None:
        return ""
    return _with(here, kind, after_at=following[0].isoformat(), after_id=str(following[1]))
