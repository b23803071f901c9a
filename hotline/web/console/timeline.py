"""What changed with a step, in short lines for the timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from hotline.cases.clock_facts import CLOCK_LABELS
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
from hotline.i18n import _, mark
from hotline.privacy.masking import mask_text
from hotline.web import show as words
from hotline.web.console.labels import DIFFICULTY_LABELS, category_name, department_path
from hotline.web.console.statutory_words import clock_line, fast_lane_line
from hotline.work import Work


def timeline_lines(work: Work, event: Event) -> list[str]:
    """What this step changed: where to, from where, why in a code, when."""
    lines = [LINES[key](work, value) for key, value in event.details.items() if _counts(value) and key in LINES]
    if event.before is not event.after:
        before, after = _(STATUS_LABELS[event.before]), _(STATUS_LABELS[event.after])
        lines.append(f"{before} → {after}")
    return lines


def _moved(work: Work, move: dict[str, str]) -> str:
    before, after = (words.when(datetime.fromisoformat(move[at]), work.now) for at in ("before", "after"))
    label = CLOCK_LABELS[move["clock"]]
    return _("{clock}: {before} → {after}", clock=_(label), before=before, after=after)


def _letter(letter: dict[str, Any]) -> str:
    named = f"{_(KIND_LABELS[LetterKind(letter['kind'])])} {letter['number']}"
    became = BECAME.get(letter.get("became", ""))
    return _(became, letter=named) if became else named


def _counts(value: Any) -> bool:
    """Whether a remembered value says something: what was left open does not, a no does."""
    return value is False or bool(value)


WITHOUT_CALL_BACK: Final = {
    "no_number": mark("Without a call-back: the caller left no number."),
    "unreached": mark("Without an answer: not reached on three days."),
}
BECAME: Final = {"served": mark("{letter}: served"), "withdrawn": mark("{letter}: withdrawn")}
"""What became of a letter after it was signed off."""
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
    "days": lambda _work, n: _("1 working day more") if n == 1 else _("{n} working days more", n=n),
    "difficulty": lambda _work, code: _("Difficulty: {difficulty}", difficulty=_(DIFFICULTY_LABELS.get(code, code))),
    "before": lambda work, at: _("Was due: {when}", when=words.when(datetime.fromisoformat(at), work.now)),
    "resolve_by": lambda work, at: _("Now due: {when}", when=words.when(datetime.fromisoformat(at), work.now)),
    "paused_until": lambda work, at: _(
        "Clock paused until {when} at the latest", when=words.when(datetime.fromisoformat(at), work.now)
    ),
    "moved": lambda work, moves: "; ".join(_moved(work, move) for move in moves),
    "notice": lambda _work, source: _("Because: {notice}", notice=source),
    "money_recovered": lambda _work, amount: _("Money recovered: {amount}", amount=words.money(Decimal(amount))),
    "statutory": lambda _work, told: clock_line(told),
    "fast_lane": lambda _work, told: fast_lane_line(told),
    "receipt": lambda _work, number: _("Receipt of the call {number}", number=number),
    "by_on": lambda work, day: _("Report by: {day}", day=words.on(date.fromisoformat(day), work.now)),
    "reported": lambda _work, _yes: _("Report to the instruction"),
    "told": lambda _work, _what: _("The worker has been told."),
    "answer_by": lambda work, at: _("Answer by: {when}", when=words.when(datetime.fromisoformat(at), work.now)),
    "helper": lambda work, code: _("Co-handler: {department}", department=department_path(work.policy, code)),
    "solved": lambda _work, yes: _("Put right: yes") if yes else _("Put right: no"),
    "in_time": lambda _work, yes: _("Answered in time: yes") if yes else _("Answered in time: no"),
    "not_reopened": lambda _work, why: _("Not taken up again: {why}", why=mask_text(why)),
    "without_call_back": lambda _work, code: _(WITHOUT_CALL_BACK.get(code, code)),
    "letter": lambda _work, letter: _letter(letter),
    "people_helped": lambda _work, n: _("People helped: {n}", n=n),
}
"""One line for each thing an event remembers."""
