"""Chinese search without a dictionary: characters two by two.

A word of two characters is the usual length of a Chinese query; it must be found inside any sentence. The normal form
(NFKC, lower case, no white space) is stored; every pair of neighbouring characters in it is a gram.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

_UNSTORABLE: Final = {0: None} | dict.fromkeys(range(0xD800, 0xE000))


def normal(text: str) -> str:
    """The form in which texts are compared: full-width becomes half-width, upper becomes lower case, no white space.

    Applied again it changes nothing; what PostgreSQL cannot store (NUL, lone surrogates) is left out.
    """
    if text.isascii():
        return "".join(text.translate(_UNSTORABLE).lower().split())
    folded = _fold(text.translate(_UNSTORABLE))
    while (again := _fold(folded)) != folded:  # without white space a mark may meet another letter
        folded = again
    return folded


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def grams(normal_text: str) -> list[str]:
    """Every distinct pair of neighbouring characters of a text in normal form, in order of first appearance."""
    return list(dict.fromkeys(map("".join, pairwise(normal_text))))


def desk_marks(department: str | None, co_handlers: Iterable[str] = ()) -> list[str]:
    """What stands beside the grams of a text: the desks its case lies on, so that a word and a desk are one look-up.

    No gram looks like one: there is no white space in a gram.
    """
    return [f"at {code}" for code in dict.fromkeys((department, *co_handlers)) if code]


def terms(query: str) -> list[str]:
    """The words of a query, each in normal form, at most eight; white space separates them."""
    found = (normal(word) for word in query.split())
    return list(dict.fromkeys(term for term in found if term))[:8]


def like(term: str) -> str:
    """A LIKE pattern which finds `term` literally anywhere."""
    for special in ("\\", "%", "_"):
        term = term.replace(special, "\\" + special)
    return f"%{term}%"
