"""Runs of characters a text is made of, without what names somebody or counts something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hotline.routing.facts import extract_facts
from hotline.routing.text import normal_form

SHORTEST, LONGEST = 2, 6

_CHINESE: Final = re.compile("[\u3400-\u9fff]{2,}")
_NUMERALS: Final = frozenset("零一二两三四五六七八九十百千万亿几半多余来")
_EMPTY: Final = frozenset(
    "的了着过们我你他她它这那是在有就也都和与及或而但并且吗呢吧啊呀嘛把被给让对向从到于个不没很还又再要想去来说"
)
"""What a phrase neither begins nor ends with: it belongs to the sentence, not to the matter."""
_PERSON: Final = re.compile(
    "(?:叫做?|名叫|姓名[是为]?|我是|本人|老板|经理|联系人|包工头)[\u4e00-\u9fff]{2,3}|[\u4e00-\u9fff]{1,3}"
    "(?:先生|女士|小姐|师傅|同志|大姐|大哥|阿姨|叔叔|经理|主任|老板|总监|队长|工长)"
)
_ADDRESS: Final = re.compile(
    "[\u4e00-\u9fff]{1,6}(?:省|市|区|县|镇|乡|村|街道|街|路|巷|号|小区|大厦|广场|花园|栋|楼|单元)"
)
_OF_THE_MATTER: Final = frozenset({"injury"})
"""Facts whose words say what happened and not to whom: just what a rule is made of."""
_GAP: Final = "|"
"""Stands where a name was; no white space, which the normal form would close."""


def runs(text: str, *, private: tuple[str, ...] = ()) -> set[str]:
    """Every run of 2 to 6 Chinese characters of `text` in normal form that could be a phrase, each once.

    Employers, places, addresses, people, numbers and times are left out, and the words in `private` and all that
    touches them: what is proposed to be a rule is read by many.
    """
    found: set[str] = set()
    for part in _CHINESE.findall(_without_names(text, private)):
        found.update(_runs(part))
    return found


def _runs(part: str) -> Iterator[str]:
    for start in range(len(part) - SHORTEST + 1):
        if part[start] in _EMPTY:
            continue
        for end in range(start + SHORTEST, min(start + LONGEST, len(part)) + 1):
            if part[end - 1] not in _EMPTY and _NUMERALS.isdisjoint(part[start:end]):
                yield part[start:end]


def _without_names(text: str, private: tuple[str, ...]) -> str:
    characters = list(text)
    for fact in extract_facts(text):
        if fact.kind not in _OF_THE_MATTER:
            characters[fact.start : fact.end] = _GAP * (fact.end - fact.start)
    told = normal_form("".join(characters)).text
    for word in sorted({normal_form(word).text for word in private}, key=len, reverse=True):
        if len(word) >= SHORTEST:
            told = told.replace(word, _GAP)
    return _ADDRESS.sub(_GAP, _PERSON.sub(_GAP, told))
