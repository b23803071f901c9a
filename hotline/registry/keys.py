"""The forms in which organisations are searched, and the pairs of characters by which an index finds them.

Two Chinese characters are a word: every pair of neighbours of a form is a gram, marked with the form it is of, so that
one index answers for all forms. Letters (pinyin, initials) are cut into threes and pairs: there are only 26 of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise
from typing import Final

from hotline.registry.fields import CODES

FORMS: Final = ("name_key", "other_key", "address_key", "pinyin", "initials", "grams")
"""The columns in which an organisation is searched."""
COLUMNS: Final = ("line", *CODES, *FORMS)
"""The columns of the table an import is copied into, in the order in which they are written."""
NULL: Final = "\\N"
"""What stands in a file of COPY for a value that is not there."""
_UNSTORABLE: Final = {0: None} | dict.fromkeys(range(0xD800, 0xE000))
_SILENT: Final = str.maketrans(dict.fromkeys("()[]{}<>《》〈〉【】〔〕「」“”‘’\"'·•.,，。、;；:：-—–_/\\|*#&+!?！？"))
_FIRM_KINDS: Final = ("股份有限公司", "有限责任公司", "有限公司")


class Form(StrEnum):
    """Which form a gram is of."""

    NAME = "n"
    OTHER = "o"
    ADDRESS = "a"
    INITIALS = "i"
    PINYIN = "p"


def name_key(name: str) -> str:
    """A name as names are compared: half-width, small letters, no white space, brackets or punctuation.

    Applied again it changes nothing.
    """
    folded = _fold(name.translate(_UNSTORABLE))
    while (again := _fold(folded)) != folded:
        folded = again
    return folded


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().translate(_SILENT).split())


def core_of(key: str) -> str:
    """A name's key without what every firm's name ends in: nobody types that in letters."""
    for kind in _FIRM_KINDS:
        if len(key) > len(kind) + 1:
            key = key.replace(kind, "")
    return key


def core_letters(letters: str) -> str:
    """Typed letters without those every firm's name ends in, whole or as initials."""
    for kind in ("gufenyouxiangongsi", "youxianzerengongsi", "youxiangongsi", "gfyxgs", "yxzrgs", "yxgs"):
        if letters.endswith(kind) and len(letters) > len(kind) + 1:
            return letters.removesuffix(kind)
    return letters


def pairs(text: str) -> list[str]:
    """Neighbouring characters two by two, each once; none across a blank."""
    return list(dict.fromkeys("".join(pair) for part in text.split() for pair in pairwise(part)))


def threes(text: str) -> list[str]:
    """Three neighbouring characters each, once; none across a blank."""
    return list(dict.fromkeys(part[at : at + 3] for part in text.split() for at in range(len(part) - 2)))


def marked(form: Form, found: Iterable[str]) -> list[str]:
    """Grams with the mark of their form."""
    return [form.value + gram for gram in found]


def grams_of(*, name: str, other: str, address: str, pinyin: str, initials: str) -> list[str]:
    """Everything the index knows of one organisation, from its forms."""
    return [
        *marked(Form.NAME, pairs(name)),
        *marked(Form.OTHER, pairs(other)),
        *marked(Form.ADDRESS, pairs(address)),
        *marked(Form.INITIALS, [*pairs(initials), *threes(initials)]),
        *marked(Form.PINYIN, threes(pinyin)),
    ]
