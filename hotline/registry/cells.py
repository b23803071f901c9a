"""What stands in a cell or a form field, read as the value of one of the 28 fields; and back.

Values: text is `str` ("" for nothing), names a list, a choice its code, a date `date`, a count `int`, yes and no
`bool`; what is no text is None for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from hotline.errors import Mistake
from hotline.i18n import _, mark
from hotline.registry.fields import BY_CODE, Field, Type

Value = str | int | bool | date | list[str] | None

MOST_NAMES: Final = 20
LONGEST_NAME: Final = 200
_EXACT: Final = 2**53
"""Whole numbers above have lost digits in a spreadsheet."""
_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 12, 31)
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9._-]*")
_CREDIT: Final = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
_CREDIT_DIGITS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA_ERROR: Final = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)", re.IGNORECASE)
_DATE: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00:00)?|(\d{4})(\d\d)(\d\d)"
)
_COUNT: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*[人名个位]?")
_PHONE: Final = re.compile(r"[0-9+() 转ext.,/;、-]*", re.IGNORECASE)
_SHORTEST_PHONE: Final = 3
_APART: Final = re.compile(r"[;；\n|]")
_FORMULA: Final = ("\t", "\r", "\n", "=", "+", "-", "@", "＝", "＋", "－", "＠")
_YES: Final = frozenset({"是", "有", "yes", "y", "true", "1", "√", "对", "已"})
_NO: Final = frozenset({"否", "无", "no", "n", "false", "0", "×", "x", "没有", "未", "不是"})


class Unreadable(ValueError):  # noqa: N818 - it says what the cell is
    """A cell that holds no value of its field; `message` is a msgid with `params`."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


def read_cell(field: Field, raw: object) -> Value:
    """The value of `field` in what a spreadsheet, a CSV file or a form holds. Raises `Unreadable`."""
    if isinstance(raw, datetime | date) and field.type is Type.DATE:
        return _within(raw.date() if isinstance(raw, datetime) else raw)
    if isinstance(raw, bool) and field.type is Type.YES_NO:
        return raw
    text = _text_of(raw)
    if not text:
        return [] if field.type is Type.NAMES else None if field.type in _NOT_TEXT else ""
    return _READERS[field.type](field, text)


def _text_of(raw: object) -> str:
    """What stands there as text; a whole number without decimals, as it was typed."""
    if raw is None or raw == "":
        return ""
    if isinstance(raw, float):
        if raw.is_integer() and abs(raw) >= _EXACT:
            raise Unreadable(mark("The spreadsheet has rounded this number. Format the cell as text, type it again."))
        return str(int(raw)) if raw.is_integer() else repr(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    text = unicodedata.normalize("NFC", str(raw)).strip().strip("\ufeff\u200b")
    text = undefused(text)
    if not text.isprintable() and _CONTROL.search(text):
        raise Unreadable(mark("This contains characters that cannot be stored. Please type it again."))
    if text[:1] == "#" and _FORMULA_ERROR.fullmatch(text):
        raise Unreadable(mark("A formula failed here ({text}). Write the value itself."), text=text)
    return text


def _within(day: date) -> date:
    if not _EARLIEST <= day <= _LATEST:
        raise Unreadable(mark("Write a date between 1900 and 2100."))
    return day


def _short(field: Field, text: str) -> str:
    if len(text) > field.longest:
        raise Unreadable(mark("This is too long: at most {max_length} characters."), max_length=field.longest)
    return text


def _line(field: Field, text: str) -> str:
    kept = text if field.code == "remarks" else " ".join(text.split())
    return _short(field, kept)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _code(field: Field, text: str) -> str:
    code = "".join(_plain(text).upper().split())
    if not _CODE.fullmatch(code):
        raise Unreadable(mark("A code has letters, digits, dot, dash and underscore only."))
    return _short(field, code)


def _names(field: Field, text: str) -> list[str]:
    names = list(dict.fromkeys(filter(None, (" ".join(name.split()) for name in _APART.split(text)))))
    if len(names) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in names):
        raise Unreadable(mark("At most {most} names, a semicolon between two."), most=MOST_NAMES)
    _short(field, ";".join(names))
    return names


def credit_code_is_right(code: str) -> bool:
    """Whether the last character of a unified social credit code is the one the others ask for (GB 32100-2015)."""
    if not _CREDIT.fullmatch(code):
        return False
    total = sum(_CREDIT_DIGITS.index(character) * pow(3, at, 31) for at, character in enumerate(code[:-1]))
    return _CREDIT_DIGITS[-total % 31] == code[-1]


def credit_code_for(first: str) -> str:
    """The unified social credit code that begins with these 17 characters."""
    total = sum(_CREDIT_DIGITS.index(character) * pow(3, at, 31) for at, character in enumerate(first))
    return first + _CREDIT_DIGITS[-total % 31]


