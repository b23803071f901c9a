"""What changed with a step, in short lines for the timeline."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from hotline.cases.details import (
    DISPOSITION_LABELS,
    FOLLOW_UP_LABELS,
    RETURN_REASON_LABELS,
    Disposition,
    ReturnReason,
)
from hotline.cases.lifecycle import STATUS_LABELS, FollowUp
from hotline.cases.queries import Event
from hotline.i18n import _
from hotline.web import show as words
from hotline.web.console.labels import category_name, department_path
from hotline.work import Work


def timeline_lines(work: Work, event: Event) -> list[str]:
    """What this step changed: where to, from where, why in a code, when."""
    lines = [line for key, value in event.details.items() if value and (line := _line(work, key, value))]
    if event.before is not event.after:
        before, after = _(STATUS_LABELS[event.before]), _(STATUS_LABELS[event.after])
        lines.append(f"{before} → {after}")
    return lines


def _line(work: Work, key: str, value: Any) -> str:
    policy = work.policy
    match key:
        case "department":
            return _("To: {department}", department=department_path(policy, value))
        case "from":
            return _("From: {department}", department=department_path(policy, value))
        case "instead":
            return _("Should go to: {department}", department=department_path(policy, value))
        case "category":
            return _("As: {category}", category=category_name(policy, value))
        case "reason_code":
            return _(RETURN_REASON_LABELS[ReturnReason(value)])
        case "disposition":
            return _("Result: {result}", result=_(DISPOSITION_LABELS[Disposition(value)]))
        case "outcome":
            return _(FOLLOW_UP_LABELS[FollowUp(value)])
        case "attempt":
            return _("Attempt {n}", n=value)
        case "refer_to":
            return _("Referred to: {place}", place=value)
        case "into":
            return _("Goes on as: {number}", number=value)
        case "days":
            return _("{n} working days more", n=value)
        case "resolve_by":
            return _("Now due: {when}", when=words.when(datetime.fromisoformat(value), work.now))
        case "money_recovered":
            return _("Money recovered: {amount}", amount=words.money(Decimal(value)))
        case "people_helped":
            return _("People helped: {n}", n=value)
        case _:
            return ""
