"""Figures over the API: the reports of the pages, in numbers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ConfigDict, Field

from hotline.errors import Invalid, Mistake
from hotline.i18n import _
from hotline.reports.ageing import BANDS, Ageing, AgeingLine
from hotline.reports.figures import Period
from hotline.reports.looking import Asked, Looked, look
from hotline.reports.models import By
from hotline.reports.rates import RATES, OutcomesLine, RatesLine
from hotline.reports.shown import Share
from hotline.reports.small_cells import Cell, Hidden
from hotline.reports.tables import Report
from hotline.reports.times import Percentiles, Times, TimesLine
from hotline.web.api import report_shapes as shapes
from hotline.web.console.keys_of_figures import key_names
from hotline.web.forms import read_query
from hotline.web.keys import WORK
from hotline.work import Work

USUAL_DAYS: Final = 90
_FIELDS: Final = {"since": "from", "until": "to"}


class ReportQuery(BaseModel):
    """What a report may be asked: days in Asia/Shanghai, both included; the last 90 unless given."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[date | None, Field(alias="from")] = None
    until: Annotated[date | None, Field(alias="to")] = None
    by: By = By.DEPARTMENT


def answer_with(report: Report) -> Handler:
    """The handler of GET /reports/{report}, for one of `Report`."""

    async def show(request: web.Request) -> web.StreamResponse:
        work, asked = request[WORK], read_query(request, ReportQuery)
        looked = await look(work, Asked(report, asked.by, _period(work, report, asked)))
        shape = _shape(looked, key_names(work.policy, asked.by))
        return web.Response(text=shape.model_dump_json(by_alias=True), content_type="application/json")

    return show


def _period(work: Work, report: Report, asked: ReportQuery) -> Period | None:
    if report is Report.AGEING and asked.since is None and asked.until is None:
        return None
    usual = Period.last(USUAL_DAYS, until=work.now)
    try:
        return Period(asked.since or usual.from_on, asked.until or usual.until_on)
    except Invalid as problem:
        raise Invalid(
            *(Mistake(_FIELDS.get(m.field, m.field), m.message, m.params) for m in problem.mistakes)
        ) from None


def _shape(looked: Looked, names: dict[str, str]) -> shapes.ReportShape:
    period, result = looked.asked.period, looked.result
    head: dict[str, Any] = {
        "since": period.from_on if period else None,
        "until": period.until_on if period else None,
        "by": looked.asked.by,
        "as_of": looked.as_of,
    }
    if isinstance(result, Times):
        lines = [_times(line, names) for line in result.lines]
        return shapes.TimesShape(**head, total=_times(result.total, {}), lines=lines)
    if isinstance(result, Ageing):
        bands = [_ageing(line, names) for line in result.lines]
        return shapes.AgeingShape(**head, total=_ageing(result.total, {}), lines=bands)
    total, found = result
    if isinstance(total, RatesLine):
        rates = [_rates(line, names) for line in found if isinstance(line, RatesLine)]
        said = {rate.key: _(rate.definition) for rate in RATES}
        return shapes.RatesShape(**head, definitions=said, total=_rates(total, {}), lines=rates)
    ledger = [_outcomes(line, names) for line in found if isinstance(line, OutcomesLine)]
    return shapes.OutcomesShape(**head, total=_outcomes(total, {}), lines=ledger)


def _head(key: str, names: dict[str, str]) -> dict[str, Any]:
    return {"key": key or None, "name": names.get(key, key)}


def _count(cell: Cell) -> Any:
    return cell.value if isinstance(cell, Hidden) else cell


def _share(found: Share) -> shapes.ShareShape:
    return shapes.ShareShape(n=_count(found.n), of=_count(found.of), share=found.share)


def _percentiles(found: Percentiles) -> dict[str, Any]:
    return {"median": found.median, "p75": found.p75, "p90": found.p90, "p95": found.p95}


def _times(line: TimesLine, names: dict[str, str]) -> shapes.TimesLineShape:
    return shapes.TimesLineShape(
        **_head(line.key, names),
        n=_count(line.n),
        open=_count(line.open),
        over=_count(line.over),
        aside=_count(line.aside),
        **_percentiles(line.work),
        calendar=shapes.CalendarTimesShape(**_percentiles(line.clock)),
        in_time=_share(line.in_time),
        paused=line.paused,
    )


def _rates(line: RatesLine, names: dict[str, str]) -> shapes.RatesLineShape:
    rates = {key: _share(found) for key, found in line.rates.items()}
    return shapes.RatesLineShape(
        **_head(line.key, names), cases=_count(line.cases), open=_count(line.open), rates=rates
    )


def _outcomes(line: OutcomesLine, names: dict[str, str]) -> shapes.OutcomesLineShape:
    return shapes.OutcomesLineShape(
        **_head(line.key, names),
        resolved=_count(line.resolved),
        money_recovered=line.money,
        people_helped=line.people,
        letters_sent=line.letters,
        results={key: _count(cell) for key, cell in line.results.items()},
        callers_again=_count(line.callers_again),
    )


def _ageing(line: AgeingLine, names: dict[str, str]) -> shapes.AgeingLineShape:
    bands = {name: _count(cell) for name, cell in zip(BANDS, line.bands, strict=True)}
    return shapes.AgeingLineShape(**_head(line.key, names), open=_count(line.open), bands=bands)