def _credit_code(_field: Field, text: str) -> str:
    code = "".join(_plain(text).upper().split())
    if not _CREDIT.fullmatch(code):
        raise Unreadable(mark("A credit code has 18 digits and capital letters, without I, O, S, V and Z."))
    if not credit_code_is_right(code):
        raise Unreadable(mark("The last character does not fit the others: please compare with the certificate."))
    return code


def _choice(field: Field, text: str) -> str:
    code = _CHOICES[field.code].get(_said(_plain(text)))
    if code is not None:
        return code
    known = _(", ").join(choice.label for choice in field.choices)
    raise Unreadable(mark("Write one of: {known}."), known=known)


def _said(text: str) -> str:
    return "".join(text.lower().split())


_CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    field.code: {
        _said(name): choice.code
        for choice in reversed(field.choices)
        for name in (*choice.also, choice.en, choice.zh, choice.code)
    }
    for field in BY_CODE.values()
}
"""The code of a choice by everything people write for it."""


def _date(_field: Field, text: str) -> date:
    found = _DATE.fullmatch(_plain(text))
    if found is None:
        raise Unreadable(mark("Write a date with year, month and day, for example 2024-03-01."))
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return _within(date(year, month, day))
    except ValueError as problem:
        if isinstance(problem, Unreadable):
            raise
        raise Unreadable(mark("There is no such day.")) from None


def _count(field: Field, text: str) -> int:
    found = _COUNT.fullmatch(_plain(text))
    if found is None:
        raise Unreadable(mark("This must be a whole number."))
    number = int(found[1].replace(",", ""))
    if number > field.longest:
        raise Unreadable(mark("This number is too large."))
    return number


def _yes_no(_field: Field, text: str) -> bool:
    said = _plain(text).lower()
    if said in _YES or text in _YES:
        return True
    if said in _NO or text in _NO:
        return False
    raise Unreadable(mark("Write yes or no."))


def _phone(field: Field, text: str) -> str:
    said = " ".join(_plain(text).replace("—", "-").replace("–", "-").split())
    if not _PHONE.fullmatch(said) or sum(character.isdigit() for character in said) < _SHORTEST_PHONE:
        raise Unreadable(mark("Write telephone numbers only, for example 0411-8363 1234."))
    return _short(field, said)


def _postcode(_field: Field, text: str) -> str:
    said = "".join(_plain(text).split())
    if not re.fullmatch(r"\d{6}", said):
        raise Unreadable(mark("A postcode has six digits."))
    return said


_NOT_TEXT: Final = frozenset({Type.CHOICE, Type.DATE, Type.COUNT, Type.YES_NO})
_READERS: Final[Mapping[Type, Callable[[Field, str], Value]]] = MappingProxyType({
    Type.CODE: _code, Type.TEXT: _line, Type.NAMES: _names, Type.CREDIT_CODE: _credit_code, Type.CHOICE: _choice,
    Type.DATE: _date, Type.COUNT: _count, Type.YES_NO: _yes_no, Type.PHONE: _phone, Type.POSTCODE: _postcode,
})  # fmt: skip


def read_row(cells: Mapping[str, object]) -> tuple[dict[str, Value], list[Mistake]]:
    """The values of these cells by field, and every mistake; required fields that are there but empty are one."""
    values: dict[str, Value] = {}
    mistakes: list[Mistake] = []
    for code, raw in cells.items():
        field = BY_CODE[code]
        try:
            value = read_cell(field, raw)
        except Unreadable as problem:
            mistakes.append(Mistake(code, problem.message, problem.params))
            continue
        if code == "superior_code":
            value = value or None
        if field.required and not value:
            mistakes.append(Mistake(code, mark("Please fill this in.")))
        values[code] = value
    if values.get("superior_code") and values.get("superior_code") == values.get("code"):
        mistakes.append(Mistake("superior_code", mark("An organisation cannot be its own superior.")))
    return values, mistakes


def cell_text(field: Field, value: Value) -> str:
    """A value as a form or a CSV file holds it, in the language of the work at hand."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "；".join(value)
    if field.type is Type.CHOICE:
        return next(choice.label for choice in field.choices if choice.code == value)
    return value.isoformat() if isinstance(value, date) else str(value)


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula when it opens a CSV file; reading it gives the text back."""
    return f"'{text}" if text.startswith(_FORMULA) or _is_defused(text) else text


def undefused(text: str) -> str:
    """The text without the mark."""
    return text[1:] if text[:1] == "'" and _is_defused(text) else text


def _is_defused(text: str) -> bool:
    return text.startswith("'") and text[1:].lstrip("'").startswith(_FORMULA)
