"""Numbers as people say them: counts, sums of money, months, and telephone numbers that nobody has."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Final

from hotline.demo.dice import Dice

MOBILES: Final = ("1380000", "1390000")
LANDLINES: Final = "04118000"
"""Followed by four digits each. Every number of the demo comes from these ranges: 138 0000 xxxx and 139 0000 xxxx,
the blocks examples are written with, and 0411-8000 xxxx. None of them stands for a person."""

_DIGITS: Final = "零一二三四五六七八九"
_WAN: Final = 10_000
_LANDLINE_SHARE: Final = 0.09


def chinese(number: int) -> str:
    """A whole number from 1 to 99,999,999 in Chinese numerals."""
    if number >= _WAN:
        high, low = divmod(number, _WAN)
        return chinese(high) + "万" + (("零" if low < _WAN // 10 else "") + chinese(low) if low else "")
    said, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            said += ("零" if gap else "") + _DIGITS[digit] + sign
        gap = bool(said) and not digit
    return said.removeprefix("一") if said.startswith("一十") else said


def counted(rng: Dice, number: int) -> str:
    """A small count before a measure word, in numerals or digits: 两, 2."""
    return str(number) if rng.often(0.3) else ("两" if number == 2 else chinese(number))


def people_said(rng: Dice, number: int) -> str:
    """So many people, as somebody says it."""
    if number >= 20 and rng.often(0.5):
        return chinese(number // 10 * 10) + rng.choice(("多个人", "多号人", "来个人", "多名工友"))
    return counted(rng, number) + rng.choice(("个人", "个工友", "个工人", "名职工"))


def sum_of_money(rng: Dice, low: int, high: int) -> int:
    """An amount of yuan, small ones oftener than large ones, in whole hundreds."""
    return max(round(low * math.exp(rng.uniform(0, math.log(high / low))) / 100) * 100, 100)


def money_said(rng: Dice, yuan: int) -> str:
    """This amount, as somebody says it."""
    way = rng.way(wan=4, about=2, digits=2, words=2)
    if yuan >= _WAN and way == "wan":
        wan = Decimal(yuan) / _WAN
        return f"{wan.quantize(Decimal('0.1')).normalize():f}万元"
    if yuan >= _WAN and way == "about":
        return chinese(yuan // 1000 * 1000).replace("二万", "两万") + rng.choice(("多元", "多块钱"))
    return chinese(yuan) + rng.choice(("元", "块钱")) if way == "words" else f"{yuan}元"


def since_said(rng: Dice, today: date) -> str:
    """Some month before this day."""
    back = rng.randint(1, 7)
    if back == 1:
        return rng.choice(("上个月", "一个月前"))
    month = (today.month - 1 - back) % 12 + 1
    return f"{'今年' if month < today.month else '去年'}{chinese(month)}月"


def number_of_nobody(rng: Dice) -> str:
    """A telephone number out of the ranges above: eleven digits, a landline twelve."""
    tail = f"{rng.randrange(_WAN):04d}"
    return LANDLINES + tail if rng.often(_LANDLINE_SHARE) else rng.choice(MOBILES) + tail


def number_written(rng: Dice, digits: str) -> str:
    """The number, as an operator types it into a sentence."""
    if digits.startswith("0"):
        return f"{digits[:4]}-{digits[4:]}"
    return rng.choice((digits, f"{digits[:3]} {digits[3:7]} {digits[7:]}", f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"))
