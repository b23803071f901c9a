"""The inbox of reminders: what one is told, and that one has read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.clock import SHANGHAI
from hotline.deadlines.statutes import STATUTES, Kind
from hotline.i18n import _, mark
from hotline.reminders.inbox import list_reminders, mark_read
from hotline.reminders.models import Step
from hotline.web import show as words
from hotline.web.forms import read_query
from hotline.web.keys import WORK
from hotline.web.navigation import forget_counts
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.work import Work, leave_trace


class RemindersQuery(BaseModel):
    """Where the page before ended."""

    model_config = ConfigDict(extra="forbid")

    before: Annotated[int | None, Field(ge=1, lt=2**63)] = None


async def show(request: web.Request) -> web.Response:
    """GET /reminders: the inbox, newest first; leaves a trace."""
    work, asked = request[WORK], read_query(request, RemindersQuery)
    found, following = await list_reminders(work, before=asked.before)
    await leave_trace(work, "reminder.list", details={"found": len(found)})
    here = address(request, "reminders")
    return await page(
        request,
        "console/reminders.html",
        rows=[_line(request, work, row) for row in found],
        any_unread=any(row.Reminder.read_at is None for row in found),
        next_href=f"{here}?before={following}" if following else "",
        first_href=here if asked.before else "",
    )


async def read(request: web.Request) -> web.Response:
    """POST /reminders/{id}/read: one line is read."""
    await mark_read(request[WORK], int(request.match_info["id"]))
    forget_counts(request)
    return redirect(request, "reminders")


async def read_all(request: web.Request) -> web.Response:
    """POST /reminders/read: everything is read."""
    done = await mark_read(request[WORK])
    forget_counts(request)
    return redirect(request, "reminders", flash=Flash(_("{n} reminders are marked as read.", n=done)))


Facts = Mapping[str, Any]


def _lapses(facts: Facts, row: Any) -> str:
    last = row.Reminder.due_at.astimezone(SHANGHAI).date()
    said = mark("Case {number}: {law} may lapse on {day}. Ask counsel today.")
    if last < row.Reminder.at.astimezone(SHANGHAI).date():
        said = mark("Case {number}: {law} may have lapsed on {day}. Ask counsel today.")
    law, day = _(STATUTES[Kind(facts["kind"])].label), words.on(last, row.Reminder.at)
    return _(said, number=facts["number"], law=law, day=day)


SAID: Final[dict[Step, Callable[[Facts, Any], str]]] = {
    Step.DUE_SOON: lambda facts, _row: _("Case {number} is due soon.", number=facts["number"]),
    Step.NOT_ACCEPTED: lambda facts, _row: _("Case {number} was not accepted in time.", number=facts["number"]),
    Step.OVERDUE: lambda facts, _row: _(
        "Case {number} is overdue; an urge letter was sent to you.", number=facts["number"]
    ),
    Step.OVERDUE_COPY: lambda facts, _row: _(
        "Case {number} is overdue; an urge letter was sent to the department, with a copy to you.",
        number=facts["number"],
    ),
    Step.CRITICISM: lambda facts, _row: _(
        "Case {number} is still open after its urge letter; a notice of criticism is drafted for you to sign.",
        number=facts["number"],
    ),
    Step.TERM_NOTICE: lambda facts, row: _(
        "{name}: the election is due on {day}.", name=facts["name"], day=_day(facts["on"], row)
    ),
    Step.TERM_URGE: lambda facts, row: _(
        "{name}: the election is due on {day}, and none was filed; the superior's urge letter was sent.",
        name=facts["name"],
        day=_day(facts["on"], row),
    ),
    Step.UNANSWERED: lambda facts, _row: _(
        "{addressee} has not answered {number} in time.", addressee=facts["addressee"], number=facts["number"]
    ),
    Step.LAPSES_SOON: _lapses,
    Step.SERVED: lambda facts, _row: _("A letter was sent to you: {title}", title=facts["title"]),
}
"""What each step says."""


def _day(iso: str, row: Any) -> str:
    return words.on(date.fromisoformat(iso), row.Reminder.at)


def _line(request: web.Request, work: Work, row: Any) -> SimpleNamespace:
    one = row.Reminder
    links = []
    if row.number:
        links.append((_("Case {number}", number=row.number), address(request, "case", number=row.number)))
    if one.letter_id is not None:
        said = row.letter_number or row.letter_title
        links.append((_("Letter {number}", number=said), address(request, "letter", id=str(one.letter_id))))
    if row.code:
        links.append((_("Organisation {code}", code=row.code), address(request, "organisation", code=row.code)))
    return SimpleNamespace(
        id=str(one.id),
        at=one.at,
        said=SAID[one.step](one.facts, row),
        due=words.due(one.due_at, work.now) if one.step is Step.DUE_SOON else None,
        links=links,
        read_at=one.read_at,
    )
