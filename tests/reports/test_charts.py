from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest

from hotline.i18n import language
from hotline.reports import charts
from hotline.reports.charts import NARROW, WIDE, Theme, times_by_line
from hotline.reports.drawings import KEPT_BYTES, MOST_WAITING, Drawings, NotDrawn
from hotline.reports.figures import NOTHING, Resolution, Week
from hotline.reports.small_cells import Hidden

HOSTILE = '</text><script>alert(1)</script><a href="javascript:alert(2)">'
LINE = Resolution("legal", 7, 2, 1, 0, 25.0, 70.0, 120.0)
HIDDEN = Resolution("hardship", Hidden.SMALL, Hidden.BESIDE, 0, 0, None, None, None)
WEEKS = tuple(
    Week(date(2026, 11, 2) + timedelta(days=7 * place), line) for place, line in enumerate((LINE, NOTHING, HIDDEN))
)
LINKED = {"href": {"field": "href", "type": "nominal"}}
times_by_week = partial(charts.times_by_week, ended="Resolved")
GROUNDS = {"light": "#ffffff", "dark": "#1c1f22"}


@pytest.fixture(params=["zh", "en"])
def tongue(request: pytest.FixtureRequest) -> Iterator[str]:
    token = language.set(request.param)
    yield request.param
    language.reset(token)


async def test_a_chart_is_drawn_by_a_child_without_script_or_style(tongue: str) -> None:
    svg = (await Drawings().svg(times_by_line([("法律援助中心", LINE), (HOSTILE, HIDDEN)]))).decode()
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "path", "text", "tspan", "line", "rect", "defs", "clipPath"}, tongue
    names = {name.lower() for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name == "style" or name.endswith("href") or name.startswith("on")}
    words = "".join(root.itertext())
    assert "法律援助中心" in words


async def test_hidden_weeks_and_empty_ones_draw_nothing_and_keep_their_place(tongue: str) -> None:
    words = ET.fromstring(await Drawings().svg(times_by_week(WEEKS))).itertext()  # noqa: S314 - our own drawing
    assert {"11-02", "11-09", "11-16"} <= set(words), tongue


def to_cases(key: str, ended: bool) -> str:  # noqa: FBT001 - as `Href` has it
    return f"/figures/behind?by=week&what={'resolve_timed' if ended else 'open'}&key={key}&line=1"


def links_of(svg: bytes) -> list[tuple[str, str]]:
    """Where each mark leads, and its words."""
    found = []
    for link in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}a"):  # noqa: S314 - our own drawing
        (href,) = {value for name, value in link.attrib.items() if name.endswith("href")}
        (words,) = [part.attrib["aria-label"] for part in link.iter() if "aria-label" in part.attrib]
        found.append((href, words))
    return found


async def test_marks_lead_to_their_cases_and_what_is_hidden_has_none(tongue: str) -> None:
    svg = await Drawings().svg(times_by_week(WEEKS, href=to_cases))
    assert b"style=" not in svg, tongue
    links = links_of(svg)
    asked = [parse_qs(urlsplit(href).query) for href, _words in links]
    assert {href.partition("?")[0] for href, _words in links} == {"/figures/behind"}
    assert sorted(one["what"][0] for one in asked) == ["open", *["resolve_timed"] * 4]
    assert {one["key"][0] for one in asked} == {"2026-11-02"}  # the others have nothing, or nothing that is shown
    assert {words.split(" · ")[0] for _href, words in links} == {"2026-11-02"}
    assert "2026-11-02 · Resolved · 7" in [words for _href, words in links]


def test_marks_too_narrow_to_be_hit_are_no_links() -> None:
    begins = WEEKS[0].begins_on
    weeks = [Week(begins + timedelta(days=7 * place), LINE) for place in range(charts.MOST_LINKED + 1)]
    assert "/figures/behind" in json.dumps(times_by_week(weeks[1:], href=to_cases))
    assert "/figures/behind" not in json.dumps(times_by_week(weeks, href=to_cases))


