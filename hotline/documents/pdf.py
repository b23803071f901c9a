"""PDF set by typst. Data reaches a template only as JSON: it is text there, never markup, and can read no file.

These functions take as long as the setting takes (some 50 ms): the service calls them through `press`, which has a
process of its own, a time limit and a turn for each. The same data makes the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from hotline.documents.glyphs import FONT_FILES, printable_all
from hotline.documents.paper import LetterPaper

TEMPLATES: Final = Path(__file__).parent / "templates"
LETTER: Final = "letter"
NO_PACKAGES: Final = TEMPLATES / "no-packages"
"""Where typst would look for packages; it is not there, so that a template that wants one fails and nothing is got."""
_NO_DAY: Final = date(2000, 1, 1)


def letter_pdf(letter: LetterPaper) -> bytes:
    """The letter as PDF, with the red head of an official letter."""
    return paper_pdf(LETTER, letter.data(), dated=letter.signed_on)


def paper_pdf(template: str, data: Mapping[str, Any], *, dated: date | None = None) -> bytes:
    """`templates/<template>.typ` as PDF/A; it finds `data` (anything JSON has) under `sys.inputs.data`.

    `dated` is the day the file says it was made on: not the day of the setting, so that its bytes stay the same.
    """
    made = _compiler(template).compile(
        sys_inputs=_inputs(data), format="pdf", timestamp=_noon(dated or _NO_DAY), pdf_standards="a-2u"
    )
    return _one(made)


def paper_png(template: str, data: Mapping[str, Any], *, ppi: float = 96) -> list[bytes]:
    """The same as pictures, one a page: to look at, and for the documentation."""
    made = _compiler(template).compile(sys_inputs=_inputs(data), format="png", ppi=ppi)
    return made if isinstance(made, list) else [_one(made)]


def templates() -> tuple[str, ...]:
    """The names of all templates, in order; one that begins with an underscore is a part of others."""
    return tuple(sorted(path.stem for path in TEMPLATES.glob("[!_]*.typ")))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def _inputs(data: Mapping[str, Any]) -> dict[str, str]:
    return {"data": json.dumps(printable_all(data), ensure_ascii=False, sort_keys=True, allow_nan=False)}


def _one(made: bytes | list[bytes] | None) -> bytes:
    if isinstance(made, bytes):
        return made
    assert made is not None  # noqa: S101 - without an output path it gives bytes
    (only,) = made
    return only


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=sorted({str(path.parent) for path in FONT_FILES}),
    )


def _compiler(template: str) -> typst.Compiler:
    path = TEMPLATES / f"{template}.typ"
    if template not in templates():
        raise ValueError(f"There is no template {template!r} of a document.")
    return typst.Compiler(
        str(path),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        package_path=str(NO_PACKAGES),
        package_cache_path=str(NO_PACKAGES),
    )
