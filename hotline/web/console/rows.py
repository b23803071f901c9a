"""Rows of lists, ready to print: everything is worded here, so that a template only prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from hotline.accounts.permissions import CaseFacts, Permission, allows
from hotline.cases.lifecycle import STATUS_LABELS, Action, Status, actions_for
from hotline.i18n import _
from hotline.privacy.masking import mask_name, mask_number, mask_text
from hotline.web import show
from hotline.web.console.clock_views import badge, whose_time
from hotline.web.console.labels import URGENCY_LABELS, category_name
from hotline.work import Work


class DeskRow(NamedTuple):
    """One case of a list (see `console/_desk_rows.html`): fifty a page, so they are made of what is made fastest."""

    number: str
    href: str
    version: str
    due_kind: str
    due_text: str
    due_title: str
    status_label: str
    category_label: str
    summary: str | Markup
    employer: str
    caller_masked: str
    handler: str
    age_text: str
    age_title: str
    urgent: str
    marks: str
    can_accept: bool
    accept_href: str


@dataclass(frozen=True, slots=True)
class ShortCase:
    """A case named beside another one or beside a caller."""

    number: str
    href: str
    status_label: str
    category_label: str
    summary: str
    due: show.DueBadge
    age_text: str


def desk_rows(work: Work, rows: Sequence[Any], *, mark_words: Sequence[str] = ()) -> list[DeskRow]:
    """Rows of a query as a list prints them; `mark_words` are marked in the summaries."""
    statuses = {status: _(label) for status, label in STATUS_LABELS.items()}
    urgencies = {code: _(label) for code, label in URGENCY_LABELS.items()}
    categories: dict[str | None, str] = {None: ""}
    accepts = _accepts(work)
    badges: dict[tuple[datetime, str | None], show.DueBadge] = {}
    made = []
    for row in rows:
        if row.category not in categories:
            categories[row.category] = category_name(work.policy, row.category)
        due = show.DueBadge("none", "")
        if row.due_at is not None:  # most are due at the end of some working day: a few moments for fifty rows
            key = row.due_at, whose_time(row)
            due = badges[key] = badges.get(key) or badge(work, *key)
        made.append(
            DeskRow(
                number=row.number,
                href=f"/cases/{row.number}",
                version="",
                due_kind=due.kind,
                due_text=due.text,
                due_title=due.why,
                status_label=statuses[row.status],
                category_label=categories[row.category],
                summary=show.marked(row.summary, mark_words) if mark_words else row.summary,
                employer=mask_text(row.employer),
                caller_masked=_caller(row.caller_name, row.caller_number),
                handler=row.handler or "",
                age_text=show.age(row.opened_at, work.now),
                age_title=show.full(row.opened_at),
                urgent="" if row.urgency == "normal" else urgencies[row.urgency],
                marks=_marks(work, row),
                can_accept=row.status is Status.ROUTED and accepts(row),
                accept_href=f"/cases/{row.number}/accept",
            )
        )
    return made


def _marks(work: Work, row: Any) -> str:
    """What is special about a case, in a word or two; of most there is nothing to say."""
    marks = []
    if row.helping:
        marks.append(_("co-handling"))
    elif row.report_on is not None:
        marks.append(_("report by {day}", day=show.on(row.report_on, work.now)))
    elif row.supervised:
        marks.append(_("supervised"))
    if row.to_tell is not None:
        marks.append(_("tell the worker"))
    if row.status is Status.REVIEW and row.returns:
        marks.append(_("returned"))
    if row.status is Status.RESOLVED and not row.reachable:
        marks.append(_("no number"))
    elif row.status is Status.RESOLVED and row.follow_up_attempts:
        marks.append(_("called {n}×", n=row.follow_up_attempts))
    return " · ".join(marks)


def _accepts(work: Work) -> Callable[[Any], bool]:
    """Whether this person may accept a routed case."""
    if Action.ACCEPT not in actions_for(Status.ROUTED, work.actor.role):
        return lambda _row: False

    known: dict[tuple[Any, ...], bool] = {}

    def accepts(row: Any) -> bool:
        key = (row.department, row.taken_by_id, row.confidential, *row.co_handlers)
        if key not in known:
            facts = CaseFacts(row.department, row.taken_by_id, row.confidential, frozenset(row.co_handlers))
            known[key] = allows(work.actor, Permission.CASE_WORK, facts)
        return known[key]

    return accepts


def _caller(name: str, number: str) -> str:
    return " ".join(part for part in (mask_name(name), mask_number(number)) if part) or _("anonymous")


def short_cases(work: Work, rows: Sequence[Any]) -> list[ShortCase]:
    """Rows of a query as short entries."""
    return [
        ShortCase(
            number=row.number,
            href=f"/cases/{row.number}",
            status_label=_(STATUS_LABELS[row.status]),
            category_label=category_name(work.policy, row.category) or _("Not sorted yet"),
            summary=row.summary,
            due=show.due(row.due_at, work.now) if row.due_at else show.DueBadge("none", ""),
            age_text=show.age(row.opened_at, work.now),
        )
        for row in rows
    ]
