"""Searching cases by numbers, names and words; two Chinese characters are a word.

Words are looked up in two steps, which bounds every answer whatever the words are: frequent ones are found among the
newest cases at once, rare ones through the index (docs/adr/0003). Names and telephone numbers of callers are searched
only for people who may (`Permission.PEOPLE_SEARCH`), so that a masked list is no oracle for others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, union
from sqlalchemy.sql.selectable import LateralFromClause

from hotline.accounts.permissions import Permission, may
from hotline.cases.grams import grams, like, normal, terms
from hotline.cases.models import CallRecord, Case, CaseText
from hotline.cases.queue import After, Filters, Page, read_listed, wanted
from hotline.cases.rights import condition
from hotline.telephony.numbers import search_forms
from hotline.work import Work

NEWEST: Final = 1000
SIZE: Final = 50
LONGEST: Final = 100
_CASE_NUMBER: Final = re.compile(r"(\d{4}-)?0*\d{1,12}")
_TAIL: Final = 4
PAIR: Final = 2
"""A word of so many characters is a gram."""
Where = Sequence[ColumnElement[bool]]
"""Rights and filters: what every found case has to meet."""


async def search_cases(
    work: Work, query: str, *, filters: Filters | None = None, after: After | None = None, size: int = SIZE
) -> Page:
    """Cases this person may see in which every word of `query` occurs, newest first; empty for an empty query."""
    words = terms(query[:LONGEST])
    if not words:
        return Page((), None)
    where = [condition(work.actor, Permission.CASE_READ), *wanted(filters or Filters())]
    if after is not None:
        where.append(Case.id < after.id)
    ids = await _ids(work, _by_number(work, query, where, size + 1)) if _digits(query) else []
    if not ids:
        look = _one_word if len(words) == 1 else _several_words
        ids = await look(work, words, where, size + 1)
    rows = await read_listed(work, ids[:size])
    return Page(rows, After(None, ids[size - 1]) if len(ids) > size else None)


async def _one_word(work: Work, words: Sequence[str], where: Where, size: int) -> list[int]:
    """Where the word was told and where it is a name are looked up apart: neither makes the other slow."""
    ids = await _ids(work, _told_among_newest(words, where, size))
    found = set(ids)
    if len(words[0]) > 1:
        if len(ids) < size:
            found.update(await _ids(work, _told_through_index(words, where, size)))
        if (people := _people(work)) is not None:
            found.update(await _ids(work, _named_through_index(words[0], people, where, size)))
    return sorted(found, reverse=True)[:size]


async def _several_words(work: Work, words: Sequence[str], where: Where, size: int) -> list[int]:
    """One of the words may be a name and the other have been told: every case is checked for both."""
    ids = await _ids(work, _among_newest(work, words, where, size))
    if len(ids) < size and any(len(word) > 1 for word in words):
        ids = sorted({*ids, *await _ids(work, _through_index(work, words, where, size))}, reverse=True)[:size]
    return ids


async def _ids(work: Work, query: Select[Any]) -> list[int]:
    return list((await (await work.session.connection()).execute(query)).scalars().all())


def _digits(query: str) -> str:
    """The digits of a query that can only be a number; empty for words."""
    text = normal(query)
    return re.sub(r"\D", "", text) if re.fullmatch(r"[\d+()转\-—~]+", text) else ""


def _people(work: Work) -> ColumnElement[bool] | None:
    """Where callers may be searched for, or None: nowhere."""
    return condition(work.actor, Permission.PEOPLE_SEARCH) if may(work.actor, Permission.PEOPLE_SEARCH) else None


def _by_number(work: Work, query: str, where: Where, size: int) -> Select[Any]:
    """Cases with this number, or whose caller has it, or has a number that ends in it."""
    found = [select(Case.id).where(Case.number == normal(query), *where).limit(size)]
    people = _people(work)
    forms = search_forms(query) if people is not None else ()
    if people is not None and forms:
        found.append(_called(CallRecord.caller_number.in_(forms), people, where, size))
        tail = max(forms, key=len)[-_TAIL:]
        ends = or_(*(CallRecord.caller_number.endswith(form, autoescape=True) for form in forms))
        found.append(_called(and_(func.right(CallRecord.caller_number, _TAIL) == tail, ends), people, where, size))
    together = union(*found).subquery() if len(found) > 1 else found[0].subquery()
    return select(together.c.id).order_by(together.c.id.desc()).limit(size)


def _called(who: ColumnElement[bool], people: ColumnElement[bool], where: Where, size: int) -> Select[Any]:
    hits = select(CallRecord.case_id).where(CallRecord.caller_number != "", who).cte().prefix_with("MATERIALIZED")
    return _newest_of(select(Case.id).join(hits, hits.c.case_id == Case.id).where(people, *where), size)


def _told(query: Select[Any], case_id: ColumnElement[int], words: Sequence[str]) -> Select[Any]:
    """Of these cases those in whose text every word stands.

    OFFSET 0: the texts are looked up case by case; else the planner may read every text there is for a rare word.
    """
    text = select(CaseText.searched).where(CaseText.case_id == case_id).offset(0).lateral("text")
    return query.join(text, true()).where(*(text.c.searched.like(like(word), escape="\\") for word in words))


def _told_among_newest(words: Sequence[str], where: Where, size: int) -> Select[Any]:
    newest = select(Case.id).where(*where).order_by(Case.id.desc()).limit(NEWEST).cte().prefix_with("MATERIALIZED")
    return _told(select(newest.c.id), newest.c.id, words).order_by(newest.c.id.desc()).limit(size)


def _told_through_index(words: Sequence[str], where: Where, size: int) -> Select[Any]:
    longest = max(words, key=len)
    hits = select(CaseText.case_id).where(CaseText.grams.contains(grams(longest))).cte().prefix_with("MATERIALIZED")
    query = select(Case.id).join(hits, hits.c.case_id == Case.id).where(*where)
    if len(longest) == len(grams(longest)) + 1 == PAIR:
        return _newest_of(query, size)  # the pair itself stands in the index: nothing is left to check
    return _newest_of(_told(query, Case.id.expression, words), size)


def _newest_of(found: Select[Any], size: int) -> Select[Any]:
    """The newest of what was found. OFFSET 0: else the planner may walk all cases, newest first, for a few hits."""
    fenced = found.offset(0).subquery("found")
    return select(fenced.c.id).order_by(fenced.c.id.desc()).limit(size)


def _named_through_index(word: str, people: ColumnElement[bool], where: Where, size: int) -> Select[Any]:
    named = func.lower(CallRecord.caller_name).like(like(word), escape="\\")
    hits = (
        select(CallRecord.case_id)
        .where(CallRecord.name_grams.contains(grams(word)), named)
        .cte()
        .prefix_with("MATERIALIZED")
    )
    return _newest_of(select(Case.id).join(hits, hits.c.case_id == Case.id).where(people, *where), size)


def _caller_of(case_id: ColumnElement[int]) -> LateralFromClause:
    """The caller's name, looked up case by case: OFFSET 0 keeps the planner from reading all calls for a few."""
    return select(CallRecord.caller_name).where(CallRecord.case_id == case_id).offset(0).lateral("caller")


