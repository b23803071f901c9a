"""Normal form of a text, and the way back to the text as it was told.

Words of rules and texts are compared in this form: half-width letters and digits, small letters, no white space beside
a Chinese character, no invisible characters, compatibility characters (⼯, ①) as the plain ones. Punctuation that
people type all the time stays as it is, so that most texts are their own normal form and cost one scan.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

_ODD = re.compile(
    "[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u205f\u3000A-Z"  # white space, spelt out: faster than its class
    "\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufe00-\ufe0f\ufeff"  # soft hyphen, zero-width, direction, variants
    "\u2e80-\u2fdf\uf900-\ufaff"  # radicals and doubled ideographs, left by copying out of a PDF
    "\u2460-\u24ff\u3200-\u33ff"  # numbers and words in circles and squares
    "\uff02-\uff07\uff0a\uff0b\uff0d-\uff19\uff1c-\uff1e\uff20-\uff9f\uffe0-\uffe6"  # full- and half-width forms
    "\ud800-\udfff]+"
)
_GAP = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uff0f\uff1a-\uff1f\U00020000-\U0003ffff]")


class NormalText(NamedTuple):
    """A text in normal form that knows where each of its characters came from.

    `starts` and `origins` are pieces: from `starts[i]` on the characters stand at `origins[i]` and following in the
    original when `single[i]` is 1, and all of them at `origins[i]` when it is 0 (one character became several).
    Both are empty for a text that is its own normal form.
    """

    text: str
    starts: tuple[int, ...] = ()
    origins: tuple[int, ...] = ()
    single: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from `start` to before `end` stand in the original; `end` is greater than `start`."""
        if not self.starts:
            return start, end
        return self._origin(start), self._origin(end - 1) + 1

    def _origin(self, index: int) -> int:
        piece = bisect_right(self.starts, index) - 1
        return self.origins[piece] + (index - self.starts[piece]) * self.single[piece]


def normal_form(text: str) -> NormalText:
    """The normal form of `text`, any string of code points, with the way back."""
    if _ODD.search(text) is None:
        return NormalText(text)
    out: list[str] = []
    pieces: list[tuple[int, int, int]] = []
    length = done = 0
    for found in _ODD.finditer(text):
        if found.start() > done:
            pieces.append((length, done, 1))
            out.append(text[done : found.start()])
            length += found.start() - done
        for at, replacement in _replaced(text, found.start(), found.end()):
            pieces.append((length, at, 0))
            out.append(replacement)
            length += len(replacement)
        done = found.end()
    pieces.append((length, done, 1))
    out.append(text[done:])
    starts, origins, single = zip(*pieces, strict=True)
    return NormalText("".join(out), starts, origins, single)


def _replaced(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """What stands for the odd characters from `start` to before `end`, each with the place it came from."""
    parts: list[tuple[int, str]] = []
    gap: int | None = None
    before = text[start - 1] if start else ""
    for at in range(start, end):
        if _GAP.match(text[at]):
            if gap is None and text[at].isspace():
                gap = at
            continue
        plain = _plain(text[at])
        if gap is not None and _keeps_gap(before, plain):
            parts.append((gap, " "))
        gap = None
        parts.append((at, plain))
        before = plain[-1]
    if gap is not None and end < len(text) and _keeps_gap(before, text[end]):
        parts.append((gap, " "))
    return parts


def _plain(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return unicodedata.normalize("NFKC", character).strip().lower() or "\ufffd"


def _keeps_gap(before: str, after: str) -> bool:
    """Whether white space between these means something: only between two words of letters or digits."""
    return bool(before) and not _CHINESE.match(before[-1]) and not _CHINESE.match(after[0])
