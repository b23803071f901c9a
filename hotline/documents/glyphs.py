"""Which characters the paper can show, and what stands for those it cannot."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_zh_cn as fonts

FONT_FILES: Final = (Path(fonts.serif_path()), Path(fonts.sans_path()))
"""The fonts letters are set in: Noto Serif SC, and Noto Sans SC for headings. Both show the same characters."""
_WIDE: Final = 12
_KEPT: Final = frozenset("\n")
_FORMS: Final = frozenset(map(chr, range(0xFE00, 0xFE10)))
"""They say in which form the character before them is drawn."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, marks without a form, halves of pairs, private and unassigned characters."""


def printable(text: str) -> str:
    """The text as paper can show it: spaces for tabs, no controls, and 〔U+…〕 for what no font has."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))))


def printable_all(data: Any) -> Any:
    """The same data with every text in it made `printable`, however deep it lies."""
    if isinstance(data, str):
        return printable(data)
    if isinstance(data, Mapping):
        return {str(key): printable_all(value) for key, value in data.items()}
    if isinstance(data, Sequence):
        return [printable_all(value) for value in data]
    return data


def _shown(character: str) -> str:
    if character in _KEPT or ord(character) in _in_all_fonts():
        return character
    if unicodedata.category(character) == "Zs" or character == "\t":
        return " "
    if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} or character in _FORMS:
        return ""
    return f"〔U+{ord(character):04X}〕"


@cache
def _in_all_fonts() -> frozenset[int]:
    sets = [{code for code in _characters_of(path) if _has_form(code)} for path in FONT_FILES]
    return frozenset.intersection(*map(frozenset, sets))


def _has_form(code: int) -> bool:
    return unicodedata.category(chr(code)) not in _UNSEEN


def _characters_of(path: Path) -> set[int]:
    """The characters of a font: its table `cmap` in the form 12, which these fonts have (OpenType 1.9)."""
    table = _table(path, b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    for at in range(count):
        (start,) = struct.unpack_from(">L", table, 4 + 8 * at + 4)
        (form,) = struct.unpack_from(">H", table, start)
        if form == _WIDE:
            (groups,) = struct.unpack_from(">L", table, start + 12)
            ranges = struct.iter_unpack(">LLL", table[start + 16 : start + 16 + 12 * groups])
            return {code for first, last, _glyph in ranges for code in range(first, last + 1)}
    raise ValueError(f"{path.name} has no table of all its characters.")


def _table(path: Path, wanted: bytes) -> bytes:
    with path.open("rb") as font:
        (count,) = struct.unpack_from(">H", font.read(12), 4)
        for tag, _sum, offset, length in struct.iter_unpack(">4sLLL", font.read(16 * count)):
            if tag == wanted:
                font.seek(offset)
                return font.read(length)
    raise ValueError(f"{path.name} is no font.")
