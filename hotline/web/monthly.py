"""The report of a month as PDF: made on the first working day after it, kept as it was made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import structlog

from hotline import clock
from hotline.accounts.permissions import Actor, Atom, Permission, relations
from hotline.accounts.roles import Role
from hotline.clock import SHANGHAI
from hotline.documents.press import Press
from hotline.errors import Refusal
from hotline.i18n import LANGUAGES, _, language
from hotline.policy import Policy
from hotline.reports.figures import Period
from hotline.reports.looking import Asked, look, table_of
from hotline.reports.models import By
from hotline.reports.reading import as_of
from hotline.reports.sheets import SMALL
from hotline.reports.tables import Report
from hotline.reports.views import has_report, keep_report
from hotline.storage.database import Database
from hotline.web import show as words
from hotline.web.console.figure_entries import REPORT_LABELS, shown
from hotline.web.console.figure_query import FiguresQuery
from hotline.web.console.keys_of_figures import BY_LABELS, key_names
from hotline.work import Work

log = structlog.get_logger(__name__)

START_SECONDS: Final = 60.0
"""A service that has just been started has other things to do."""
LOOK_SECONDS: Final = 600.0
SHORTEST: Final = 10.0
EVERYTHING: Final = Actor(0, "schedule", "", Role.SUPERVISOR)
"""Nobody: what is made by the clock counts everything, and only those who see everything get it."""
PARTS: Final = (
    (Report.RESOLUTION, By.DEPARTMENT),
    (Report.RESOLUTION, By.CATEGORY),
    (Report.ACCEPTANCE, By.DEPARTMENT),
    (Report.RATES, By.DEPARTMENT),
    (Report.OUTCOMES, By.DEPARTMENT),
    (Report.AGEING, By.DEPARTMENT),
)


def may_have(actor: Actor) -> bool:
    """Whether this person sees everything that is counted in it."""
    return not actor.conflicts and frozenset({Atom.ANY}) in relations(actor, Permission.FIGURES_READ)


def month_period(month: date) -> Period:
    """The days of the month that begins on this day."""
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return Period(month, after - timedelta(days=1))


async def make_report(work: Work, press: Press, month: date) -> bytes:
    """The report of a month as PDF, in the language of the work at hand. Raises `NotSet`."""
    period = month_period(month)
    parts: list[dict[str, Any]] = []
    definitions: dict[str, str] = {}
    for report, by in PARTS:
        query = FiguresQuery(report=report, by=by, since=period.from_on, until=period.until_on)
        looked = await look(work, Asked(report, by, None if report is Report.AGEING else period))
        found = shown(work, table_of(looked, key_names(work.policy, by)), query, period)
        title = f"{_(REPORT_LABELS[report])} · {_('By {what}', what=_(BY_LABELS[by]))}"
        parts.append({"title": title, **_printed(found)})
        definitions |= {item["term"]: item["text"] for item in found["definitions"]}
    definitions[_("Small numbers")] = _(SMALL)
    until = await as_of(work)
    data = {
        "title": _("Figures of the hotline, {month}", month=f"{month:%Y-%m}"),
        "under": _("Counted up to {time}", time=words.full(until)) if until else "",
        "foot": _("Workers' hotline 12351"),
        "parts": parts,
        "meaning": _("What the words mean"),
        "definitions": [{"term": term, "text": text} for term, text in definitions.items()],
    }
    return await press.paper("monthly", data, dated=work.now.astimezone(SHANGHAI).date())


def _printed(found: dict[str, Any]) -> dict[str, Any]:
    rows = [*found["rows"], found["total"]] if found["rows"] else []
    return {
        "columns": [label for label, _kind in found["columns"]],
        "rows": [
            [{"value": row["name"], "below": ""}, *({"value": c["value"], "below": c["below"]} for c in row["cells"])]
            for row in rows
        ],
        "empty": _("No case was opened in this period."),
    }


def month_due(policy: Policy, now: datetime) -> date | None:
    """The month whose report should be there by now: the last one, once this one has had a working day."""
    today = now.astimezone(SHANGHAI).date()
    first = today.replace(day=1)
    if not any(policy.calendar.is_working_day(first + timedelta(days=n)) for n in range((today - first).days + 1)):
        return None
    return (first - timedelta(days=1)).replace(day=1)


async def see_to_monthly(database: Database, policy: Callable[[], Policy]) -> None:
    """Make what is due until cancelled. Every process looks; whoever is second finds it there."""
    press = Press()
    language.set(LANGUAGES[0])
    await asyncio.sleep(START_SECONDS)
    while True:
        try:
            await make_what_is_due(database, policy(), press, now=clock.now())
        except Refusal as refusal:
            log.warning("monthly_report_not_made", reason=type(refusal).__name__)
        except Exception:
            log.exception("monthly_report_not_made")
        await asyncio.sleep(clock.real_seconds(LOOK_SECONDS, least=SHORTEST))


async def make_what_is_due(database: Database, policy: Policy, press: Press, *, now: datetime) -> date | None:
    """The month of which a report was made; None when there is nothing to do, or not everything is counted yet."""
    month = month_due(policy, now)
    if month is None:
        return None
    async with database.transaction() as session:
        work = Work(session=session, policy=policy, actor=EVERYTHING, now=now)
        counted = await as_of(work)
        ended = datetime.combine(month_period(month).until_on + timedelta(days=1), time.min, SHANGHAI)
        if counted is None or counted < ended or await has_report(session, month):
            return None
        pdf = await make_report(work, press, month)
        await keep_report(session, month, pdf, now=now)
    return month
