"""Letters as they come out of the press, whatever names and words they are given."""

from __future__ import annotations

import asyncio
import sys
import zlib
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.documents.docx import letter_docx
from hotline.documents.glyphs import printable
from hotline.documents.paper import LetterPaper, in_words
from hotline.documents.pdf import TEMPLATES, letter_pdf, paper_pdf, paper_png
from hotline.documents.press import MOST_WAITING, NotSet, Press

URGE = LetterPaper(
    issuer="滨海市总工会职工服务热线",
    number="滨工热催〔2026〕12号",
    title="关于尽快办理2026-000123号工单的催办函",
    addressee="法律援助中心",
    paragraphs=("你单位承办的工单已超过办理时限，尚未办结。", "特此函告。"),
    signed_on=date(2026, 10, 8),
    copies=("法律援助中心负责人",),
)
ODD = LetterPaper(
    issuer="长" * 200,
    title="关于" + "名" * 200 + "的提示函",
    addressee="䶮" * 200,
    paragraphs=('#import "@preview/x:1.0.0" $x$ *b* \x00\x07\u202e𠮷\t' + "A" * 300, "〔，。" * 100),
    signed_on=date(2024, 2, 29),
    copies=tuple(f"单位{number}" for number in range(60)),
    stamp="草稿",
)
ANY_LETTER = st.builds(
    LetterPaper,
    issuer=st.text(),
    title=st.text(),
    addressee=st.text(),
    paragraphs=st.lists(st.text(), max_size=3).map(tuple),
    number=st.text(),
    signed_on=st.none() | st.dates(),
    copies=st.lists(st.text(), max_size=2).map(tuple),
    stamp=st.sampled_from(("", "草稿")),
)


@given(ANY_LETTER)
@settings(max_examples=40)
def test_no_name_and_no_word_stops_the_press(letter: LetterPaper) -> None:
    assert letter_pdf(letter).startswith(b"%PDF-1.7")
    assert letter_docx(letter.data(), dated=letter.signed_on).startswith(b"PK")


@pytest.mark.parametrize("letter", [URGE, ODD])
def test_the_same_letter_is_the_same_file(letter: LetterPaper) -> None:
    assert letter_pdf(letter) == letter_pdf(letter)
    assert letter_docx(letter.data(), dated=letter.signed_on) == letter_docx(letter.data(), dated=letter.signed_on)


def test_a_letter_of_a_few_lines_is_one_page_with_a_red_head() -> None:
    (page,) = paper_png("letter", URGE.data(), ppi=36)
    width, rows = _pixels(page)
    reds = [place for place, row in enumerate(rows) if any(_red(row, column) for column in range(width))]
    rule = max(sum(_red(row, column) for column in range(width)) for row in rows)
    assert min(reds) / len(rows) == pytest.approx(0.15, abs=0.03)  # the head, under 37 mm of margin
    assert rule / width == pytest.approx(156 / 210, abs=0.02)  # the rule is as wide as the text


def test_what_is_copied_to_many_goes_on_on_further_pages() -> None:
    assert len(paper_png("letter", ODD.data(), ppi=18)) > 2


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("䶮", "䶮"),
        ("𠮷", "〔U+20BB7〕"),
        ("甲\x00\x1b[31m乙\u202e", "甲[31m乙"),
        ("一\t二\u3000三\r\n四", "一 二\u3000三\n四"),
        ("王\ufe0f🙂", "王〔U+1F642〕"),
        ("half \ud800", "half 〔U+D800〕"),
        ("买买提·吐尔逊", "买买提·吐尔逊"),
    ],
)
def test_what_no_font_has_is_shown_as_its_code(written: str, shown: str) -> None:
    assert printable(written) == shown


def test_the_word_processor_gets_the_same_words(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(letter_docx(URGE.data(), dated=URGE.signed_on))
    lines = [paragraph.text for paragraph in Document(str(tmp_path / "letter.docx")).paragraphs]
    for words in (
        URGE.issuer,
        URGE.number,
        URGE.title,
        "法律援助中心：",
        *URGE.paragraphs,
        "2026年10月8日",
        "（印章）",
    ):
        assert words in lines


def test_days_are_written_as_official_letters_write_them() -> None:
    assert in_words(date(2026, 3, 1)) == "2026年3月1日"


def test_there_are_no_other_templates_than_ours() -> None:
    with pytest.raises(ValueError, match="no template"):
        paper_pdf("../letter", URGE.data())


def test_templates_ask_for_no_package_and_no_file() -> None:
    for path in TEMPLATES.glob("*.typ"):
        words = path.read_text(encoding="utf-8")
        assert "@" not in words.replace("@page", "")
        assert not any(word in words for word in ("read(", "plugin(", "csv(", "yaml(", "xml(")), path


async def test_the_press_sets_in_a_process_of_its_own() -> None:
    assert await Press().letter(URGE) == letter_pdf(URGE)


async def test_what_takes_too_long_is_given_up_and_what_fails_is_said() -> None:
    with pytest.raises(NotSet):
        await Press(command=(sys.executable, "-c", "import time; time.sleep(60)"), seconds=0.2).letter(URGE)
    with pytest.raises(NotSet):
        await Press(command=(sys.executable, "-c", "raise SystemExit(3)")).letter(URGE)


async def test_so_many_wait_for_the_press_and_no_more() -> None:
    press = Press(command=(sys.executable, "-c", "import time; time.sleep(60)"), seconds=0.2)
    asked = await asyncio.gather(*(press.letter(URGE) for _ in range(MOST_WAITING + 1)), return_exceptions=True)
    assert "Many documents" in str(asked[-1])
    assert all(isinstance(answer, NotSet) for answer in asked)


def _pixels(png: bytes) -> tuple[int, list[bytes]]:
    """Width and rows (RGBA) of a picture that typst drew: eight bits a channel, not interlaced."""
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    packed, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += 12 + length
    flat, channels = zlib.decompress(packed), {2: 3, 6: 4}[png[25]]
    stride, before, rows = width * channels, bytes(width * channels), []
    for place in range(height):
        start = place * (stride + 1)
        before = _unfiltered(flat[start], flat[start + 1 : start + 1 + stride], before, channels)
        rows.append(b"".join(before[at : at + 3] + b"\xff" for at in range(0, stride, channels)))
    return width, rows


def _unfiltered(kind: int, row: bytes, above: bytes, channels: int) -> bytes:
    made = bytearray(row)
    for at in range(len(made)):
        left = made[at - channels] if at >= channels else 0
        corner = above[at - channels] if at >= channels else 0
        up = above[at]
        near = min((left, up, corner), key=lambda value: abs(left + up - corner - value))
        made[at] = (made[at] + (0, left, up, (left + up) // 2, near)[kind]) & 255
    return bytes(made)


def _red(row: bytes, column: int) -> bool:
    red, green, blue = row[column * 4 : column * 4 + 3]
    return red > 150 and green < 110 and blue < 110
