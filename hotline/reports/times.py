"""Lines of times: how many, how long by Kaplan and Meier, how many in time; made of counts, small numbers hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hotline.reports.counts import Clock, Counts, Line, Spread, Time
from hotline.reports.figures import Figure
from hotline.reports.small_cells import LEAST, Cell, Hidden, Tally, show_cell, show_column
from hotline.reports.steps import minutes_of
from hotline.reports.survival import percentiles

FRACTIONS: Final = (0.5, 0.75, 0.9, 0.95)
_COUNTED: Final = ("n", "open", "over", "aside")


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Minutes within which half, three quarters, nine and nineteen of ten or twenty are done; None: not reached yet."""

    median: int | None = None
    p75: int | None = None
    p90: int | None = None
    p95: int | None = None


UNSAID: Final = Percentiles()


@dataclass(frozen=True, slots=True)
class TimesLine:
    """One line: `n` have ended and are timed, `open` have not, `over` of these are late, `aside` are not timed.

    Nothing is said of times and shares (`UNSAID`, None) where the number they are taken from is hidden.
    """

    key: str
    n: Cell
    open: Cell
    over: Cell
    aside: Cell
    work: Percentiles
    clock: Percentiles
    in_time: Figure | None
    paused: int | None
    """Working minutes all of them together waited for their workers."""


@dataclass(frozen=True, slots=True)
class Times:
    """A total and its lines, in the order of their keys, the one without a key last."""

    total: TimesLine
    lines: tuple[TimesLine, ...]


def times_of(lines: Mapping[str, Line], total: Line, clock: Clock) -> Times:
    """What is timed by this clock, of each line and of all."""
    keys = sorted(lines, key=lambda key: (not key, key))
    columns = [show_column([_tally(lines[key], name, clock) for key in keys]) for name in _COUNTED]
    cells = list(zip(*columns, strict=True)) if keys else []
    made = tuple(_line(key, lines[key].everything, clock, *row) for key, row in zip(keys, cells, strict=True))
    return Times(_line("", total.everything, clock, *(show_cell(_tally(total, n, clock)) for n in _COUNTED)), made)


def count_of(counts: Counts, name: str, clock: Clock) -> int:
    """How many of these cases are `n`, `open`, `over` or `aside` for this clock."""
    if name == "n":
        spread = counts.spreads.get((clock, Time.WORK))
        return spread.n if spread else 0
    states = {
        Clock.RESOLUTION: {"open": "open", "over": "over", "aside": "aside"},
        Clock.ACCEPTANCE: {"open": "waiting", "over": "waiting_over"},
        Clock.FIRST_CONTACT: {"open": "uncontacted", "aside": "aside"},
    }[clock]
    return counts.flags[states[name]] if name in states else 0


def in_time_of(counts: Counts, clock: Clock) -> tuple[int, int] | None:
    """How many were done by their date, of how many of which that can be said; None where there are no dates."""
    match clock:
        case Clock.RESOLUTION:
            return counts.flags["in_time"], counts.flags["dated"] + counts.flags["over"]
        case Clock.ACCEPTANCE:
            return counts.flags["accepted_in_time"], counts.flags["accept_dated"] + counts.flags["waiting_over"]
        case Clock.FIRST_CONTACT:
            return None


def _tally(line: Line, name: str, clock: Clock) -> Tally:
    n, sealed = (count_of(counts, name, clock) for counts in (line.everything, line.sealed))
    if name == "over" and not sealed and count_of(line.everything, "open", clock) < LEAST:
        sealed = count_of(line.sealed, "open", clock)  # the overdue ones of a hidden few would give the few away
    return Tally(n, sealed)


def _line(key: str, counts: Counts, clock: Clock, n: Cell, is_open: Cell, over: Cell, aside: Cell) -> TimesLine:
    few = isinstance(n, Hidden)
    share = None if few or isinstance(over, Hidden) else in_time_of(counts, clock)
    return TimesLine(
        key,
        n,
        is_open,
        over,
        aside,
        UNSAID if few else _percentiles(counts.spreads.get((clock, Time.WORK))),
        UNSAID if few else _percentiles(counts.spreads.get((clock, Time.CLOCK))),
        Figure("in_time" if clock is Clock.RESOLUTION else "accepted_in_time", *share) if share else None,
        None if few else counts.paused,
    )


def _percentiles(spread: Spread | None) -> Percentiles:
    if spread is None:
        return UNSAID
    steps = percentiles(*spread.times(), FRACTIONS)
    return Percentiles(*(None if step is None else minutes_of(step) for step in steps))
