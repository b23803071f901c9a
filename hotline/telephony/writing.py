"""How people write telephone numbers: full-width, spaced, spoken in Chinese numerals, with an extension, or not at all.

Nothing here knows which numbers exist; it turns a writing into the digits it may mean, likeliest first.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 100
"""Characters; the longest sensible writing of one number has about forty."""

_WITHHELD = re.compile(
    r"""
    | (?:匿名|保密|隐藏|未知|不详|不明|没有|无|暂无|空)(?:电话|号码|来电|号)?
    | (?:电话|号码)(?:保密|隐藏|未知|不详|不明)
    | 不知道 | 不愿(?:透露|提供) | (?:不|未|拒绝)提供 | [不未无](?:来电)?显示
    | anonymous | unknown | private | restricted | withheld | unavailable | hidden | blocked
    | none | no | nil | null | n/?a
    """,
    re.VERBOSE,
)
_LABEL = re.compile(
    r"^(?:(?:联系|来电|手机|座机|固定)?(?:电话|号码|手机|座机|电话号码|手机号码?)|telephone|phone|tel|mobile|cell|call)[.:]?"
)
_EXTENSION = re.compile(
    r"^(.*?[\d)])[,;.\-]*(?:转接?(?:分机|内线)?|分机号?|内线|extension|extn|ext|x|#|,|;)[.:\-]*(\d{1,8})(?:#|分机)?$"
)
_DASHED_EXTENSION = re.compile(r"^(.*\d)-(\d{1,6})$")
_SEVERAL = re.compile(r"\d[\d\-()]{6,}(?:[/、,;|&]|或者?|和|及)+[(+\d][\d\-()]{6,}")
_NUMERALS = str.maketrans("〇零○洞幺一壹二贰两三叁四肆五伍六陆七柒八捌九玖", "000011122233445566778899")
_ONES = str.maketrans("一", "-")
_ORNAMENT = "-—–_.·()<>[]*?,;:'\"/"
_INVISIBLE = frozenset({"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"})
_DASHES = re.compile(r"[\-‐‑‒–—―−ー_~·・•./]+")


@dataclass(frozen=True, slots=True)
class Written:
    """What a writing says: nothing (`withheld`), more than one number (`several`), or `readings`.

    A reading is the digits (with "+" in front when written so) and the extension. No readings: no number at all.
    """

    withheld: bool = False
    several: bool = False
    readings: tuple[tuple[str, str], ...] = ()


def read_writing(raw: str) -> Written | None:
    """The readings of what somebody wrote, likeliest first; None when it is far too long to be a number."""
    if len(raw) > LONGEST:
        return None
    text = _plain(raw)
    if len(text) > 2 * LONGEST:  # one character may unfold into eighteen
        return None
    if _WITHHELD.fullmatch(text.strip(_ORNAMENT)):
        return Written(withheld=True)
    text = _LABEL.sub("", text).lstrip(":")
    readings: dict[tuple[str, str], None] = {}
    # 一 is "one" when spoken and a dash when typed in a hurry: both are tried, the number tells.
    for candidate in (text.translate(_NUMERALS), text.translate(_ONES).translate(_NUMERALS)):
        if _SEVERAL.search(candidate):
            return Written(several=True)
        for reading in _splits(candidate):
            readings[reading] = None
    return Written(readings=tuple(readings))


def _plain(raw: str) -> str:
    """One shape for all writings: NFKC, small letters, no blanks and nothing invisible."""
    text = unicodedata.normalize("NFKC", raw).casefold()
    return "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)


def _splits(text: str) -> list[tuple[str, str]]:
    """Number and extension: said in words, or as a last group behind a dash when the whole is no number."""
    said = _EXTENSION.match(text)
    if said:
        digits = _digits(said[1])
        return [(digits, said[2])] if digits else []
    text = _DASHES.sub("-", text)
    readings = [(digits, "")] if (digits := _digits(text)) else []
    dashed = _DASHED_EXTENSION.match(text)
    if dashed and (digits := _digits(dashed[1])):
        readings.append((digits, dashed[2]))
    return readings


def _digits(text: str) -> str:
    """The bare digits with a leading "+" kept; empty when anything else than dashes and brackets stands between."""
    bare = re.sub(r"[()\[\]\-‐‑‒–—―−ー_~·・•./]", "", text)
    # \d would also take the digits of other scripts, which NFKC leaves alone and which no exchange dials.
    return bare if re.fullmatch(r"\+?[0-9]+", bare) else ""
