"""Telephone numbers: one normal form for every way of writing one in China.

Stored is E.164 ("+8641183631234"), a short number as it is dialled ("12351"; never "+8612351", which nobody can call)
or nothing for a caller who gave none. An extension is kept apart. Whether a fixed or foreign number can exist is
asked of phonenumbers; a mobile number is any 1[3-9] followed by nine digits (工信部 电信网编号计划 2017), because new
blocks are handed out faster than metadata is released.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberFormat, shortnumberinfo

from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.telephony.writing import Written, read_writing


class NumberKind(StrEnum):
    """What sort of number it is; service numbers (400, 800) count as landlines."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SHORT = "short"
    FOREIGN = "foreign"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number: `normal` is what is stored and compared, `display` how people write it."""

    normal: str
    extension: str = ""
    kind: NumberKind = NumberKind.NONE
    display: str = ""

    def __bool__(self) -> bool:
        return bool(self.normal)


NO_NUMBER = Number("")
"""The caller withheld the number or has none."""

NUMBER_KIND_LABELS = {
    NumberKind.MOBILE: mark("Mobile"),
    NumberKind.LANDLINE: mark("Landline"),
    NumberKind.SHORT: mark("Short number"),
    NumberKind.FOREIGN: mark("Foreign number"),
    NumberKind.NONE: mark("No number"),
}


class UnreadableNumber(Invalid):
    """What stands in the field is no telephone number; the mistake says what to do."""

    def __init__(self, message: str, *, field: str = "caller_number", **params: object) -> None:
        super().__init__(Mistake(field, message, dict(params)))


_MOBILE = re.compile(r"1[3-9]\d{9}")
_SERVICE = re.compile(r"[48]00\d{7}")
_MOBILE_DIGITS = 11
_LOCAL_DIGITS = (7, 8)
_STORED = re.compile(r"\+?[0-9]{3,15}")
_SHORT_DIGITS = (3, 8)
"""110 is the shortest; numbers that begin with 95 have up to eight."""
_SHORTEST_TAIL = 4
_AREA = re.compile(r"10|2\d|[3-9]\d\d")
"""Area codes without the leading zero: 010 and 02x have two digits, all others three."""
_FIXED = re.compile(rf"(?:{_AREA.pattern})[2-9]\d{{6,7}}")

_TOO_LONG = mark("That is too long for a telephone number. Please write one number here, the rest in the narrative.")
_SEVERAL = mark("That looks like more than one number. Please write one here, the others in the narrative.")
_NO_DIGITS = mark(
    "That is not a telephone number. Please write digits, or leave the field empty if the caller has none."
)
_MOBILE_LENGTH = mark("The number has {digits} digits; a mobile number has 11. Please check it or leave it empty.")
_MOBILE_PREFIX = mark("No mobile number begins with {prefix}. Please check it or leave it empty.")
_AREA_MISSING = mark("Write the area code, for example 0411-8363 1234.")
_AREA_WRONG = mark(
    "There is no number like this in area {area}. "
    "Please check the area code and the digits, for example 0411-8363 1234."
)
_TOO_SHORT = mark("The number has only {digits} digits. Please check it or leave it empty.")
_TOO_MANY = mark("The number has {digits} digits, which is too many. Please check it or leave it empty.")
_FOREIGN_WRONG = mark(
    "There is no such foreign number. Please check the country code and the digits, for example +852 2345 6789."
)


def parse_number(raw: str, *, area_code: str) -> Number:
    """Read a number however it was written; one without area code belongs to `area_code` (such as "0411").

    Raises `UnreadableNumber` with a message for the person who typed it, and nothing else, whatever `raw` holds.
    """
    written = read_writing(raw)
    if written is None:
        raise UnreadableNumber(_TOO_LONG)
    if written.withheld:
        return NO_NUMBER
    if written.several:
        raise UnreadableNumber(_SEVERAL)
    for digits, extension in written.readings:
        number = _read(digits, extension, area_code)
        if number is not None:
            return number
    raise _complaint(written)


def number_from_normal(normal: str, extension: str = "") -> Number:
    """The number whose stored form is `normal`.

    Never fails: what was stored once is shown as it stands, even when newer metadata no longer knows such a number.
    """
    if not normal:
        return NO_NUMBER
    number = _read(normal, extension, "") if _STORED.fullmatch(normal) else None
    if number is not None and number.normal == normal:
        return number
    return Number(normal, extension, NumberKind.FOREIGN, _with_extension(normal, extension))


def search_forms(raw: str) -> tuple[str, ...]:
    """What to look for at the end of stored numbers when somebody searches for `raw`; empty when it is no number.

    A whole number gives its normal form. Fewer digits (a tail, or a local number whose area is not known here) are
    given as they are when there are at least four. At most two forms.
    """
    written = read_writing(raw)
    if written is None or written.withheld or written.several:
        return ()
    numbers = (_read(digits, extension, "") for digits, extension in written.readings)
    forms = [number.normal for number in numbers if number is not None and len(number.normal) >= _SHORTEST_TAIL][:1]
    digits = written.readings[0][0] if written.readings else ""
    # Ten digits of a mobile number can pass for a landline without its zero: then both are looked for.
    may_be_tail = digits.isdecimal() and (not forms or digits[0] != "0")
    if may_be_tail and _SHORTEST_TAIL <= len(digits) <= _MOBILE_DIGITS - len(forms):
        forms.append(digits)
    return tuple(dict.fromkeys(forms))


def _read(digits: str, extension: str, area_code: str) -> Number | None:
    """The number these digits are ("+" or "00" in front: international), or None."""
    if digits.startswith("+") or (digits.startswith("00") and len(digits) > max(_LOCAL_DIGITS)):
        abroad = digits.removeprefix("+").removeprefix("00")
        if not abroad.startswith("86"):
            return _foreign(abroad, extension)
        return _domestic(abroad.removeprefix("86"), extension, area_code)
    number = _domestic(digits, extension, area_code)
    if number is None and digits.startswith("86") and len(digits) > _MOBILE_DIGITS:
        return _domestic(digits.removeprefix("86"), extension, "")
    return number


def _domestic(digits: str, extension: str, area_code: str) -> Number | None:
    if _is_short(digits):
        return Number(digits, extension, NumberKind.SHORT, _with_extension(digits, extension))
    national = digits.removeprefix("0")
    if _MOBILE.fullmatch(national):
        display = f"{national[:3]} {national[3:7]} {national[7:]}"
        return Number("+86" + national, extension, NumberKind.MOBILE, _with_extension(display, extension))
    if _SERVICE.fullmatch(national):
        display = f"{national[:3]}-{national[3:6]}-{national[6:]}"
        return Number("+86" + national, extension, NumberKind.LANDLINE, _with_extension(display, extension))
    if _is_landline(national):
        return _landline(national, extension)
    area = area_code.removeprefix("0")
    if area and not digits.startswith("0") and len(digits) in _LOCAL_DIGITS and _is_landline(area + digits):
        return _landline(area + digits, extension)
    area_in_front = _AREA.match(national)
    if area_in_front and digits.startswith("0") and _is_short(national[area_in_front.end() :]):
        # An exchange shows a short number with the area it was dialled in; the short number is what can be called.
        short = national[area_in_front.end() :]
        return Number(short, extension, NumberKind.SHORT, _with_extension(short, extension))
    return None


def _landline(national: str, extension: str) -> Number:
    area = _AREA.match(national)
    cut = area.end() if area else 3
    local = national[cut:]
    display = f"0{national[:cut]}-{local[:-4]} {local[-4:]}"
    return Number("+86" + national, extension, NumberKind.LANDLINE, _with_extension(display, extension))


def _foreign(digits: str, extension: str) -> Number | None:
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    normal = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    display = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return Number(normal, extension, NumberKind.FOREIGN, _with_extension(display, extension))


def _with_extension(display: str, extension: str) -> str:
    return f"{display} 转 {extension}" if extension else display


@functools.lru_cache(maxsize=1024)
def _is_short(digits: str) -> bool:
    if not _SHORT_DIGITS[0] <= len(digits) <= _SHORT_DIGITS[1] or digits.startswith("0"):
        return False
    number = phonenumbers.PhoneNumber(country_code=86, national_number=int(digits))
    return shortnumberinfo.is_valid_short_number_for_region(number, "CN")


@functools.lru_cache(maxsize=1024)
def _is_landline(national: str) -> bool:
    if not _FIXED.fullmatch(national):
        return False
    number = phonenumbers.PhoneNumber(country_code=86, national_number=int(national))
    return phonenumbers.is_valid_number(number)


def _complaint(written: Written) -> UnreadableNumber:
    """What is wrong with the likeliest reading, said so that it can be put right."""
    if not written.readings:
        return UnreadableNumber(_NO_DIGITS)
    digits = written.readings[0][0]
    if digits.startswith(("+", "00")) and not digits.startswith(("+86", "0086")):
        return UnreadableNumber(_FOREIGN_WRONG)
    digits = digits.removeprefix("+86").removeprefix("0086")
    count = len(digits)
    if digits[:1] == "1" and count >= min(_LOCAL_DIGITS):
        if count == _MOBILE_DIGITS:
            return UnreadableNumber(_MOBILE_PREFIX, prefix=digits[:2])
        return UnreadableNumber(_MOBILE_LENGTH, digits=count)
    if digits[:1] == "0" and count > max(_LOCAL_DIGITS):
        area = _AREA.match(digits[1:])
        return UnreadableNumber(_AREA_WRONG, area="0" + (area[0] if area else digits[1:4]))
    if count < min(_LOCAL_DIGITS):
        return UnreadableNumber(_TOO_SHORT, digits=count)
    return UnreadableNumber(_TOO_MANY if count > _MOBILE_DIGITS else _AREA_MISSING, digits=count)