async def test_a_chart_is_drawn_once_and_kept(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    drawings = Drawings(command=_child(f"open({str(marks)!r}, 'a').write('x'); print('<svg/>')"))
    both = await asyncio.gather(drawings.svg({"a": 1, "b": 2}), drawings.svg({"b": 2, "a": 1}))
    assert set(both) == {b"<svg/>\n"}
    assert marks.read_text() == "x"
    await drawings.svg({"a": 2})
    assert marks.read_text() == "xx"


async def test_only_so_much_is_kept_the_oldest_goes_first(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    body = f"open({str(marks)!r}, 'a').write('x'); print('<svg>' + 'x' * (KEPT_BYTES // 2) + '</svg>')"
    drawings = Drawings(command=_child(body.replace("KEPT_BYTES", str(KEPT_BYTES))))
    for n in (1, 2, 2, 1):
        await drawings.svg({"n": n})
    assert marks.read_text() == "xxx"


def _child(body: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; sys.stdin.buffer.read(); {body}")


async def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    number = tmp_path / "pid"
    body = f"import os, time; open({str(number)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with pytest.raises(NotDrawn):
        await Drawings(command=_child(body), seconds=1.0).svg({})
    assert not Path(f"/proc/{number.read_text()}").exists()


async def test_who_stops_waiting_ends_the_child(tmp_path: Path) -> None:
    number = tmp_path / "pid"
    body = f"import os, time; open({str(number)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    drawing = asyncio.create_task(Drawings(command=_child(body)).svg({}))
    while not (number.exists() and number.read_text()):  # noqa: ASYNC110 - a child has no event to wait for
        await asyncio.sleep(0.02)
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing
    assert not Path(f"/proc/{number.read_text()}").exists()


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"mark": "no such mark"},
        {"mark": "bar", "data": {"url": "http://127.0.0.1:1/x.json"}, "encoding": {"x": {"field": "a"}}},
        {"layer": [{"mark": "image", "data": {"values": [{"a": 1}]}, "encoding": {"url": {"field": "a"}}}]},
        {"mark": {"type": "point", "href": "javascript:alert(1)"}, "data": {"values": [{}]}},
        {"mark": "point", "data": {"values": [{"href": "/cases/1"}]}, "encoding": LINKED},
        {"mark": "point", "data": {"values": [{"href": "//elsewhere.invalid/figures/behind?"}]}, "encoding": LINKED},
        {"mark": "point", "data": {"values": [{}]}, "encoding": {"href": {"value": "/figures/behind?"}}},
        {"mark": "point", "data": {"values": [{"a": "/x"}]}, "encoding": {"href": {"field": "a", "type": "nominal"}}},
        {"mark": "point", "data": {"values": "href\n/x", "format": {"type": "csv"}}, "encoding": LINKED},
        {
            "mark": "point",
            "data": {"values": [{}]},
            "transform": [{"calculate": "'/x'", "as": "href"}],
            "encoding": LINKED,
        },
    ],
)
async def test_nonsense_and_what_reaches_outside_is_not_drawn(nonsense: dict[str, Any]) -> None:
    with pytest.raises(NotDrawn) as refused:
        await Drawings().svg(nonsense)
    assert "table below" in str(refused.value)


async def test_the_child_says_in_one_line_what_it_refuses() -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline.reports.draw", stdin=-1, stdout=-1, stderr=-1
    )
    drawn, said = await child.communicate(b"[1, 2]")
    assert (child.returncode, drawn, said.count(b"\n")) == (2, b"", 1)


async def test_too_many_who_wait_for_the_pen_are_told_to_read_the_table() -> None:
    drawings = Drawings(command=_child("print('<svg/>')"))
    asked = await asyncio.gather(*(drawings.svg({"n": n}) for n in range(MOST_WAITING + 2)), return_exceptions=True)
    assert [isinstance(answer, NotDrawn) for answer in asked] == [False] * MOST_WAITING + [True] * 2
    assert await drawings.svg({"n": 99}) == b"<svg/>\n"


async def test_the_child_gets_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", "postgresql://secret")
    said = await Drawings(command=_child("import os; print('<svg', sorted(os.environ))")).svg({})
    assert b"PATH" in said
    assert b"HOTLINE" not in said


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_stands_out_from_its_ground(theme: Theme) -> None:
    week, line = times_by_week(WEEKS, theme=theme), times_by_line([("a", LINE)], theme=theme)
    ground = _brightness(GROUNDS[theme])
    for colour in {*_colours(week), *_colours(line)}:
        assert _contrast(_brightness(colour), ground) >= 3, colour
    assert _contrast(_brightness(week["config"]["axis"]["labelColor"]), ground) >= 4.5


def _colours(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key in {"color", "range"}:
                values = value if isinstance(value, list) else [value]
                yield from (one for one in values if isinstance(one, str) and one.startswith("#"))
            yield from _colours(value)
    elif isinstance(part, list):
        yield from itertools.chain.from_iterable(map(_colours, part))


def _brightness(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_a_chart_of_weeks_is_hardly_wider_than_asked_for(width: int) -> None:
    root = ET.fromstring(await Drawings().svg(times_by_week(WEEKS, width=width)))  # noqa: S314 - our own drawing
    assert width * 0.9 <= float(root.attrib["width"]) <= width * 1.02


def test_a_specification_is_plain_json() -> None:
    assert json.loads(json.dumps(times_by_week(WEEKS)))["vconcat"]
