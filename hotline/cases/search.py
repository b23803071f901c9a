"""Searching cases by numbers, names and words; two Chinese characters are a word.

Words are looked up in two steps, which bounds every answer whatever the words are: frequent ones are found among the
newest cases at once, rare ones through the index (docs/adr/0003). Names and telephone numbers of callers are searched
only for people who may (`Permission.PEOPLE_SEARCH`), so that a masked list is no oracle for others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from hotline.cases.grams import grams, like, normal, terms
from hotline.cases.queue import After, Filters, Page
from hotline.cases.search_statements import (
    AFTER,
    GRAMS,
    PAIR,
    TAIL,
    Asked,
    of_a_number,
    of_one_word,
    of_several_words,
    word_bind,
)
from hotline.storage.prepared import Prepared
from hotline.telephony.numbers import search_forms
from hotline.work import Work

SIZE: Final = 50
LONGEST: Final = 100
_NUMBER: Final = re.compile(r"[\d+()转\-—~]+")
"""A query that can only be a number."""


async def search_cases(
    work: Work, query: str, *, filters: Filters | None = None, after: After | None = None, size: int = SIZE
) -> Page:
    """Cases this person may see in which every word of `query` occurs, newest first; empty for an empty query."""
    words = terms(query[:LONGEST])
    if not words:
        return Page((), None)
    asked = Asked(work.actor, filters or Filters(), size + 1, paged=after is not None)
    place = {AFTER: after.id} if after is not None else {}
    rows: Sequence[Any] = ()
    if _NUMBER.fullmatch(normal(query)):
        statement, told = _for_number(query, asked)
        rows = await statement.rows(work.session, told | place)
    if not rows:
        statement, told = _for_words(words, asked)
        rows = await statement.rows(work.session, told | place)
    return Page(rows[:size], After(None, rows[size - 1].id) if len(rows) > size else None)


def _for_words(words: Sequence[str], asked: Asked) -> tuple[Prepared, dict[str, Any]]:
    longest = max(words, key=len)
    told: dict[str, Any] = {word_bind(place): like(word) for place, word in enumerate(words)}
    if len(longest) > 1:
        told[GRAMS] = grams(longest)
    if len(words) > 1:
        return of_several_words(asked, len(words), indexed=len(longest) > 1), told
    exact = len(longest) == len(grams(longest)) + 1 == PAIR
    return of_one_word(asked, PAIR if exact else min(len(longest), PAIR + 1)), told


def _for_number(query: str, asked: Asked) -> tuple[Prepared, dict[str, Any]]:
    told: dict[str, Any] = {"number": normal(query)}
    forms = search_forms(query) if asked.people() is not None else ()
    if not forms:
        return of_a_number(asked, called=False), told
    told["forms"] = list(forms)
    told["ends"] = [like(form)[:-1] for form in forms]
    told["tail"] = max(forms, key=len)[-TAIL:]
    return of_a_number(asked, called=True), told
