"""Draws one chart in a process of its own: a Vega-Lite specification on stdin, SVG on stdout, then it ends.

The drawing engine needs more memory than the whole service may hold; here it gives everything back. Anything that is no
chart, or would read from outside, ends with status 2 and one line on stderr.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import vl_convert

REFUSED: Final = 2
_OUTSIDE: Final = frozenset({"url", "href"})


def draw(text: str) -> str:
    """The SVG of this specification. Raises ValueError when it is none, or reads from outside."""
    spec = json.loads(text)
    if not isinstance(spec, dict) or _reaches_outside(spec):
        raise ValueError("A chart is one JSON object that carries its own data.")
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[], show_warnings=False)
    if "<script" in svg or "javascript:" in svg or "<foreignObject" in svg:
        raise ValueError("The drawing would carry a script.")
    return svg


def _reaches_outside(part: Any) -> bool:
    if isinstance(part, dict):
        return any(key in _OUTSIDE or _reaches_outside(value) for key, value in part.items())
    return isinstance(part, list) and any(_reaches_outside(value) for value in part)


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
