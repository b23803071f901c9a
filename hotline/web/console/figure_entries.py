"""Tables of figures as pages show them: numbers in words, each a link to its cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, Literal

from hotline.i18n import _, mark
from hotline.reports.figures import Period
from hotline.reports.models import FigureView
from hotline.reports.shown import Share
from hotline.reports.small_cells import Hidden
from hotline.reports.tables import KAPLAN_MEIER, PERCENTILES, Column, Entry, Report, Row, Table
from hotline.reports.working_time import clock_of
from hotline.web import show as words
from hotline.web.console.figure_query import FiguresQuery, query_of
from hotline.web.console.keys_of_figures import BY_LABELS
from hotline.work import Work

Theme = Literal["light", "dark", "both"]
Size = Literal["wide", "narrow"]
REPORT_LABELS: Final = {
    Report.RESOLUTION: mark("Resolution times"),
    Report.ACCEPTANCE: mark("Acceptance times"),
    Report.FIRST_CONTACT: mark("First contact"),
    Report.RATES: mark("Rates"),
    Report.OUTCOMES: mark("Outcomes"),
    Report.AGEING: mark("Age of open cases"),
}
_LEADING: Final = {
    Report.RATES: (0, 2, 5, 6),
    Report.OUTCOMES: (0, 1, 2, 7),
    Report.AGEING: (0, 4, 5, 6),
    Report.ACCEPTANCE: (1, 3, 7, 5),
    Report.FIRST_CONTACT: (0, 1, 5, 6),
}
"""Which columns of a report stand above it, for everything together."""


def shown_view(view: FigureView) -> dict[str, str]:
    """A saved view: its name, where it leads, by which number it is deleted."""
    query = FiguresQuery.model_validate(view.asked)
    period = Period(query.since, query.until) if query.since and query.until else None
    return {"id": str(view.id), "name": view.name, "href": f"/figures?{query_of(query, period)}"}


def report_chips(query: FiguresQuery, period: Period | None) -> list[dict[str, Any]]:
    """The reports there are, the one that is shown among them."""
    return [
        {
            "label": _(label),
            "href": f"/figures?{query_of(query, period, report=report.value)}",
            "count": None,
            "current": report is query.report,
        }
        for report, label in REPORT_LABELS.items()
    ]


def shown(work: Work, table: Table, query: FiguresQuery, period: Period | None) -> dict[str, Any]:
    """Columns, rows, total and definitions for the template."""
    said: dict[str, dict[str, None]] = {}
    for column in table.columns:
        said.setdefault(_(column.definition), {})[_(column.label)] = None
    return {
        "title": _(REPORT_LABELS[query.report]),
        "columns": [(_(BY_LABELS[query.by]), ""), *((_(column.label), "num") for column in table.columns)],
        "rows": [_row(work, table, row, query, period) for row in table.rows],
        "total": _row(work, table, replace(table.total, name=_("Together")), query, period, whole=True),
        "definitions": [{"term": _(", ").join(labels), "text": text} for text, labels in said.items()],
    }


def leading(
    work: Work, table: Table, before: Row | None, query: FiguresQuery, period: Period | None
) -> list[dict[str, Any]]:
    """Four figures of everything together, each with its definition and the period before."""
    chosen = []
    for place in _LEADING.get(query.report, (0, 1, 3, 7)):
        column, entry = table.columns[place], table.total.entries[place]
        value, _below = _value(work, column, entry)
        earlier = _value(work, column, before.entries[place])[0] if before else ""
        text = _("Within the first number half are done.") if column.label == PERCENTILES[0] else _(column.definition)
        chosen.append(
            {
                "label": _(column.label),
                "value": value,
                "href": _href(entry, query, period, None),
                "before": _("the period before: {value}", value=earlier) if before else "",
                "definition": text if column.definition != KAPLAN_MEIER else _("Working time, open cases counted."),
            }
        )
    return chosen


def _row(
    work: Work, table: Table, row: Row, query: FiguresQuery, period: Period | None, *, whole: bool = False
) -> dict[str, Any]:
    cells = []
    for column, entry in zip(table.columns, row.entries, strict=True):
        value, below = _value(work, column, entry)
        key = None if whole else row.key
        cells.append(
            {"label": _(column.label), "value": value, "below": below, "href": _href(entry, query, period, key)}
        )
    return {"name": row.name, "cells": cells}


def _value(work: Work, column: Column, entry: Entry) -> tuple[str, str]:
    """What is printed, and what is printed small beneath."""
    value = entry.value
    if value is None:
        return "—", ""
    if isinstance(value, Hidden):
        return value.value, ""
    if isinstance(value, Share):
        return _share(value)
    if isinstance(value, tuple):
        work_minutes, passed = value
        return _working(work, work_minutes), "" if passed is None else words.span(timedelta(minutes=passed))
    if column.kind == "work" and isinstance(value, int):
        return (_working(work, value), "") if value else ("0", "")
    return (words.money(value), "") if isinstance(value, Decimal) else (words.count(value), "")


def _share(share: Share) -> tuple[str, str]:
    if isinstance(share.n, int) and isinstance(share.of, int):
        return words.percent(share.n, share.of), f"{words.count(share.n)}/{words.count(share.of)}" if share.of else ""
    return "…", ""


def _working(work: Work, minutes: int | None) -> str:
    if minutes is None:
        return _("not reached")
    return words.working_span(timedelta(minutes=minutes), day=timedelta(minutes=clock_of(work.policy.calendar).day))


def _href(entry: Entry, query: FiguresQuery, period: Period | None, key: str | None) -> str:
    """Where the cases behind a number are listed; nothing where there are none, or it is hidden."""
    counted = entry.value.n if isinstance(entry.value, Share) else entry.value
    if not entry.behind or isinstance(counted, Hidden | tuple) or not counted:
        return ""
    line = {} if key is None else {"key": key, "line": "1"}
    return f"/figures/behind?{query_of(query, period, what=entry.behind, **line)}"
