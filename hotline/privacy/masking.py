"""Hiding the middle of numbers and the given part of names, for everybody who need not know them.

Masked text keeps its length: each hidden character becomes one "*", so positions of evidence still point at the right
words. Names cannot be told from other words and are masked only where they stand in a field of their own.

What counts as a number in running text (see `mask_text`) is read from a plain twin of the text, character by
character: digits of any script or shape become ASCII digits, blanks, dashes, brackets and dots become "-", invisible
characters vanish. Each pattern has a bounded length and cannot backtrack far, so time is linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_STARS = "****"
_LANDLINE = re.compile(r"\+86(10|2\d|[3-9]\d\d)([2-9]\d{6,7})")
_MOBILE = re.compile(r"\+86(1[3-9]\d{9})")
_SHORTEST_FULL = 7
"""Digits; fewer are no number somebody could be called under, short numbers apart, which are public."""


def mask_number(normal: str) -> str:
    """The stored form of a number for reading: "138****1234", "0411****1234"; short numbers and "" stay."""
    if len(normal) <= _SHORTEST_FULL and not normal.startswith("+"):
        return normal
    if mobile := _MOBILE.fullmatch(normal):
        return mobile[1][:3] + _STARS + mobile[1][-4:]
    if landline := _LANDLINE.fullmatch(normal):
        return "0" + landline[1] + _STARS + landline[2][-4:]
    shown = normal.removeprefix("+86")
    return shown[:3] + _STARS + shown[-3:]


_COMPOUND_SURNAMES = frozenset(
    "欧阳太史上官司马诸葛东方皇甫尉迟公孙慕容令狐司徒司空夏侯端木百里呼延南宫轩辕拓跋长孙宇文鲜于闾丘钟离"[n : n + 2]
    for n in range(0, 52, 2)
)
_ADDRESSED = re.compile(r"(.{1,2})(先生|女士|小姐|师傅|同志|老师|大姐|大哥|阿姨|叔叔|经理|主任)")
_MOST_STARS = 6


def mask_name(name: str) -> str:
    """A name of which only the surname stays: "王**", "欧阳*", "J*** S***"; "王女士" is no full name and stays."""
    name = name.strip()
    if len(name) < 2 or _ADDRESSED.fullmatch(name):  # noqa: PLR2004 - one character is a surname at most
        return name
    if name[0].isascii():
        return " ".join(word[0] + _STARS[:3] for word in name.split()[:_MOST_STARS])
    shown = 2 if name[:2] in _COMPOUND_SURNAMES and len(name) > 2 else 1  # noqa: PLR2004 - both characters of the surname
    return name[:shown] + "*" * min(len(name) - shown, _MOST_STARS)


def mask_id_number(number: str) -> str:
    """An identity number of which the first three and last two characters stay, however it was written."""
    number = "".join(unicodedata.normalize("NFKC", number).split())
    return number[:3] + "*" * (len(number) - 5) + number[-2:] if len(number) > _SHORTEST_FULL else "*" * len(number)


_G = "-{0,6}"
"""What may stand between two digits of one number."""
_START, _END = r"(?<![\d*])", r"(?!\d)"
"""A number starts and ends where a group of digits does."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of number: how its digits run, and which of them, counted as in a slice, are hidden."""

    pattern: re.Pattern[str]
    hidden: slice


def _digits(count: int) -> str:
    return rf"(?:{_G}\d){{{count}}}"


def _kind(pattern: str, first: int | None, last: int, *, start: str = _START) -> _Kind:
    # Looking ahead consumes nothing, so numbers that overlap are all found and the middle of each is hidden.
    return _Kind(re.compile(f"{start}(?=({pattern}){_END})"), slice(first, last))


_CHINA = f"(?:(?:0{_G}0{_G})?8{_G}6{_G})"
_AREA = r"(?:10|2\d|[3-9]\d\d)"
_SPACED_AREA = rf"(?:1{_G}0|2{_G}\d|[3-9]{_digits(2)})"
_NOT_AFTER_A_YEAR = r"(?<!(?:19|20)\d\d-)"
"""In "2024.03.15-2024.06.01" no telephone number starts at the month."""

_KINDS = (
    _kind(rf"(?:{_CHINA}|0{_G})?1{_G}[3-9]{_digits(9)}", -8, -4),
    _kind(rf"[1-9]{_digits(5)}{_G}(?:1{_G}[89]|2{_G}0){_digits(9)}(?:{_G}[\dX])?", 3, -2),
    _kind(rf"[1-9]{_digits(7)}{_G}(?:0{_G}[1-9]|1{_G}[0-2]){_G}(?:0{_G}[1-9]|[12]{_G}\d|3{_G}[01]){_digits(3)}", 3, -2),
    _kind(rf"(?:{_CHINA}0?|0){_AREA}{_G}[2-9]{_digits(7)}", -8, -4),
    _kind(rf"(?:{_CHINA}0?|0){_AREA}{_G}[2-9]{_digits(6)}", -7, -4),
    _kind(rf"0{_G}{_SPACED_AREA}{_G}[2-9]{_digits(7)}", -8, -4, start=_START + _NOT_AFTER_A_YEAR),
    _kind(rf"0{_G}{_SPACED_AREA}{_G}[2-9]{_digits(6)}", -7, -4, start=_START + _NOT_AFTER_A_YEAR),
    _kind(rf"(?!8{_G}6)[1-9](?:{_G}\d){{7,14}}", 2, -3, start=r"(?:(?<=\+)|(?<=\+-))"),
    _kind(rf"00(?!86)[1-9]\d\d?(?:{_G}\d){{6,12}}", 4, -3),
    _kind(rf"62\d\d(?:{_G}\d{{4}}){{3}}(?:{_G}\d{{1,3}})?", 4, -4),
)
"""Mobile; identity number of 18 and of 15; landline of 8 and 7 digits, tight and spaced; foreign; bank card."""