def _holds(work: Work, words: Sequence[str], caller: LateralFromClause) -> list[ColumnElement[bool]]:
    """Every word stands in what was told, or, where callers may be searched for, in the caller's name."""
    people = _people(work)
    conditions = []
    for word in words:
        told = CaseText.searched.like(like(word), escape="\\")
        named = func.lower(caller.c.caller_name).like(like(word), escape="\\")
        conditions.append(told if people is None else or_(told, and_(people, named)))
    return conditions


def _among_newest(work: Work, words: Sequence[str], where: Where, size: int) -> Select[Any]:
    newest = select(Case.id).where(*where).order_by(Case.id.desc()).limit(NEWEST).cte().prefix_with("MATERIALIZED")
    caller = _caller_of(newest.c.id)
    return (
        select(newest.c.id)
        .join(Case, Case.id == newest.c.id)
        .join(CaseText, CaseText.case_id == newest.c.id)
        .join(caller, true())
        .where(*_holds(work, words, caller))
        .order_by(newest.c.id.desc())
        .limit(size)
    )


def _through_index(work: Work, words: Sequence[str], where: Where, size: int) -> Select[Any]:
    longest = grams(max(words, key=len))
    told = select(CaseText.case_id).where(CaseText.grams.contains(longest))
    named = select(CallRecord.case_id).where(CallRecord.name_grams.contains(longest))
    hits = (told if _people(work) is None else union(told, named)).cte().prefix_with("MATERIALIZED")
    caller = _caller_of(Case.id.expression)
    return (
        select(Case.id)
        .join(hits, hits.c.case_id == Case.id)
        .join(CaseText, CaseText.case_id == Case.id)
        .join(caller, true())
        .where(*where, *_holds(work, words, caller))
        .order_by(Case.id.desc())
        .limit(size)
    )
