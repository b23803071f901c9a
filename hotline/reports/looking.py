"""A report looked at: read, worked out, put into a table. The page, the API, CSV and XLSX all look in this way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hotline.clock import SHANGHAI
from hotline.reports.ageing import Ageing, Beside, ageing_of
from hotline.reports.figures import Period
from hotline.reports.models import By
from hotline.reports.rates import OutcomesLine, RatesLine, outcomes_of, rates_of
from hotline.reports.reading import as_of, read_figures, read_open
from hotline.reports.shown import Shown
from hotline.reports.tables import (
    CLOCKS,
    Report,
    Table,
    ageing_table,
    outcomes_table,
    rates_table,
    times_table,
)
from hotline.reports.times import Times, times_of
from hotline.reports.working_time import clock_of
from hotline.work import Work

Result = Times | tuple[RatesLine, tuple[RatesLine, ...]] | tuple[OutcomesLine, tuple[OutcomesLine, ...]] | Ageing


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report, of what was opened when (None: whenever, for the ageing alone), told apart by what."""

    report: Report
    by: By
    period: Period | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, as values (of the kind that belongs to the report), and as of when."""

    asked: Asked
    result: Result
    as_of: datetime | None


async def look(work: Work, asked: Asked) -> Looked:
    """What the report says to this person."""
    if asked.report is Report.AGEING or asked.period is None:
        today = work.now.astimezone(SHANGHAI).date()
        opened = await read_open(work, asked.period, asked.by)
        beside = None if asked.period is None else await _stock(work, asked.period, asked.by)
        ageing = ageing_of(opened, today, clock_of(work.policy.calendar), beside=beside)
        return Looked(asked, ageing, await as_of(work))
    figures = await read_figures(work, asked.period, asked.by, CLOCKS.get(asked.report))
    result: Result
    if asked.report is Report.RATES:
        result = rates_of(figures.lines, figures.total)
    elif asked.report is Report.OUTCOMES:
        result = outcomes_of(figures.lines, figures.total)
    else:
        result = times_of(figures.lines, figures.total, CLOCKS[asked.report])
    return Looked(asked, result, figures.as_of)


async def _stock(work: Work, period: Period, by: By) -> Beside:
    """How many are open, as the rates of the same period show it."""
    figures = await read_figures(work, period, by)
    shown = Shown(figures.lines, figures.total)
    *cells, whole = shown.cells(("stock",))
    return dict(zip(shown.keys, cells, strict=True)), whole


def table_of(looked: Looked, names: Mapping[str, str]) -> Table:
    """The same as a table, lines with their names."""
    result = looked.result
    if isinstance(result, Ageing):
        return ageing_table(result, names)
    if isinstance(result, Times):
        return times_table(result, CLOCKS[looked.asked.report], names)
    total, lines = result
    if isinstance(total, RatesLine):
        return rates_table(total, [line for line in lines if isinstance(line, RatesLine)], names)
    return outcomes_table(total, [line for line in lines if isinstance(line, OutcomesLine)], names)