_CHAIN = re.compile(rf"\d(?:{_G}\d){{{_SHORTEST_FULL - 1},}}(?:{_G}X)?")
_LOCAL = re.compile(rf"{_START}[2-9](?:{_G}\d){{6,7}}{_END}")
_SAID_TO_BE_A_NUMBER = re.compile(
    r"(?:电话|座机|固话|手机|号码|致电|来电|拨打?|tel|phone|call)\W{0,3}(?:是|为)?\W{0,3}$", re.IGNORECASE
)
_LONG_RUN = re.compile(r"\d{11,}")
_MOBILE_INSIDE = re.compile(r"(?=1[3-9]\d{9})")
_LONGEST_ORDINARY = 14
"""Digits without a gap; longer ones are identity numbers, bank cards or two numbers in one."""


def mask_text(text: str) -> str:
    """The text with the middle of every full telephone, identity and bank card number hidden; its length stays.

    Found whatever stands between the digits (blanks, dashes, dots, brackets, invisible characters), in full-width or
    other digits and in Chinese numerals. Public numbers (12351, 400 …) stay. A local number without area code is
    found only behind a word such as 电话, because eight digits may as well be a date.
    """
    if len(_DIGIT_LIKE.findall(text)) < _SHORTEST_FULL:
        return text
    masked = _mask(text, _PLAIN)
    # Numerals are words too (一 "a"), so they count as digits only in a second look, which can but add stars.
    return _mask(masked, _PLAIN_WITH_NUMERALS) if _NUMERAL.search(masked) else masked


def _mask(text: str, table: _PlainTable) -> str:
    plain = text.translate(table)
    places: list[int] | range = range(len(plain))
    if _INVISIBLE in plain:
        places = [place for place, character in enumerate(plain) if character != _INVISIBLE]
        plain = plain.replace(_INVISIBLE, "")
    hidden = _hidden(plain, text, places)
    if not hidden:
        return text
    characters = list(text)
    for place in hidden:
        characters[places[place]] = "*"
    return "".join(characters)


def _hidden(plain: str, text: str, places: list[int] | range) -> set[int]:
    """Places in `plain` whose digits are hidden."""
    hidden: set[int] = set()
    for chain in _CHAIN.finditer(plain):
        for kind in _KINDS:
            for found in kind.pattern.finditer(plain, *chain.span()):
                hidden.update(_digit_places(plain, *found.span(1))[kind.hidden])
    for found in _LONG_RUN.finditer(plain):
        if found.end() - found.start() > _LONGEST_ORDINARY:
            hidden.update(range(found.start() + 3, found.end() - 2))
            continue
        for inside in _MOBILE_INSIDE.finditer(plain, *found.span()):
            hidden.update(range(inside.start() + 3, inside.start() + 7))
    for found in _LOCAL.finditer(plain):
        start = places[found.start()]
        if _SAID_TO_BE_A_NUMBER.search(text[max(0, start - 12) : start]):
            hidden.update(_digit_places(plain, *found.span())[:-4])
    return hidden


def _digit_places(plain: str, start: int, end: int) -> list[int]:
    return [place for place in range(start, end) if plain[place] not in "-+"]


_INVISIBLE = "\0"
_OTHER = "?"
_NUMERALS = dict(zip("〇零○洞幺一壹二贰两三叁四肆五伍六陆七柒八捌九玖", "000011122233445566778899", strict=True))
_NUMERAL = re.compile(f"[{''.join(_NUMERALS)}]")
_DIGIT_LIKE = re.compile(rf"[\d²³¹⁰-⁹₀-₉①-⒐⓪-⓿❶-➓🄀-🄊{''.join(_NUMERALS)}]")
_BETWEEN = frozenset("()[]{}<>.·•・_~/\\|'\"`")


class _PlainTable(dict[int, str]):
    """Character by character the plain twin, filled as characters come up; Python keeps no more than Unicode has."""

    def __init__(self, numerals: dict[str, str]) -> None:
        super().__init__({ord(numeral): digit for numeral, digit in numerals.items()})

    def __missing__(self, code: int) -> str:
        self[code] = plain = _plain(chr(code))
        return plain


def _plain(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    simple = unicodedata.normalize("NFKC", character)
    if simple in {"x", "X", "х", "Х", "×"}:
        return "X"
    if simple in {"+", "*"}:
        return simple
    category = unicodedata.category(character)
    if category in {"Cf", "Mn", "Me"}:
        return _INVISIBLE
    return "-" if category in {"Zs", "Zl", "Zp", "Cc", "Cs", "Pd"} or simple in _BETWEEN else _OTHER


_PLAIN = _PlainTable({})
_PLAIN_WITH_NUMERALS = _PlainTable(_NUMERALS)
