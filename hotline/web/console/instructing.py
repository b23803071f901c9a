"""Instructions in few taps: ready phrases and days to choose from, and what a form with them means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import SimpleNamespace
from typing import Final

from hotline.cases.lifecycle import Action, FollowUp
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar
from hotline.errors import Invalid, Mistake
from hotline.i18n import _, mark
from hotline.web import show as words

PHRASES: Final = {
    "first": mark("Please deal with this first and report what was done."),
    "contact": mark("Please speak to the worker today and say how it stands."),
    "again": mark("Please look into it again and complete the answer."),
    "standstill": mark("Please report why this stands still and how it goes on."),
}
_DAYS: Final = (1, 3, 5)
_USUAL: Final = 3
"""Working days of which the middle one is chosen before anybody has chosen."""


def instruction_choices(calendar: Calendar, now: datetime) -> SimpleNamespace:
    """Phrases and days for the form of an instruction: lists of (value, label, whether it is the usual one)."""
    days = [(on, n) for n, on in working_days_from(calendar, now.astimezone(SHANGHAI).date())]
    return SimpleNamespace(
        phrases=[(code, _(text), code == "first") for code, text in PHRASES.items()],
        days=[
            *((on.isoformat(), f"{_in_days(n)} {words.on(on, now)}", n == _USUAL) for on, n in days),
            ("", _("no day"), False),
        ],
        today=now.astimezone(SHANGHAI).date().isoformat(),
    )


def working_days_from(calendar: Calendar, today: date) -> list[tuple[int, date]]:
    """The first, third and fifth working day after this one."""
    found, n = [], 0
    for day in calendar.days_after(today):
        n += day.working
        if day.working and n in _DAYS:
            found.append((n, day.on))
        if n >= _DAYS[-1]:
            break
    return found


def _in_days(n: int) -> str:
    return _("next working day") if n == 1 else _("in {n} working days", n=n)


def plain_values(action: Action, values: Mapping[str, str]) -> dict[str, str]:
    """What a form of the console means, in the fields of the action; raises `Invalid`.

    An instruction is put together from phrase and words; what is to be done about somebody who is not satisfied counts,
    and must be said, only when the worker is not satisfied.
    """
    if action is Action.SUPERVISE:
        return _instruction(dict(values))
    if action is Action.FOLLOW_UP:
        return _call_back(dict(values))
    return dict(values)


def _instruction(values: dict[str, str]) -> dict[str, str]:
    phrase, other = values.pop("phrase", ""), values.pop("by_other", "").strip()
    said = [_(PHRASES[phrase])] if phrase in PHRASES else []
    values["text"] = " ".join(filter(None, [*said, values.get("text", "").strip()]))
    if other:
        values["by_on"] = other
    return values


def _call_back(values: dict[str, str]) -> dict[str, str]:
    if values.get("outcome") != FollowUp.UNSATISFIED:
        return {key: value for key, value in values.items() if key not in {"reopen", "reason"}}
    if not values.get("reopen"):
        raise Invalid(Mistake("reopen", mark("Choose whether the case is taken up again.")))
    return values
