"""Every clock of a case with its explanation, as a page, a sheet of paper and the API tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from hotline.cases.clocks import DATES, Clock, running, who_works
from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Reason
from hotline.deadlines.due import Extension, Pause, Terms
from hotline.deadlines.working_time import WorkingTime
from hotline.i18n import mark
from hotline.work import Work

ORDER: Final[tuple[Clock, ...]] = ("review", "accept", "contact", "resolve", "follow_up")
CLOCK_LABELS: Final[dict[str, str]] = {
    "review": mark("Route by"),
    "accept": mark("Accept by"),
    "contact": mark("First contact by"),
    "resolve": mark("Resolve by"),
    "follow_up": mark("Call back by"),
}
_STOPS: Final[dict[Clock, str]] = {"accept": "accepted_at", "contact": "contacted_at", "resolve": "resolved_at"}
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """One clock: its date, what it is counted from, every day on the way, and the working time that has passed.

    `counted` and `skipped` are days as plain data (`on`, `reason`, `name`, `name_en`). `gross` is the working time from
    the beginning to the stop, or until now; `net` is that without pauses. Both in the hours of who works by this clock.
    """

    clock: Clock
    due_at: datetime
    terms: Terms
    stopped_at: datetime | None
    runs: bool
    counted: tuple[Mapping[str, Any], ...]
    skipped: tuple[Mapping[str, Any], ...]
    provisional_years: tuple[int, ...]
    gross: timedelta
    net: timedelta

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """Working days granted on top."""
        return self.terms.extensions

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """When it stood still."""
        return self.terms.pauses

    @property
    def gross_minutes(self) -> int:
        """Working minutes from the beginning."""
        return self.gross // _MINUTE

    @property
    def net_minutes(self) -> int:
        """Working minutes without pauses."""
        return self.net // _MINUTE


def clocks_of(work: Work, case: Case) -> Iterator[ClockFacts]:
    """The clocks that run or have run for who has the case now, in the order in which they end."""
    runs = {*running(case)}
    for clock in ORDER:
        kept, due_at = case.dues.get(clock), getattr(case, DATES[clock])
        if kept and due_at is not None and (clock != "review" or clock in runs):
            yield _facts(work, case, clock, kept, due_at, runs=clock in runs)


def working_time(work: Work, case: Case, clock: Clock) -> WorkingTime:
    """The working time of who has this clock of a case."""
    calendar = work.policy.calendar
    return WorkingTime(calendar, calendar.hours_of(who_works(case, clock)))


def _facts(work: Work, case: Case, clock: Clock, kept: dict[str, Any], due_at: datetime, *, runs: bool) -> ClockFacts:
    terms = Terms.from_json(kept)
    stopped_at = None if runs else getattr(case, _STOPS.get(clock, "ended_at")) or case.ended_at
    until = max(stopped_at or work.now, terms.since)
    time = working_time(work, case, clock)
    gross = time.between(terms.since, until)
    pauses = ((max(pause.since, terms.since), min(pause.until, until)) for pause in terms.pauses)
    paused = sum((time.between(begin, max(begin, end)) for begin, end in pauses), timedelta())
    years = range(terms.since.astimezone(SHANGHAI).year, due_at.astimezone(SHANGHAI).year + 1)
    named = {day["on"]: day for day in kept.get("made_up", ())}
    counted = (named.get(on) or {"on": on, "reason": Reason.WEEKDAY.value} for on in kept.get("counted", ()))
    return ClockFacts(
        clock, due_at, terms, stopped_at, runs, tuple(counted), tuple(kept.get("skipped", ())),
        tuple(filter(work.policy.calendar.provisional, years)) if kept.get("provisional") else (),
        gross, gross - paused,
    )  # fmt: skip
