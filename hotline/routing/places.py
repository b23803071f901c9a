"""One name for a place within a territory: what callers who name the same one are counted by."""

from __future__ import annotations

import re
from typing import Final

from hotline.routing.departments import DepartmentTree
from hotline.routing.destination import territory_named
from hotline.routing.text import normal_form

SHORTEST: Final = 3
LONGEST: Final = 120
BETWEEN: Final = "/"

_SIGNS: Final = re.compile(r"[^\w]|_")
_BESIDE: Final = re.compile(r"(?:附近|旁边|对面|门口|里面|那边|一带|路口|边上|内|旁)$")
_WIDE: Final = re.compile(
    "[\u4e00-\u9fff]{0,8}(?:路|街|大道|大街|巷|里|胡同|桥头?|公园|广场|镇|乡|村|社区|街道|开发区|高新区|新区|工业园区?|产业园区?|园区|商圈|车站)"
)
"""A street, a village, an industrial park: many employers lie there, so callers from there have nothing in common."""


def place_key(tree: DepartmentTree, place: str) -> str:
    """Territory and the place within it, `binhai/东港路88号`; empty when no place within a territory is named.

    A district or a street alone is no place: everything that happens there would count as one matter.
    """
    rest = _SIGNS.sub("", normal_form(place).text)
    if not rest:
        return ""
    department, words = territory_named(tree, place)
    for word in words:
        rest = rest.replace(word, "")
    rest = _BESIDE.sub("", rest)[:LONGEST]
    if len(rest) < SHORTEST or _WIDE.fullmatch(rest):
        return ""
    return f"{department.code}{BETWEEN}{rest}"


def territory_of(key: str) -> str:
    """The territory's department of a key."""
    return key.partition(BETWEEN)[0]
