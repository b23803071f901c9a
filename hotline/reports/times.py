"""Lines of times: how many, how long by Kaplan and Meier, how many in time; made of counts, small numbers hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import chain
from typing import Final

from hotline.reports.counts import Clock, Counts, Line, Names, Spread, Time
from hotline.reports.shown import STANDING, Share, Shown
from hotline.reports.small_cells import Cell, Hidden
from hotline.reports.steps import minutes_of
from hotline.reports.survival import percentiles

FRACTIONS: Final = (0.5, 0.75, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Counted:
    """By what names the cases of a clock are counted; `in_time` of `of` have kept their date."""

    n: Names
    open: Names
    over: Names
    aside: Names
    in_time: Names
    of: Names


COUNTED: Final = {
    Clock.RESOLUTION: Counted(("resolved",), ("open",), ("over",), ("aside",), ("in_time",), ("dated", "over")),
    Clock.ACCEPTANCE: Counted(
        ("accepted",), ("waiting",), ("waiting_over",), (), ("accepted_in_time",), ("accept_dated", "waiting_over")
    ),
    Clock.FIRST_CONTACT: Counted(
        ("contacted",), ("uncontacted",), (), ("aside",), ("contacted_in_time",), ("contact_dated", "contact_over")
    ),
}


def names_of(clock: Clock) -> frozenset[str]:
    """What must be counted for the lines of this clock."""
    return frozenset(chain({"paused"}, *STANDING, *astuple(COUNTED[clock])))


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

    Nothing is said of times (`UNSAID`, None) where a number they are taken from is hidden.
    """

    key: str
    n: Cell
    open: Cell
    over: Cell
    aside: Cell
    work: Percentiles
    clock: Percentiles
    in_time: Share
    paused: int | None
    """Working minutes all of them together waited for their workers."""


@dataclass(frozen=True, slots=True)
class Times:
    """A total and its lines, in the order of their keys, the one without a key last."""

    total: TimesLine
    lines: tuple[TimesLine, ...]


def times_of(lines: Mapping[str, Line], total: Line, clock: Clock) -> Times:
    """What is timed by this clock, of each line and of all."""
    shown, names = Shown(lines, total), COUNTED[clock]
    columns = [shown.cells(each) for each in (names.n, names.open, names.over, names.aside)]
    shares = shown.shares(names.in_time, names.of)
    each = [*(lines[key] for key in shown.keys), total]
    *made, whole = (
        _line(key, each[i].everything, clock, [column[i] for column in columns], shares[i])
        for i, key in enumerate((*shown.keys, ""))
    )
    return Times(whole, tuple(made))


def _line(key: str, counts: Counts, clock: Clock, cells: Sequence[Cell], in_time: Share) -> TimesLine:
    n, is_open, over, aside = cells
    few = isinstance(n, Hidden) or isinstance(is_open, Hidden)  # the times are those of both
    return TimesLine(
        key,
        n,
        is_open,
        over,
        aside,
        UNSAID if few else _percentiles(counts.spreads.get((clock, Time.WORK))),
        UNSAID if few else _percentiles(counts.spreads.get((clock, Time.CLOCK))),
        in_time,
        None if few else counts.paused,
    )


def _percentiles(spread: Spread | None) -> Percentiles:
    if spread is None:
        return UNSAID
    steps = percentiles(*spread.times(), FRACTIONS)
    return Percentiles(*(None if step is None else minutes_of(step) for step in steps))
