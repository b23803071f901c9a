"""Mass incidents in the words of a page: who tells of what, day by day, and which cases belong to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

from hotline.cases.lifecycle import STATUS_LABELS
from hotline.clock import SHANGHAI
from hotline.i18n import _, mark
from hotline.incidents.deciding import version_of
from hotline.incidents.models import Basis, Incident, IncidentState
from hotline.incidents.queries import cases_of, days_of, sees_every_case
from hotline.privacy.masking import mask_text
from hotline.web import show as words
from hotline.web.console import labels
from hotline.work import Work

BASIS_LABELS: Final = {
    Basis.EMPLOYER: mark("Same employer"),
    Basis.PLACE: mark("Same place"),
    Basis.PEOPLE: mark("Many people in one case"),
}
STATE_LABELS: Final = {
    IncidentState.OPEN: mark("To be decided"),
    IncidentState.LED: mark("With a lead case"),
    IncidentState.SILENCED: mark("Silenced"),
}
DAYS_DRAWN: Final = 30
_BARS_HEIGHT: Final = 32
_BAR_WIDTH: Final = 8


@dataclass(slots=True)
class Tally:
    """What is counted of the cases of an incident which this person may see, however many of them are listed."""

    days: Counter[date] = field(default_factory=Counter)
    unlinked: int = 0
    times: list[datetime] = field(default_factory=list)
    """Of the first and the last call of each day."""


async def incident_views(work: Work, rows: Sequence[Any]) -> list[SimpleNamespace]:
    """Incidents as a page shows them, each with its cases; without those that lost them since they were listed."""
    if not rows:
        return []
    cases: dict[int, list[Any]] = {row.Incident.id: [] for row in rows}
    tallies = {number: Tally() for number in cases}
    for one in await cases_of(work, [*cases]):
        cases[one.incident_id].append(one)
    for day in await days_of(work, [*cases], zone=SHANGHAI.key):
        tally = tallies[day.incident_id]
        tally.days[day.day] = day.calls
        tally.unlinked += day.unlinked
        tally.times += (day.first_at, day.last_at)
    return [_view(work, row, found, tallies[row.Incident.id]) for row in rows if (found := cases[row.Incident.id])]


def _view(work: Work, row: Any, cases: Sequence[Any], tally: Tally) -> SimpleNamespace:
    one: Incident = row.Incident
    told = _told(work, one, cases, tally)
    free = [case for case in cases if case.ended_at is None and case.lead_id is None and case.number != row.lead]
    return SimpleNamespace(
        id=str(one.id),
        basis_label=_(BASIS_LABELS[one.basis]),
        state=one.state.value,
        version=version_of(one),
        state_label=_(STATE_LABELS[one.state]),
        label=mask_text(told.label),
        territory=labels.department_name(work.policy, one.territory),
        said=told.said,
        first_at=told.first_at,
        last_at=told.last_at,
        days=_days(work, tally.days),
        cases=[_case(work, case, row.lead) for case in cases],
        calls=tally.days.total(),
        free_cases=[
            *([("", _("The oldest open case"))] if tally.unlinked > len(free) else []),
            *((case.number, _option(work, case)) for case in reversed(free)),
        ],
        unlinked=tally.unlinked,
        leads=one.basis is not Basis.PEOPLE,
        lead=row.lead or "",
        lead_href=f"/cases/{row.lead}" if row.lead else "",
        decided_by=row.decided_by or "",
        decided_at=one.decided_at,
        reason=mask_text(one.reason or ""),
    )


def _told(work: Work, one: Incident, cases: Sequence[Any], tally: Tally) -> SimpleNamespace:
    """What is told of this warning as a whole; out of the cases this person may see, unless that is every one."""
    if one.basis is Basis.PEOPLE:
        said = _("{people} people in one case", people=words.count(one.people))
    elif sees_every_case(work.actor):
        said = _(
            "{callers} different callers within {days} days, speaking for {people} people",
            callers=words.count(one.callers),
            days=one.window_days,
            people=words.count(one.people),
        )
    else:
        written = [case.employer if one.basis is Basis.EMPLOYER else case.place for case in cases]
        return SimpleNamespace(
            label=next(filter(None, written), one.key),
            said=_("{n} cases you may see", n=words.count(tally.days.total())),
            first_at=min(tally.times),
            last_at=max(tally.times),
        )
    return SimpleNamespace(label=one.label, said=said, first_at=one.first_at, last_at=one.last_at)


def _case(work: Work, case: Any, lead_number: str | None) -> SimpleNamespace:
    return SimpleNamespace(
        number=case.number,
        href=f"/cases/{case.number}",
        status_label=_(STATUS_LABELS[case.status]),
        category_label=labels.category_name(work.policy, case.category) or _("Not sorted yet"),
        summary=case.summary,
        opened_at=case.opened_at,
        role=_("lead case") if case.number == lead_number else _("linked") if case.lead_id is not None else "",
    )


def _option(work: Work, case: Any) -> str:
    return f"{case.number} · {words.on(case.opened_at, work.now)}"


def _days(work: Work, counted: Counter[date]) -> list[SimpleNamespace]:
    """Calls by day of the last 30 days, oldest first, as bars: `x`, `y`, `height` in units of the drawing."""
    today = work.now.astimezone(SHANGHAI).date()
    days = [today - timedelta(days=back) for back in range(DAYS_DRAWN - 1, -1, -1)]
    highest = max([counted[day] for day in days], default=0) or 1
    return [
        SimpleNamespace(
            x=at * (_BAR_WIDTH + 2),
            y=_BARS_HEIGHT - round(_BARS_HEIGHT * counted[day] / highest),
            height=round(_BARS_HEIGHT * counted[day] / highest),
            label=words.on(day, work.now),
            count=counted[day],
        )
        for at, day in enumerate(days)
        if counted[day]
    ]
