"""A report as a table: what the page shows, and what CSV and XLSX hold, from the same entries.

Every number knows by which names the cases behind it are found (`behind`); shares stand with both of their parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from hotline.i18n import mark
from hotline.reports.ageing import BANDS, Ageing, AgeingLine
from hotline.reports.counts import Clock
from hotline.reports.rates import CONTACTED_IN_TIME, RATES, RESULTS, OutcomesLine, RatesLine
from hotline.reports.shown import Share
from hotline.reports.small_cells import Cell, Hidden
from hotline.reports.times import COUNTED, Times, TimesLine

Span = tuple[int | None, int | None]
"""Minutes of working time, and by the clock."""


class Report(StrEnum):
    """What there is to look at."""

    RESOLUTION = "resolution-times"
    ACCEPTANCE = "acceptance-times"
    FIRST_CONTACT = "first-contact-times"
    RATES = "rates"
    OUTCOMES = "outcomes"
    AGEING = "ageing"


CLOCKS: Final = {
    Report.RESOLUTION: Clock.RESOLUTION,
    Report.ACCEPTANCE: Clock.ACCEPTANCE,
    Report.FIRST_CONTACT: Clock.FIRST_CONTACT,
}


@dataclass(frozen=True, slots=True)
class Column:
    """Label and meaning of a column, as msgids; `kind`: count, span, share, money or working minutes."""

    label: str
    definition: str
    kind: str = "count"


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in a table; `behind` are the names (`behind.NAMES`) of the cases counted, with dots between."""

    value: Cell | Span | Share | Decimal | None
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its key and what it is called."""

    key: str
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A report told apart by something; rows in the order of their names, the one without a key last."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row


KAPLAN_MEIER: Final = mark(
    "Within the median half of all matters are done, within p75 three quarters, within p90 nine of ten, within p95 "
    "nineteen of twenty. Open cases are counted with the time they have taken so far (Kaplan and Meier): leaving them "
    "out would make slow work look fast. Where too many are open to say, it says “not reached”. First in working time, "
    "below it by the clock with nights and weekends; times are rounded up by at most 3.5 %."
)
_ENDED: Final = {
    Clock.RESOLUTION: mark(
        "Cases whose matter the department has resolved, or which the hotline answered after they came back. A case "
        "that was reopened counts as open until it is resolved again. Time runs from the call."
    ),
    Clock.ACCEPTANCE: mark("Cases accepted by the department that has them. Time runs from the last assignment."),
    Clock.FIRST_CONTACT: mark(
        "Cases in which the department has got in touch with the worker, or has at least accepted the case. Time runs "
        "from the call."
    ),
}
_OPEN: Final = {
    Clock.RESOLUTION: mark(
        "Cases that wait for a department, are in hand, or came back to the hotline: nothing is resolved yet."
    ),
    Clock.ACCEPTANCE: mark("Cases that wait to be accepted."),
    Clock.FIRST_CONTACT: mark("Open cases without a contact on record."),
}
BEHIND: Final[dict[Clock, tuple[str, str, str, str]]] = {
    Clock.RESOLUTION: ("resolve_timed", "open", "over", "aside"),
    Clock.ACCEPTANCE: ("accepted", "waiting", "waiting_over", ""),
    Clock.FIRST_CONTACT: ("contacted", "uncontacted", "", "aside"),
}
"""By which names the cases are found that have ended, are open, late, or aside."""
ENDED_LABELS: Final = {
    Clock.RESOLUTION: mark("Resolved"),
    Clock.ACCEPTANCE: mark("Accepted"),
    Clock.FIRST_CONTACT: mark("In touch"),
}
_DONE_IN_TIME: Final = mark(
    "Done by the date, divided by what was done with a date plus open cases whose date has passed."
)
_IN_TIME: Final = {
    Clock.RESOLUTION: (mark("Resolved in time"), _DONE_IN_TIME),
    Clock.ACCEPTANCE: (mark("Accepted in time"), _DONE_IN_TIME),
    Clock.FIRST_CONTACT: (mark("First contact in time"), CONTACTED_IN_TIME),
}
PERCENTILES: Final = (mark("Median"), "p75", "p90", "p95")


def times_table(times: Times, clock: Clock, names: Mapping[str, str]) -> Table:
    """Times of one clock."""
    columns = [Column(ENDED_LABELS[clock], _ENDED[clock])]
    columns += [Column(label, KAPLAN_MEIER, "span") for label in PERCENTILES]
    columns.append(Column(mark("Still open"), _OPEN[clock]))
    if clock is not Clock.FIRST_CONTACT:
        columns.append(Column(mark("of these overdue"), mark("Open cases whose date has passed, extensions included.")))
    columns.append(Column(*_IN_TIME[clock], "share"))
    if clock is Clock.RESOLUTION:
        columns.append(
            Column(
                mark("Ended otherwise"),
                mark("Withdrawn, merged into another case, or referred outside. No time is counted for them."),
            )
        )
        columns.append(
            Column(
                mark("Paused"),
                mark("Working time for which these cases waited for their workers, added up; it is part of the times."),
                "work",
            )
        )
    rows = [Row(line.key, names.get(line.key, line.key), _times_entries(line, clock)) for line in times.lines]
    return Table(tuple(columns), in_order(rows), Row("", "", _times_entries(times.total, clock)))


def _times_entries(line: TimesLine, clock: Clock) -> tuple[Entry, ...]:
    ended, is_open, over, aside = BEHIND[clock]
    work, passed = line.work, line.clock
    spans = ((work.median, passed.median), (work.p75, passed.p75), (work.p90, passed.p90), (work.p95, passed.p95))
    entries = [Entry(line.n, ended), *(Entry(_said(line, span)) for span in spans), Entry(line.open, is_open)]
    if clock is not Clock.FIRST_CONTACT:
        entries.append(Entry(line.over, over))
    entries.append(Entry(line.in_time, ".".join(COUNTED[clock].in_time)))
    if clock is Clock.RESOLUTION:
        entries += [Entry(line.aside, aside), Entry(_said(line, line.paused))]
    return tuple(entries)


def _said(line: TimesLine, value: Span | int | None) -> Span | Cell | None:
    """A time, unless it is hidden with the number of cases it is taken from, or there are none."""
    if isinstance(line.n, Hidden) or isinstance(line.open, Hidden):
        return Hidden.BESIDE
    return value if line.n or line.open else None


def rates_table(total: RatesLine, lines: Sequence[RatesLine], names: Mapping[str, str]) -> Table:
    """Every share."""
    columns = (
        Column(mark("Cases"), mark("All cases opened in the period.")),
        Column(
            mark("Still open"), mark("Of these, cases of which nothing is resolved yet: read the shares with them.")
        ),
        *(Column(rate.label, rate.definition, "share") for rate in RATES),
    )
    rows = [Row(line.key, names.get(line.key, line.key), _rates_entries(line)) for line in lines]
    return Table(columns, in_order(rows), Row("", "", _rates_entries(total)))


def _rates_entries(line: RatesLine) -> tuple[Entry, ...]:
    shares = (Entry(line.rates[rate.key], ".".join(rate.n)) for rate in RATES)
    return Entry(line.cases, "cases"), Entry(line.open, "stock"), *shares


def outcomes_table(total: OutcomesLine, lines: Sequence[OutcomesLine], names: Mapping[str, str]) -> Table:
    """What came of it."""
    columns = (
        Column(mark("Resolved"), mark("Cases a department has resolved.")),
        Column(mark("Money recovered"), mark("Yuan, as the departments say at the resolution."), "money"),
        Column(mark("People helped"), mark("As the departments say at the resolution.")),
        Column(mark("Letters sent"), mark("Letters to employers and authorities that went out in these cases.")),
        *(Column(label, mark("Resolved cases with this result.")) for label in RESULTS.values()),
        Column(
            mark("Callers who came back"),
            mark("Numbers that called about a second matter, the second call being in the period. No number is shown."),
        ),
    )
    rows = [Row(line.key, names.get(line.key, line.key), _outcomes_entries(line)) for line in lines]
    return Table(columns, in_order(rows), Row("", "", _outcomes_entries(total)))


def _outcomes_entries(line: OutcomesLine) -> tuple[Entry, ...]:
    results = (Entry(line.results[name], name) for name in RESULTS)
    ledger = Entry(line.money, "resolved"), Entry(line.people, "resolved"), Entry(line.letters)
    return Entry(line.resolved, "resolved"), *ledger, *results, Entry(line.callers_again, "second")


def ageing_table(ageing: Ageing, names: Mapping[str, str]) -> Table:
    """How old the open ones are."""
    meaning = mark("Open cases by the working days that have begun since the day of the call.")
    columns = (Column(mark("Still open"), mark("Cases of which nothing is resolved yet.")),
               *(Column(band, meaning) for band in BANDS))  # fmt: skip
    rows = [Row(line.key, names.get(line.key, line.key), _ageing_entries(line)) for line in ageing.lines]
    return Table(columns, in_order(rows), Row("", "", _ageing_entries(ageing.total)))


def _ageing_entries(line: AgeingLine) -> tuple[Entry, ...]:
    return Entry(line.open, "stock"), *(Entry(band, f"age{place}") for place, band in enumerate(line.bands))


def in_order(rows: Sequence[Row]) -> tuple[Row, ...]:
    """By name, Chinese by pinyin as far as GB 18030 has it: no order in which somebody comes first for a figure."""

    def place(row: Row) -> tuple[Any, ...]:
        return not row.key, row.name.casefold().encode("gb18030", "replace"), row.key

    return tuple(sorted(rows, key=place))
