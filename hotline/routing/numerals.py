"""Numbers as people say and write them: 30, 1.5, 12,000, 三十, 两百五, 几十."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

NUMBER = r"(?:\d[\d,]{0,14}(?:\.\d{1,4})?|(?:好几|[几数上])?[零〇一二两三四五六七八九十百千]{1,9})"
"""A regular expression for one number without 万; what stands before the unit of a thing that is counted."""

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_VAGUE = {"好几": 2, "几": 2, "数": 2, "上": 1}


def number_of(text: str) -> Decimal | None:
    """The value of a number in digits or Chinese numerals up to 9,999; vague ones (几十) count as the least they mean.

    None when it is no number that makes sense (三三, 上).
    """
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        pass
    for prefix, least in _VAGUE.items():
        if text.startswith(prefix):
            rest = text.removeprefix(prefix)
            return Decimal(least * _UNITS[rest]) if rest in _UNITS else None
    return _chinese(text)


def _chinese(text: str) -> Decimal | None:
    total, digit, smallest, unit = 0, None, 10_000, 1
    for character in text:
        if character in _UNITS:
            unit = _UNITS[character]
            if unit >= smallest or digit == 0:
                return None
            total += (digit or 1) * unit
            smallest, digit = unit, None
        elif character in _DIGITS:
            if digit not in {None, 0}:
                return None
            digit = _DIGITS[character]
            unit = 1 if digit == 0 else unit
        else:
            return None
    if digit is None:
        return Decimal(total) if text else None
    trailing = unit // 10 if unit > 10 else 1  # noqa: PLR2004 - 两百五 is 250, 二十五 is 25
    return Decimal(total + digit * trailing)
