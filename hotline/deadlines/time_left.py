"""How much time is left until something is due, as a badge on the screen says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """`left`: due on a later day; `today`: due today; `over`: the time is up.

    `days` are working days: those still to come with the due day, or those begun since it. `hours` and `minutes` are
    clock time until the due moment, or since it; they count the whole span, weekends too.
    """

    kind: Literal["left", "today", "over"]
    days: int
    hours: int
    minutes: int


def time_left(due_at: datetime, *, now: datetime, calendar: Calendar) -> TimeLeft:
    """What is left at `now` (both aware) until `due_at`; exactly then the time is not yet over."""
    due, today = due_at.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    # Differences of aware times of one zone are taken on the wall clock; in UTC they are real time.
    span = abs(due_at.astimezone(UTC) - now.astimezone(UTC))
    hours, minutes = divmod(span // timedelta(minutes=1), 60)
    days = abs(calendar.working_days_between(today.date(), due.date()))
    if now > due_at:
        return TimeLeft("over", days, hours, minutes)
    return TimeLeft("today" if due.date() == today.date() else "left", days, hours, minutes)
