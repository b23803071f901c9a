"""One name for every way of writing an employer: what callers who name the same one are counted by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from hotline.routing.facts import Fact
from hotline.routing.text import normal_form
from hotline.routing.unit_names import is_generic

SHORTEST: Final = 2
LONGEST: Final = 120

_SIGNS: Final = re.compile(r"[^\w]|_")
"""Brackets, dashes, quotation marks, white space: written or left out as one likes."""
_FORM: Final = re.compile(r"(?:股份有限|有限责任|有限)公司")
_END: Final = re.compile(r"(?:股份公司|集团公司|总公司|分公司|子公司|公司|集团|总厂|分厂|分店|总店|分部|总部)$")
_CITY: Final = re.compile(r"^(?:[\u4e00-\u9fff]{2,3}省)?[\u4e00-\u9fff]{2,3}市(?![政场民立内区])")
_GENERIC: Final = re.compile(
    r"[本我某原该这那]?(?:单位|工厂|厂|工地|学校|医院|超市|饭店|酒店|餐厅|宾馆|物业|商场|车间|店|幼儿园|煤矿|矿山|快递站)里?"
    r"|老板|包工头|个人|个体|私人|项目部|施工队|劳务队?|建筑|企业|不详|不清楚|不知道|未知|没有|暂无|快递|外卖|用人单位|中介|\d+"
)


def employer_key(name: str) -> str:
    """The name without what is written sometimes and sometimes not; empty for a name that names no one employer.

    The legal form (有限公司 and what follows it: a branch, a project), signs, a city in front and words of a company's
    structure are left out. The key of a key is the key.
    """
    key = _SIGNS.sub("", normal_form(name).text)[:LONGEST]
    while True:
        shorter = _END.sub("", _without_form(key))
        city = _CITY.match(shorter)
        if city is not None and len(shorter) - city.end() >= SHORTEST:
            shorter = shorter[city.end() :]
        if shorter == key:
            break
        key = shorter
    return "" if len(key) < SHORTEST or _GENERIC.fullmatch(key) or is_generic(key) else key


def _without_form(name: str) -> str:
    form = _FORM.search(name)
    return name[: form.start()] if form else name


def employer_told(name: str, facts: Iterable[Fact]) -> str:
    """The key of the employer a call names: by the field, else by the one employer the narrative tells of."""
    if name:
        return employer_key(name)
    told = {employer_key(str(fact.value)) for fact in facts if fact.kind == "employer"} - {""}
    return told.pop() if len(told) == 1 else ""
