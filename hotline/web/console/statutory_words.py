"""Statutory clocks in words: how pressing, why it is this day, what to do now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from hotline.deadlines.lapsing import LIGHT_LABELS, Lapse, Light, Step, StepKind
from hotline.deadlines.statutes import (
    INTERRUPTION_LABELS,
    SOURCE_LABELS,
    STATUTES,
    SUSPENSION_LABELS,
    InterruptionKind,
    Kind,
    Period,
    StatutoryClock,
    SuspensionKind,
)
from hotline.i18n import _, language, mark
from hotline.web.show import DueBadge, DueKind

COUNSEL: Final = mark("Counsel's opinion decides")
DID: Final = {
    "begin": mark("is watched"),
    "correct": mark("counts from another day"),
    "interrupt": mark("was interrupted"),
    "suspend": mark("is suspended"),
    "resume": mark("goes on"),
    "take_back": mark("an entry was withdrawn"),
    "confirm": mark("a candidate counts"),
    "candidate": mark("a candidate for an interruption is on record"),
    "end": mark("is no longer watched"),
}
_BADGES: Final[dict[Light, DueKind]] = {
    Light.WAITING: "none",
    Light.GREEN: "ok",
    Light.AMBER: "soon",
    Light.RED: "over",
    Light.LAPSED: "over",
}
_ABOUT_EVENT: Final = {
    StepKind.RESTARTS: mark("{on}: {what}. The period starts anew from that day."),
    StepKind.TOO_EARLY: mark("{on}: {what}. That was before the period began: it moves nothing."),
    StepKind.TOO_LATE: mark("{on}: {what}. That was after the last day: not counted; ask counsel whether it helps."),
    StepKind.NO_GAIN: mark("{on}: {what}. Counted anew from that day the period would not end later."),
    StepKind.CANDIDATE: mark("{on}: {what}. A candidate only: not counted before somebody confirms it."),
    StepKind.NOT_IN_LAW: mark("{on}: {what}. This law knows no such thing: not counted."),
}
_RED_ADVICE: Final = (
    mark("Today: tell counsel, and ask the legal aid department to co-handle."),
    mark("Help the worker to apply in writing before the last day, and keep the proof that it was handed in."),
    mark("Less than seven days left: legal aid may be given before the application is examined (Legal Aid Law, 44)."),
)
_LAPSED_ADVICE: Final = (
    mark("It may have lapsed: ask counsel. Do not tell the worker that it is lost."),
    mark("Look for claims, messages, consents and obstacles nobody has recorded yet: each may move the day."),
)


def day_in_full(day: date) -> str:
    """A day with its year, which a day of the law always has: 2026年9月1日."""
    if language.get() == "en":
        return f"{day.day} {day:%b} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def badge(told: Lapse) -> DueBadge:
    """How pressing: word, shape and colour."""
    text = _(LIGHT_LABELS[told.light])
    if told.days_left is not None and told.days_left >= 0:
        text = _("last day today") if told.days_left == 0 else _("{n} days left", n=told.days_left)
    return DueBadge(_BADGES[told.light], text, _(LIGHT_LABELS[told.light]))


def advice(kind: Kind, told: Lapse) -> list[str]:
    """What to do now; empty while there is time."""
    if told.light is Light.LAPSED:
        return [_(line) for line in _LAPSED_ADVICE]
    if told.light is Light.RED and STATUTES[kind].fast_lane:
        return [_(line) for line in _RED_ADVICE]
    return []


def why(clock: StatutoryClock, told: Lapse) -> list[str]:
    """Why it is this day, line by line."""
    law = clock.statute
    if clock.trigger_on is None:
        return [_("It does not run yet, for {so_far}.", so_far=_(law.may_go_on))]
    return [_line(clock, step) for step in told.steps]


def _line(clock: StatutoryClock, step: Step) -> str:
    law, on = clock.statute, day_in_full(step.on)
    until = day_in_full(step.until) if step.until else ""
    match step.kind:
        case StepKind.BEGINS:
            return _(
                "{on}: {what}; source: {source}. The day itself does not count.",
                on=on,
                what=_(law.counted_from),
                source=_(SOURCE_LABELS[clock.trigger_source]),
            )
        case StepKind.SUSPENDED:
            return _("{on} to {until}: suspended, {n} days are added.", on=on, until=until, n=step.days)
        case StepKind.NOT_COUNTED:
            return _("{on} to {until}: outside the period that runs now, not added.", on=on, until=until)
        case StepKind.ENDS:
            return _("{period} from {since}: the last day is {on}.", period=_period(law.period), since=until, on=on)
        case StepKind.DAY_OF_REST:
            return _("{until} is a day of rest: the next working day, {on}, is the last (Civil Code, 203).",
                     until=until, on=on)  # fmt: skip
        case StepKind.PROVISIONAL:
            return _("The calendar of {year} is not published yet: the day may move.", year=step.on.year)
        case _:
            return _(_ABOUT_EVENT[step.kind], on=on, what=event_label(step.about))


def event_label(code: str) -> str:
    """An interruption or a suspension in words."""
    if code in {*InterruptionKind}:
        return _(INTERRUPTION_LABELS[InterruptionKind(code)])
    return _(SUSPENSION_LABELS[SuspensionKind(code)])


def _period(period: Period) -> str:
    if period.days:
        return _("{n} days", n=period.days)
    return _("one year") if period.years == 1 else _("{n} years", n=period.years)


def clock_line(told: Mapping[str, Any]) -> str:
    """What the timeline says of a change of a clock."""
    label, done = _(STATUTES[Kind(told["kind"])].label), DID[told["did"]]
    if told["lapses_on"]:
        last = day_in_full(date.fromisoformat(told["lapses_on"]))
        return _("Statutory clock “{label}” {did}; last day {on}", label=label, did=_(done), on=last)
    return _("Statutory clock “{label}” {did}", label=label, did=_(done))


def fast_lane_line(told: Mapping[str, Any]) -> str:
    """What the timeline says when little time left has made a case urgent."""
    label = _(STATUTES[Kind(told["kind"])].label)
    if told["days_left"] < 0:
        return _("Legal-aid fast lane, urgent: “{label}” may have lapsed", label=label)
    last = day_in_full(date.fromisoformat(told["lapses_on"]))
    return _("Legal-aid fast lane, urgent: “{label}” lapses on {on}, {n} days left", label=label, on=last,
             n=told["days_left"])  # fmt: skip
