"""Counting due dates with their explanation, on one core; every date from another day, so that nothing is remembered.

Times are of processor time: what else the machine does meanwhile does not count.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.results import Figure, at_most
from hotline.deadlines.due import Pause, Terms, count
from hotline.deadlines.working_time import WorkingTime
from hotline.policy import load_policy

FIRST = datetime(2023, 1, 2, 2, 17, tzinfo=UTC)
DAYS = 1200
GOAL = 100


def measure() -> list[Figure]:
    """Microseconds a date, medians of five rounds over more than three years."""
    calendar = load_policy().calendar
    office = WorkingTime(calendar, calendar.hours)
    figures = [
        at_most(
            f"due date of {days} working days with its explanation as JSON",
            _micros(lambda since, days=days: count(Terms(since, days), calendar=calendar).to_json()),  # type: ignore[misc]
            GOAL,
            "µs",
        )
        for days in (1, 5, 15, 30)
    ]

    def extended(since: datetime) -> object:
        pause = Pause(since + timedelta(days=2), since + timedelta(days=5), "材料")
        terms = Terms(since, 5, pauses=(pause,)).extended(5, at=since + timedelta(days=3))
        return count(terms, calendar=calendar).to_json()

    return [
        *figures,
        at_most("the same for 5 days, paused once and extended by 5", _micros(extended), GOAL, "µs"),
        Figure(
            "working time between two moments a year apart",
            f"{_micros(lambda since: office.between(since, since + timedelta(days=365))):.1f} µs",
        ),
    ]


def _micros(ask: Callable[[datetime], object]) -> float:
    moments = [FIRST + timedelta(days=n) for n in range(DAYS)]
    rounds = []
    for _round in range(5):
        began = time.process_time()
        for since in moments:
            ask(since)
        rounds.append((time.process_time() - began) / DAYS * 1e6)
    return median(rounds)
