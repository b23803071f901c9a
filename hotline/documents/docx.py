"""The same letter as DOCX, for those who must add to it in a word processor: same parts, same order, same places."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from hotline.documents.glyphs import printable_all

RED: Final = RGBColor(0xD0, 0x02, 0x1B)
BODY: Final = "仿宋"
HEADING: Final = "方正小标宋简体"
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_DAY: Final = date(2000, 1, 1)
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The time of the files inside: always the same, so that the bytes are."""


def letter_docx(data: Mapping[str, Any], *, dated: date | None = None) -> bytes:
    """A letter (`LetterPaper.data`) as DOCX; the same data makes the same bytes."""
    letter = _clean(printable_all(data))
    paper = Document()
    _page(paper, letter, dated or _NO_DAY)
    _head(paper, letter)
    _text(paper, letter)
    _foot(paper, letter)
    made = io.BytesIO()
    paper.save(made)
    return _same_bytes(made.getvalue())


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _NOT_XML.sub("", value)
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value


def _page(paper: Paper, letter: Mapping[str, Any], dated: date) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    facts = paper.core_properties
    facts.title, facts.author, facts.comments = letter["title"][:255], letter["issuer"][:255], ""
    facts.created = facts.modified = datetime.combine(dated, time(12), tzinfo=UTC)


def _head(paper: Paper, letter: Mapping[str, Any]) -> None:
    if letter["stamp"]:
        _line(paper, f"【{letter['stamp']}】", size=16, color=RED, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(paper, letter["issuer"], size=_head_size(letter["issuer"]), color=RED, font=HEADING, after=24, exact=False)
    number = _line(paper, letter["number"] or "（签发时编号）", size=16, after=20)
    _rule(number, "bottom", "D0021B", 12)
    _line(paper, letter["title"], size=22, font=HEADING, before=20, after=20, exact=False)


def _head_size(issuer: str) -> int:
    return next((size for size, most in ((38, 11), (34, 13), (30, 14), (26, 17)) if len(issuer) <= most), 22)


def _text(paper: Paper, letter: Mapping[str, Any]) -> None:
    _line(paper, letter["salutation"], align=WD_ALIGN_PARAGRAPH.LEFT)
    for text in letter["paragraphs"]:
        paragraph = _line(paper, text, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
        paragraph.paragraph_format.first_line_indent = Pt(32)


def _foot(paper: Paper, letter: Mapping[str, Any]) -> None:
    for text, before in ((letter["signer"], 30), (letter["signed_on"], 0), (letter["seal"], 0)):
        paragraph = _line(paper, text, before=before, color=RED if text == letter["seal"] else None)
        paragraph.paragraph_format.left_indent = Mm(60)
        paragraph.paragraph_format.keep_with_next = text != letter["seal"]
    if letter["copies"]:
        copies = _line(paper, letter["copied_to"], size=14, before=24, align=WD_ALIGN_PARAGRAPH.LEFT)
        _rule(copies, "top", "000000", 8)
        _rule(copies, "bottom", "000000", 8)


def _line(
    paper: Paper,
    text: str,
    *,
    size: int = 16,
    font: str = BODY,
    color: RGBColor | None = None,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.CENTER,
    before: int = 0,
    after: int = 0,
    exact: bool = True,
) -> Paragraph:
    paragraph = paper.add_paragraph()
    paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    if exact:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28.6)
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001 - python-docx has no other way to the East Asian font
    if color is not None:
        run.font.color.rgb = color
    return paragraph


def _rule(paragraph: Paragraph, side: str, color: str, width: int) -> None:
    """A line above or below the paragraph, `width` in eighths of a point."""
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - likewise for lines
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    rule = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(width)), ("space", "6"), ("color", color)):
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)


def _same_bytes(made: bytes) -> bytes:
    """The same archive with the time of the writing taken out of it."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename, _EARLIEST), old.read(entry), zipfile.ZIP_DEFLATED)
    return result.getvalue()
