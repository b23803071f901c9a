"""The permission table as SQL: the twin of `hotline.accounts.permissions.allows`, row for row."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, and_, cast, false, func, or_, true

from hotline.accounts.permissions import Actor, Atom, CaseFacts, Permission, relations
from hotline.cases.models import Case

KEPT_CONDITIONS: Final = 2048
"""Conditions kept ready: several for each person at work."""


def _among(actor: Actor) -> list[str]:
    return sorted(actor.departments)


_TWINS: dict[Atom, Callable[[Actor], ColumnElement[bool]]] = {
    Atom.ANY: lambda _actor: true(),
    Atom.TAKEN_BY_ME: lambda actor: Case.taken_by_id.is_not_distinct_from(actor.account_id),
    Atom.IN_MY_DEPARTMENT: lambda actor: Case.department == actor.department if actor.department else false(),
    Atom.IN_MY_SUBTREE: lambda actor: Case.department.in_(_among(actor)),
    Atom.CO_HANDLED: lambda actor: Case.co_handlers.overlap(cast(_among(actor), ARRAY(Text))),
    Atom.NOT_CONFIDENTIAL: lambda _actor: Case.confidential.is_(False),
}


@lru_cache(maxsize=KEPT_CONDITIONS)
def condition(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Which cases this person has this permission for; false for all when the table names no relation."""
    ways = [and_(*(_TWINS[atom](actor) for atom in sorted(relation))) for relation in relations(actor, permission)]
    return and_(or_(*ways), *no_conflict(actor)) if ways else false()


def no_conflict(actor: Actor) -> list[ColumnElement[bool]]:
    """That a case is not against an employer this person has to do with; nothing for who has to do with none."""
    if not actor.conflicts:
        return []
    units = cast(sorted(actor.conflicts), ARRAY(BigInteger))
    names = cast(sorted(actor.conflict_names), ARRAY(Text))
    unknown = and_(Case.unit_id.is_(None), Case.employer_key != func.all(names))
    return [or_(unknown, Case.unit_id != func.all(units))]


def facts_of(case: Case) -> CaseFacts:
    """What of this case decides who may see it."""
    return CaseFacts(
        department=case.department,
        taken_by=case.taken_by_id,
        confidential=case.confidential,
        co_handlers=frozenset(case.co_handlers),
        unit=case.unit_id,
        employer_key=case.employer_key or "",
    )
