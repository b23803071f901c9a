"""What changed with a step, in short lines for the timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from hotline.cases.details import (
    DISPOSITION_LABELS,
    FOLLOW_UP_LABELS,
    RETURN_REASON_LABELS,
    Disposition,
    ReturnReason,
)
from hotline.cases.lifecycle import STATUS_LABELS, FollowUp
from hotline.cases.queries import Event
from hotline.documents.letter_texts import KIND_LABELS, LetterKind
from hotline.i18n import _
from hotline.privacy.masking import mask_text
from hotline.web import show as words
from hotline.web.console.labels import category_name, department_path
from hotline.work import Work


def timeline_lines(work: Work, event: Event) -> list[str]:
    """What this step changed: where to, from where, why in a code, when."""
    lines = [LINES[key](work, value) for key, value in event.details.items() if value and key in LINES]
    if event.before is not event.after:
        before, after = _(STATUS_LABELS[event.before]), _(STATUS_LABELS[event.after])
        lines.append(f"{before} → {after}")
    return lines


LINES: Final[dict[str, Callable[[Work, Any], str]]] = {
    "department": lambda work, code: _("To: {department}", department=department_path(work.policy, code)),
    "from": lambda work, code: _("From: {department}", department=department_path(work.policy, code)),
    "instead": lambda work, code: _("Should go to: {department}", department=department_path(work.policy, code)),
    "category": lambda work, code: _("As: {category}", category=category_name(work.policy, code)),
    "reason_code": lambda _work, code: _(RETURN_REASON_LABELS[ReturnReason(code)]),
    "disposition": lambda _work, code: _("Result: {result}", result=_(DISPOSITION_LABELS[Disposition(code)])),
    "outcome": lambda _work, code: _(FOLLOW_UP_LABELS[FollowUp(code)]),
    "attempt": lambda _work, n: _("Attempt {n}", n=n),
    "refer_to": lambda _work, place: _("Referred to: {place}", place=mask_text(place)),
    "into": lambda _work, number: _("Goes on as: {number}", number=number),
    "lead": lambda _work, number: _("Lead case: {number}", number=number),
    "days": lambda _work, n: _("{n} working days more", n=n),
    "resolve_by": lambda work, at: _("Now due: {when}", when=words.when(datetime.fromisoformat(at), work.now)),
    "money_recovered": lambda _work, amount: _("Money recovered: {amount}", amount=words.money(Decimal(amount))),
    "letter": lambda _work, letter: f"{_(KIND_LABELS[LetterKind(letter['kind'])])} {letter['number']}",
    "people_helped": lambda _work, n: _("People helped: {n}", n=n),
}
"""One line for each thing an event remembers."""
