"""What the rules could learn: the corrected cases with their texts, and a sample of uncorrected ones beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.lifecycle import Status
from hotline.cases.models import CallRecord, Case, CaseDecision, CaseText, Correction
from hotline.registry.models import Organisation
from hotline.routing import suggest as pure
from hotline.routing.categories import Category
from hotline.routing.ruleset import RuleSetTable
from hotline.routing.units import UnitIndex

MOST_CORRECTED: Final = 800
MOST_BESIDE: Final = 1600
"""The newest; enough for a word to show itself, and counted within two seconds."""
DAYS: Final = 365
_SORTED: Final = (Status.ROUTED, Status.ACCEPTED, Status.RESOLVED, Status.FOLLOWED_UP, Status.CLOSED, Status.ANSWERED)


async def find_suggestions(
    session: AsyncSession,
    visible: ColumnElement[bool] | None,
    *,
    table: RuleSetTable,
    categories: Mapping[str, Category],
    units: UnitIndex,
    now: datetime,
) -> tuple[pure.Suggestion, ...]:
    """What the corrections of a year propose for these rules.

    `visible` is a condition over cases, None at the machine itself, where every case is at hand anyway; `units` are the
    organisations of the register. Counted in a thread of its own: the loop goes on answering.
    """
    cases = await learnt_from(session, visible, now=now)
    return await asyncio.to_thread(pure.suggest, table, categories, cases, units=units)


async def learnt_from(session: AsyncSession, visible: ColumnElement[bool] | None, *, now: datetime) -> list[pure.Case]:
    """The newest corrected cases, and the newest ones nobody corrected.

    Left out are corrections of which a supervisor has said that the rules were right, and returns nobody has routed
    again.
    """
    since = now - timedelta(days=DAYS)
    among = true() if visible is None else visible
    corrected = await session.execute(_corrected(among, since))
    beside = await session.execute(_beside(among, since))
    return [_case(row) for row in (*corrected, *beside)]


def _corrected(visible: ColumnElement[bool], since: datetime) -> Select[Any]:
    """The last correction of each case that says where it went."""
    last = (
        select(Correction.to_category)
        .where(Correction.case_id == Case.id, Correction.to_category.is_not(None))
        .order_by(Correction.id.desc())
        .limit(1)
        .lateral("last")
    )
    judged = exists().where(Correction.case_id == Case.id, Correction.rules_right.is_(True))
    open_return = exists().where(Correction.case_id == Case.id, Correction.to_category.is_(None))
    return (
        _told(last.c.to_category)
        .join(last, true())
        .where(visible, Case.opened_at > since, ~judged, ~open_return)
        .order_by(Case.id.desc())
        .limit(MOST_CORRECTED)
    )


def _beside(visible: ColumnElement[bool], since: datetime) -> Select[Any]:
    """Cases in which nobody found anything to correct."""
    settled = and_(Case.status.in_(_SORTED), Case.category.is_not(None), Case.opened_at > since)
    corrected = exists().where(Correction.case_id == Case.id)
    return _told(Case.category).where(visible, settled, ~corrected).order_by(Case.id.desc()).limit(MOST_BESIDE)


def _told(final: Any) -> Select[Any]:
    by_rules = (
        select(CaseDecision.category)
        .where(CaseDecision.case_id == Case.id, CaseDecision.actor_id.is_(None))
        .order_by(CaseDecision.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Case.number,
            CaseText.narrative,
            by_rules.label("rules"),
            func.coalesce(final, Case.category).label("final"),
            CallRecord.caller_number,
            CallRecord.caller_name,
            Case.employer,
            Case.place,
            Case.people,
            Case.amount_owed,
            Case.channel,
            Case.opened_at,
            func.coalesce(Organisation.code, "").label("unit"),
        )
        .join(CaseText, CaseText.case_id == Case.id)
        .join(CallRecord, CallRecord.case_id == Case.id)
        .outerjoin(Organisation, Organisation.id == Case.unit_id)
    )


def _case(row: Any) -> pure.Case:
    return pure.Case(
        number=row.number,
        text=row.narrative,
        rules=row.rules,
        final=row.final,
        caller=row.caller_number,
        private=tuple(filter(None, (row.caller_name, row.employer, row.place))),
        people=row.people,
        amount_owed=row.amount_owed,
        channel=row.channel.value,
        place=row.place,
        employer=row.employer,
        unit=row.unit,
        at=row.opened_at,
    )
