"""The clocks of a case for people: time left in working time, and why each date is that date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from hotline.cases.clock_facts import CLOCK_LABELS, ClockFacts, clocks_of, working_time
from hotline.cases.clocks import who_works
from hotline.cases.effects_clocks import is_paused
from hotline.cases.lifecycle import IN_HANDS
from hotline.cases.models import Case
from hotline.deadlines.calendar import REASON_LABELS, Reason
from hotline.deadlines.working_time import WorkingTime
from hotline.i18n import _, pick
from hotline.privacy.masking import mask_text
from hotline.web import show as words
from hotline.web.console import labels
from hotline.work import Work


def badge(work: Work, due_at: datetime, department: str | None) -> words.DueBadge:
    """The badge of a date, with what is left in the working time of who has it."""
    calendar = work.policy.calendar
    left = WorkingTime(calendar, calendar.hours_of(department)).between(work.now, due_at)
    return words.due(due_at, work.now, left=left)


def whose_time(case: Any) -> str | None:
    """The department whose working time is left until the next date of a case; None: the hotline calls back."""
    return case.department if case.status in IN_HANDS else None


def clock_views(work: Work, case: Case) -> list[SimpleNamespace]:
    """Every clock: label, date, badge, and `why` in lines."""
    return [_view(work, case, facts) for facts in clocks_of(work, case)]


def _view(work: Work, case: Case, facts: ClockFacts) -> SimpleNamespace:
    if facts.runs and facts.clock == "resolve" and is_paused(case, work.now):
        shown = words.DueBadge("none", _("paused"))
    elif facts.runs and case.ended_at is None:
        shown = badge(work, facts.due_at, who_works(case, facts.clock))
    else:
        shown = words.DueBadge("none", _("done"))
    return SimpleNamespace(
        label=_(CLOCK_LABELS[facts.clock]),
        at=facts.due_at,
        badge=shown,
        lines=[*_lines(work, case, facts)],
        counted=[_day(work, day) for day in facts.counted],
        skipped=[_day(work, day) for day in facts.skipped],
        provisional=_provisional(facts),
    )


def _lines(work: Work, case: Case, facts: ClockFacts) -> Iterator[str]:
    terms = facts.terms
    yield _("Counted from {when}.", when=words.when(terms.since, work.now))
    if terms.hours is not None:
        yield _("{n} hours on the clock, day and night ({rule}).", n=terms.hours, rule=_rule(work, terms.rule))
    elif terms.rule:
        rule = _rule(work, terms.rule)
        yield (
            _("1 working day ({rule}).", rule=rule)
            if terms.days == 1
            else _("{n} working days ({rule}).", n=terms.days, rule=rule)
        )
    for extension in facts.extensions:
        at = words.when(extension.at, work.now)
        yield _("Extended by {n} working days, granted {when}.", n=extension.days, when=at)
    for pause in facts.pauses:
        told = {"since": words.when(pause.since, work.now), "until": words.when(pause.until, work.now)}
        yield _("Paused from {since} to {until}: {reason}", **told, reason=mask_text(pause.reason))
    if facts.gross:
        length = working_time(work, case, facts.clock).hours.length
        gross, net = (words.working_span(part, day=length) if part else _("none") for part in (facts.gross, facts.net))
        yield _("Working time so far: {gross} gross, {net} net.", gross=gross, net=net)


def _provisional(facts: ClockFacts) -> str:
    years = _(", ").join(map(str, facts.provisional_years))
    return _("Provisional: the calendar of {years} is not published yet.", years=years) if years else ""


def _rule(work: Work, rule: str) -> str:
    """Which line of the limits decided, in words."""
    kind, _dot, rest = rule.partition(".")
    code, _dot, difficulty = rest.partition(".")
    policy = work.policy
    match kind:
        case "difficulty":
            return _("difficulty: {name}", name=_(labels.DIFFICULTY_LABELS.get(code, code)))
        case "urgency":
            return _("urgency: {name}", name=_(labels.URGENCY_LABELS.get(code, code)))
        case "group":
            group = policy.groups.get(code)
            name = pick(group.name, group.name_en) if group else code
        case "category":
            name = labels.category_name(policy, code)
        case _:
            return rule
    grade = _(labels.DIFFICULTY_LABELS.get(difficulty, difficulty))
    return _("kind of matter: {name}, difficulty: {difficulty}", name=name, difficulty=grade)


def _day(work: Work, day: Mapping[str, Any]) -> SimpleNamespace:
    on, reason = date.fromisoformat(day["on"]), Reason(day["reason"])
    name = pick(day.get("name", ""), day.get("name_en") or day.get("name", ""))
    plain = reason is Reason.WEEKDAY
    return SimpleNamespace(
        on=words.on(on, work.now),
        weekday=words.weekday(on),
        reason="" if plain else _(REASON_LABELS[reason]),
        name=name,
        kind=reason.value,
    )
