"""The statements of a search: each is made once for what is asked in this way, and sent with other words ever after.

Making one takes longer than answering it. Each answers in one round trip: the rows a list shows, newest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, Text, and_, bindparam, cast, func, or_, select, true, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import LateralFromClause

from hotline.accounts.permissions import Actor, Atom, Permission, may, relations
from hotline.cases.grams import desk_marks
from hotline.cases.models import NO_NUMBER, CallRecord, Case, CaseText
from hotline.cases.queue import Filters, listed, wanted
from hotline.cases.rights import condition
from hotline.storage.base import fixed
from hotline.storage.prepared import Prepared

NEWEST: Final = 1000
NEWEST_ON_DESKS: Final = 300
"""Where the index can be asked for a word on few desks, it finds the older ones sooner than reading on would."""
PAIR: Final = 2
"""A word of so many characters is a gram."""
TAIL: Final = 4
KEPT: Final = 512
"""Statements kept ready: a few for each person at work."""

FEW: Final = 8
"""Looking up a word on more desks at once would take longer than it saves."""
_ON_MY_DESKS: Final = frozenset({Atom.IN_MY_DEPARTMENT, Atom.IN_MY_SUBTREE, Atom.CO_HANDLED})

AFTER: Final = "after_id"
GRAMS: Final = "grams_of_longest"
_AFTER: Final = bindparam(AFTER, type_=Case.id.type)
_GRAMS: Final = bindparam(GRAMS, type_=ARRAY(Text))
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who searches, within which filters, for how many rows; `paged` when a page before this one has been read."""

    actor: Actor
    filters: Filters
    size: int
    paged: bool

    def where(self) -> Conditions:
        """Rights and filters: what every found case has to meet."""
        met = [condition(self.actor, Permission.CASE_READ), *wanted(self.filters)]
        return [*met, Case.id < _AFTER] if self.paged else met

    def desks(self) -> ColumnElement[bool] | None:
        """That a text lies on one of the desks the found cases can be on; None when that would narrow little."""
        desks = [self.filters.department] if self.filters.department else _desks_of(self.actor)
        return CaseText.grams.overlap(cast(desk_marks(None, desks), ARRAY(Text))) if 0 < len(desks) <= FEW else None

    def people(self) -> ColumnElement[bool] | None:
        """Where callers may be searched for, or None: nowhere."""
        allowed = may(self.actor, Permission.PEOPLE_SEARCH)
        return condition(self.actor, Permission.PEOPLE_SEARCH) if allowed else None


def _desks_of(actor: Actor) -> list[str]:
    """The only departments on whose desks this person may read a case; empty when there are others too."""
    ways = relations(actor, Permission.CASE_READ)
    return sorted(actor.departments) if all(relation & _ON_MY_DESKS for relation in ways) else []


def word_bind(place: int) -> str:
    """The name under which the LIKE pattern of a word is sent."""
    return f"word_{place}"


@lru_cache(maxsize=KEPT)
def of_one_word(asked: Asked, length: int) -> Prepared:
    """Cases in which a word was told, or whose caller has it in the name; `length` 1, 2 or 3 for more.

    Where the word was told and where it is a name are looked up apart: neither makes the other slow.
    """
    first = _told_among_newest(asked, indexed=length > 1)
    found = [select(first.c.id)]
    if length > 1:
        found.append(_unless_full(first, asked, _told_through_index(asked, checked=length > PAIR)))
        if (people := asked.people()) is not None:
            found.append(_named_through_index(asked, people))
    return _newest_listed(found, asked)


@lru_cache(maxsize=KEPT)
def of_several_words(asked: Asked, words: int, *, indexed: bool) -> Prepared:
    """Cases in which every word was told or is in the caller's name: each case is checked for both.

    `indexed`: one of the words at least has two characters.
    """
    first = _among_newest(asked, words, indexed=indexed)
    found = [select(first.c.id)]
    if indexed:
        found.append(_unless_full(first, asked, _through_index(asked, words)))
    return _newest_listed(found, asked)


@lru_cache(maxsize=KEPT)
def of_a_number(asked: Asked, *, called: bool) -> Prepared:
    """Cases with the number `number`, or whose caller has one of `forms`, or a number that ends in one (`called`)."""
    found = [
        select(Case.id).where(Case.number == bindparam("number", type_=Text), *asked.where()).limit(fixed(asked.size))
    ]
    people = asked.people()
    if people is not None and called:
        forms = bindparam("forms", type_=ARRAY(Text))
        ends = CallRecord.caller_number.like(func.any(bindparam("ends", type_=ARRAY(Text))))
        tail = func.right(CallRecord.caller_number, TAIL) == bindparam("tail", type_=Text)
        found.append(_called(CallRecord.caller_number == func.any(forms), people, asked))
        found.append(_called(and_(tail, ends), people, asked))
    return _newest_listed(found, asked)


def _newest_listed(found: Sequence[Select[Any]], asked: Asked) -> Prepared:
    together = union(*found).subquery("together") if len(found) > 1 else found[0].subquery("together")
    chosen = select(together.c.id).order_by(together.c.id.desc()).limit(fixed(asked.size)).subquery("chosen")
    return Prepared(listed(chosen))


