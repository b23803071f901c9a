"""Draws one chart in a process of its own: a Vega-Lite specification on stdin, SVG on stdout, then it ends.

The drawing engine needs more memory than the whole service may hold; here it gives everything back. Anything that is no
chart, would read from outside, or leads anywhere but to lists of cases, ends with status 2 and one line on stderr.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final
from xml.etree import ElementTree as ET

import vl_convert

REFUSED: Final = 2
CASES: Final = "/figures/behind?"
"""How every address begins to which a mark may lead."""
_OUTSIDE: Final = frozenset({"url", "datasets", "transform"})
"""What would read from elsewhere, or make values that are not seen here."""
_CHANNEL: Final = {"field": "href", "type": "nominal"}
_LINK: Final = ' xlink:href="https://vega.github.io/vega-datasets/'
"""What the engine puts before an address of ours, for which it has a page of its own in mind."""


def draw(text: str) -> str:
    """The SVG of this specification. Raises ValueError when it is none, reads from outside, or leads elsewhere."""
    spec = json.loads(text)
    if not isinstance(spec, dict) or _reaches_outside(spec):
        raise ValueError("A chart is one JSON object that carries its own data.")
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[], show_warnings=False)
    svg = svg.replace(f"{_LINK}{CASES}", f' href="{CASES}')
    if "<script" in svg or "javascript:" in svg or "<foreignObject" in svg:
        raise ValueError("The drawing would carry a script.")
    if not _is_tame(svg):
        raise ValueError("The drawing would lead elsewhere, or carry what a page may not have.")
    return svg


def _reaches_outside(part: Any) -> bool:
    if isinstance(part, dict):
        return any(
            key in _OUTSIDE
            or (key == "href" and not _leads_to_cases(value))
            or (key == "values" and isinstance(value, str))
            or _reaches_outside(value)
            for key, value in part.items()
        )
    return isinstance(part, list) and any(_reaches_outside(value) for value in part)


def _leads_to_cases(value: Any) -> bool:
    """Whether this is the address of a list of cases in a row of data, or the channel that shows such a field."""
    return value == _CHANNEL or (isinstance(value, str) and value.startswith(CASES))


def _is_tame(svg: str) -> bool:
    """Whether every address leads to cases, and nothing acts by itself or brings its own style."""
    for element in ET.fromstring(svg).iter():  # noqa: S314 - what the engine has just written
        for name, value in element.attrib.items():
            local = name.rpartition("}")[2].lower()
            if local == "style" or local.startswith("on") or (local == "href" and not value.startswith(CASES)):
                return False
    return True


def main() -> int:
    """Read, draw, write."""
    try:
        svg = draw(sys.stdin.buffer.read().decode())
    except ValueError as mistake:
        sys.stderr.write(f"{str(mistake).splitlines()[0]}\n")
        return REFUSED
    sys.stdout.buffer.write(svg.encode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
