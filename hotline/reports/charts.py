"""What the charts show, as Vega-Lite specifications: pure, in the language of the work at hand.

Names of departments travel as data only, never as an expression. Colours are given for a light and for a dark ground,
and one set of middle tones for both; the ground itself stays transparent. The same numbers stand in a table beside.
A mark may be a link to the cases behind it (`Href`): what is not shown has no mark and therefore no link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from hotline.i18n import _
from hotline.reports.figures import Resolution, Week
from hotline.reports.small_cells import Cell

Spec = dict[str, Any]
Theme = Literal["light", "dark", "both"]
Href = Callable[[str, bool], str]
"""Where the cases behind a mark are listed: of the line with this key, those that have ended (True) or are open."""
WIDE: Final = 1100
NARROW: Final = 390
MOST_LINKED: Final = 110
"""Of so many weeks, two years, each mark can be hit; of more they would be a pixel or two wide, and links many."""
_DAY: Final = 24.0
_TWO_DAYS: Final = 48.0
_DASHES: Final = ((1, 0), (6, 3), (2, 3))
_MARGIN: Final = {"minExtent": 48, "maxExtent": 48}
"""Room for the numbers, the same above and below."""
_FONT: Final = "system-ui, sans-serif"
_SAID: Final = {"aria": True}
"""A mark that carries its words."""
_LINKED: Final[Spec] = {
    "href": {"field": "href", "type": "nominal"},
    "description": {"field": "said", "type": "nominal"},
}
"""What makes a mark a link with words of its own."""


@dataclass(frozen=True, slots=True)
class _Palette:
    text: str
    grid: str
    times: tuple[str, str, str]
    """p50, p75, p90: told apart by dashes as well."""
    resolved: str
    open: str
    over: str


_PALETTES: Final[dict[str, _Palette]] = {
    "light": _Palette("#585d63", "#dcddd9", ("#1a4f8f", "#3f7cc0", "#7a4d00"), "#8392a3", "#c77700", "#a3151d"),
    "dark": _Palette("#a2a8ae", "#32373c", ("#8fbdf5", "#5f93d4", "#ecbf66"), "#6b7b8c", "#d08a1d", "#ff9d97"),
    "both": _Palette("#7b828a", "#7b828a40", ("#4682c4", "#6f9fd6", "#b07d1a"), "#8494a5", "#c77700", "#d0524f"),
}


def times_by_week(
    weeks: Sequence[Week], *, ended: str, href: Href | None = None, theme: Theme = "both", width: int = WIDE
) -> Spec:
    """Median, p75 and p90 of the cases opened in each week as lines; beneath, how many have ended and are still open.

    `ended` is the word for what has ended.
    """
    palette, href = _PALETTES[theme], href if len(weeks) <= MOST_LINKED else None
    unit, hours = _unit(week.resolution.p90 for week in weeks)
    days = [week.begins_on.isoformat() for week in weeks]
    x: Spec = {"field": "week", "type": "ordinal", "scale": {"domain": days}}
    upper = {
        "width": _inner(width),
        "height": 180,
        "encoding": {
            "x": {**x, "axis": {"title": None, "labels": False, "ticks": False}},
            "y": {"field": "time", "type": "quantitative", "title": unit, "axis": {"tickCount": 5, **_MARGIN}},
        },
        "layer": _lines(_points(weeks, unit, hours, href), palette),
    }
    labels = {"title": _("Week of the call, beginning"), "labelExpr": "slice(datum.value, 5)", "labelAngle": 0}
    lower = {
        "width": _inner(width),
        "height": 60,
        "data": {"values": _stacks(weeks, ended, href)},
        "mark": {"type": "bar", **_SAID},
        "encoding": {
            "x": {**x, "axis": {**labels, "labelOverlap": True}},
            "y": _count_axis("cases", _("Cases"), **_MARGIN),
            "order": {"field": "place"},
            "color": _scale("name", [_("Still open"), ended], (palette.open, palette.resolved)),
            **(_LINKED if href else {}),
        },
    }
    return _sheet({"vconcat": [upper, lower], "spacing": 8, "resolve": {"scale": {"color": "independent"}}}, palette)


def _points(weeks: Sequence[Week], unit: str, hours: float, href: Href | None) -> list[dict[str, Any]]:
    """Each time of each week; a week without one has a row, which breaks the line."""
    rows: list[dict[str, Any]] = []
    for week in weeks:
        at, line = week.begins_on.isoformat(), week.resolution
        for name, value in ((_("Median"), line.median), ("p75", line.p75), ("p90", line.p90)):
            if value is None:
                rows.append({"week": at, "name": name, "time": None})
                continue
            time = round(value / hours, 2)
            said = f"{at} · {name} · {time:g} {unit}"
            rows.append({"week": at, "name": name, "time": time, "said": said, **_leads(href, at, ended=True)})
    return rows


def _stacks(weeks: Sequence[Week], ended: str, href: Href | None) -> list[dict[str, Any]]:
    """How many are open and how many have ended, week by week; a number that is not shown draws nothing."""
    rows = []
    for week in weeks:
        at, line = week.begins_on.isoformat(), week.resolution
        for place, (name, cell) in enumerate(((_("Still open"), line.open), (ended, line.n))):
            if count := _number(cell):
                said = f"{at} · {name} · {count}"
                row = {"week": at, "name": name, "cases": count, "place": place, "said": said}
                rows.append({**row, **_leads(href, at, ended=place == 1)})
    return rows


def _lines(rows: list[dict[str, Any]], palette: _Palette) -> list[Spec]:
    """Lines, their points, and around each point room enough to be hit by a finger."""
    names = [_("Median"), "p75", "p90"]
    dashes = {"field": "name", "scale": {"domain": names, "range": _DASHES}, "legend": None}
    colour = _scale("name", names, palette.times)
    there = {"values": [row for row in rows if row["time"] is not None]}
    marks: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"color": colour, "strokeDash": dashes},
        },
        {
            "data": there,
            "mark": {"type": "point", "filled": True, "opacity": 1, "size": 28},
            "encoding": {"color": colour},
        },
    ]
    if any("href" in row for row in rows):
        room = {"type": "point", "filled": True, "opacity": 0, "size": 240, **_SAID}
        marks.append({"data": there, "mark": room, "encoding": _LINKED})
    return marks


def _leads(href: Href | None, key: str, *, ended: bool) -> dict[str, str]:
    return {} if href is None else {"href": href(key, ended)}


def times_by_line(lines: Sequence[tuple[str, Resolution]], *, theme: Theme = "both", width: int = WIDE) -> Spec:
    """A bar a line in the order given (`sheets.named`): the median, p90 as whisker; beside it the open cases."""
    palette = _PALETTES[theme]
    unit, hours = _unit(line.p90 for _name, line in lines)
    rows = [_row(name, line, hours) for name, line in lines]
    counts = [
        {"name": row["name"], "what": what, "cases": row[key]}
        for row in rows
        for key, what in (("over", _("Overdue")), ("rest", _("Still open, in time")))
    ]
    domain = list(dict.fromkeys(name for name, _line in lines))  # named here: lines without a time keep their place
    y: Spec = {"field": "name", "type": "nominal", "scale": {"domain": domain}, "title": None}
    inner = _inner(width) - min(220, width // 3)
    time: Spec = {"type": "quantitative", "title": unit}
    left = {
        "width": inner * 2 // 3,
        "height": {"step": 22},
        "data": {"values": rows},
        "encoding": {"y": {**y, "axis": {"labelLimit": min(200, width // 3)}}},
        "layer": [
            {"mark": {"type": "bar", "color": palette.times[1]}, "encoding": {"x": {**time, "field": "median"}}},
            {
                "mark": {"type": "rule", "color": palette.text},
                "encoding": {"x": {**time, "field": "median"}, "x2": {"field": "p90"}},
            },
            {"mark": {"type": "tick", "color": palette.text}, "encoding": {"x": {**time, "field": "p90"}}},
        ],
    }
    right = {
        "width": inner // 3,
        "height": {"step": 22},
        "data": {"values": counts},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {**y, "axis": {"labels": False, "ticks": False}},
            "x": _count_axis("cases", _("Still open")),
            "color": _scale("what", [_("Overdue"), _("Still open, in time")], (palette.over, palette.open)),
        },
    }
    return _sheet({"hconcat": [left, right], "spacing": 12}, palette)


def _row(name: str, line: Resolution, hours: float) -> dict[str, Any]:
    over, still_open = _number(line.over), _number(line.open)
    scaled = {key: None if value is None else round(value / hours, 2) for key, value in _times(line).items()}
    return {"name": name, "over": over, "rest": max(still_open - over, 0), **scaled}


def _times(line: Resolution) -> dict[str, float | None]:
    return {"median": line.median, "p90": line.p90}


def _number(cell: Cell) -> int:
    """A number that is not shown draws nothing."""
    return cell if isinstance(cell, int) else 0


def _unit(longest: Iterable[float | None]) -> tuple[str, float]:
    """Title of the axis and hours of its unit: days as soon as the longest time passes two of them."""
    if max((value for value in longest if value is not None), default=0.0) > _TWO_DAYS:
        return _("Days"), _DAY
    return _("Hours"), 1.0


def _inner(width: int) -> int:
    """What remains for the drawing beside axis and margin."""
    return max(width - 76, 120)


def _count_axis(field: str, title: str, **more: int) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, "axis": {"tickMinStep": 1, "tickCount": 3, **more}}


def _scale(field: str, names: Sequence[str], colours: Sequence[str]) -> Spec:
    return {
        "field": field,
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(names), "range": list(colours)},
        "legend": {"orient": "top", "direction": "horizontal"},
    }


def _sheet(chart: Spec, palette: _Palette) -> Spec:
    """The chart with everything all charts have in common."""
    words = {"labelColor": palette.text, "titleColor": palette.text, "labelFontSize": 12, "titleFontSize": 12}
    axis = {
        "gridColor": palette.grid,
        "domainColor": palette.grid,
        "tickColor": palette.grid,
        "titleFontWeight": "normal",
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": None,
        "padding": 6,
        **chart,
        "config": {"font": _FONT, "view": {"stroke": None}, "axis": {**words, **axis}, "legend": words, "aria": False},
    }