def _unless_full(first: CTE, asked: Asked, more: Select[Any]) -> Select[Any]:
    """The second step, which is not taken at all where the first has filled the page."""
    missing = select(func.count()).select_from(first).scalar_subquery() < fixed(asked.size)
    gated = more.subquery()
    return select(gated.c.id).where(missing)


def _newest(asked: Asked, *, indexed: bool) -> CTE:
    most = NEWEST_ON_DESKS if indexed and asked.desks() is not None else NEWEST
    newest = select(Case.id).where(*asked.where()).order_by(Case.id.desc()).limit(fixed(most))
    return newest.cte("newest").prefix_with("MATERIALIZED")


def _like(place: int) -> Any:
    return bindparam(word_bind(place), type_=Text)


def _told(query: Select[Any], case_id: ColumnElement[int]) -> Select[Any]:
    """Of these cases those in whose text the word stands.

    OFFSET 0: the texts are looked up case by case; else the planner may read every text there is for a rare word.
    """
    text = select(CaseText.searched).where(CaseText.case_id == case_id).offset(0).lateral("text")
    return query.join(text, true()).where(text.c.searched.like(_like(0), escape="\\"))


def _told_among_newest(asked: Asked, *, indexed: bool) -> CTE:
    newest = _newest(asked, indexed=indexed)
    told = _told(select(newest.c.id), newest.c.id).order_by(newest.c.id.desc()).limit(fixed(asked.size))
    return told.cte("first").prefix_with("MATERIALIZED")


def _told_through_index(asked: Asked, *, checked: bool) -> Select[Any]:
    """A pair itself stands in the index: nothing is left to check in the text then."""
    hits = _texts_with_grams(asked).cte("hits").prefix_with("MATERIALIZED")
    query = select(Case.id).join(hits, hits.c.case_id == Case.id).where(*asked.where())
    return _newest_of(_told(query, Case.id.expression) if checked else query, asked)


def _texts_with_grams(asked: Asked) -> Select[Any]:
    desks = asked.desks()
    return select(CaseText.case_id).where(CaseText.grams.contains(_GRAMS), *([] if desks is None else [desks]))


def _newest_of(found: Select[Any], asked: Asked) -> Select[Any]:
    """The newest of what was found. OFFSET 0: else the planner may walk all cases, newest first, for a few hits."""
    fenced = found.offset(0).subquery()
    return select(fenced.c.id).order_by(fenced.c.id.desc()).limit(fixed(asked.size))


def _named_through_index(asked: Asked, people: ColumnElement[bool]) -> Select[Any]:
    named = func.lower(CallRecord.caller_name).like(_like(0), escape="\\")
    return _called(and_(CallRecord.name_grams.contains(_GRAMS), named), people, asked)


def _called(who: ColumnElement[bool], people: ColumnElement[bool], asked: Asked) -> Select[Any]:
    hits = (
        select(CallRecord.case_id).where(CallRecord.caller_number != NO_NUMBER, who).cte().prefix_with("MATERIALIZED")
    )
    query = select(Case.id).join(hits, hits.c.case_id == Case.id).where(people, *asked.where())
    return select(_newest_of(query, asked).subquery().c.id)


def _caller_of(case_id: ColumnElement[int]) -> LateralFromClause:
    """The caller's name, looked up case by case: OFFSET 0 keeps the planner from reading all calls for a few."""
    return select(CallRecord.caller_name).where(CallRecord.case_id == case_id).offset(0).lateral("caller")


def _holds(asked: Asked, words: int, caller: LateralFromClause) -> list[ColumnElement[bool]]:
    """Every word stands in what was told, or, where callers may be searched for, in the caller's name."""
    people = asked.people()
    conditions = []
    for place in range(words):
        told = CaseText.searched.like(_like(place), escape="\\")
        named = func.lower(caller.c.caller_name).like(_like(place), escape="\\")
        conditions.append(told if people is None else or_(told, and_(people, named)))
    return conditions


def _among_newest(asked: Asked, words: int, *, indexed: bool) -> CTE:
    newest = _newest(asked, indexed=indexed)
    caller = _caller_of(newest.c.id)
    found = (
        select(newest.c.id)
        .join(Case, Case.id == newest.c.id)
        .join(CaseText, CaseText.case_id == newest.c.id)
        .join(caller, true())
        .where(*_holds(asked, words, caller))
        .order_by(newest.c.id.desc())
        .limit(fixed(asked.size))
    )
    return found.cte("first").prefix_with("MATERIALIZED")


def _through_index(asked: Asked, words: int) -> Select[Any]:
    told = _texts_with_grams(asked)
    named = select(CallRecord.case_id).where(CallRecord.name_grams.contains(_GRAMS))
    hits = (told if asked.people() is None else union(told, named)).cte("hits").prefix_with("MATERIALIZED")
    caller = _caller_of(Case.id.expression)
    return (
        select(Case.id)
        .join(hits, hits.c.case_id == Case.id)
        .join(CaseText, CaseText.case_id == Case.id)
        .join(caller, true())
        .where(*asked.where(), *_holds(asked, words, caller))
        .order_by(Case.id.desc())
        .limit(fixed(asked.size))
    )
