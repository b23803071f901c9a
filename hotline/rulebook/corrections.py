"""Corrections: where people have decided otherwise than the rules, read page by page, and reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.permissions import Permission, demand
from hotline.cases.models import Case, CaseDecision, Correction, CorrectionKind
from hotline.cases.rights import condition
from hotline.errors import NotFound
from hotline.i18n import mark
from hotline.work import Work, leave_trace

PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class CorrectionFilters:
    """What narrows the list; None means everything. `category` is what the matter was or became."""

    kind: CorrectionKind | None = None
    reason_code: str | None = None
    category: str | None = None
    reviewed: bool | None = None


@dataclass(frozen=True, slots=True)
class CorrectionKey:
    """Where the page before ended."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """Rows of the list, newest first, and where the next page begins (None: this is the last).

    A row has the `Correction`, number and summary of its case, who decided (`by`), and what the rules had said
    (`decision`, as `Decision.to_json` gives it).
    """

    rows: Sequence[Any]
    next: CorrectionKey | None


async def list_corrections(
    work: Work, filters: CorrectionFilters, *, after: CorrectionKey | None = None, size: int = PAGE
) -> CorrectionPage:
    """One page of the corrections of cases this person may see."""
    where = _wanted(filters)
    if after is not None:
        where.append(tuple_(Correction.at, Correction.id) < tuple_(literal(after.at), literal(after.id)))
    query = _listed(work).where(*where).order_by(Correction.at.desc(), Correction.id.desc()).limit(size + 1)
    rows = (await work.session.execute(query)).all()
    shown = rows[:size]
    last = shown[-1].Correction if len(rows) > size else None
    return CorrectionPage(shown, CorrectionKey(last.at, last.id) if last is not None else None)


def _wanted(filters: CorrectionFilters) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if filters.kind is not None:
        where.append(Correction.kind == filters.kind)
    if filters.reason_code is not None:
        where.append(Correction.reason_code == filters.reason_code)
    if filters.category is not None:
        where.append(or_(Correction.from_category == filters.category, Correction.to_category == filters.category))
    if filters.reviewed is not None:
        where.append(Correction.reviewed_at.is_not(None) if filters.reviewed else Correction.reviewed_at.is_(None))
    return where


def _listed(work: Work) -> Select[Any]:
    by_rules = (
        select(CaseDecision.decision)
        .where(CaseDecision.case_id == Correction.case_id, CaseDecision.actor_id.is_(None))
        .order_by(CaseDecision.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Correction, Case.number, Case.summary, Account.name.label("by"), by_rules.label("decision"))
        .join(Case, Case.id == Correction.case_id)
        .outerjoin(Account, Account.id == Correction.by_id)
        .where(condition(work.actor, Permission.CASE_READ))
    )


async def count_unreviewed(work: Work) -> int:
    """How many corrections of cases this person may see wait for a verdict."""
    query = (
        select(func.count())
        .select_from(Correction)
        .join(Case, Case.id == Correction.case_id)
        .where(Correction.reviewed_at.is_(None), condition(work.actor, Permission.CASE_READ))
    )
    return await work.session.scalar(query) or 0


async def corrections_state(session: AsyncSession) -> tuple[int, int, str]:
    """What tells one state of the corrections from another: a new one, one routed again, and a verdict change it."""
    routed = func.count(Correction.to_category)
    judged = func.coalesce(cast(func.max(Correction.reviewed_at), Text), "")
    row = (await session.execute(select(func.count(), routed, judged).select_from(Correction))).one()
    return row[0], row[1], row[2]


async def review(work: Work, correction_id: int, *, rules_right: bool) -> Correction:
    """Say whether the people were right, or the rules: then the rules do not learn from it. Raises `NotFound`.

    A later verdict takes the place of an earlier one; the trail keeps both.
    """
    demand(work.actor, Permission.RULES_WRITE)
    query = (
        select(Correction, Case.number)
        .join(Case, Case.id == Correction.case_id)
        .where(Correction.id == correction_id, condition(work.actor, Permission.CASE_READ))
        .with_for_update(of=Correction)
    )
    found = (await work.session.execute(query)).one_or_none()
    if found is None:
        raise NotFound(mark("There is no such correction, or it is not yours to see."))
    correction: Correction = found.Correction
    correction.rules_right = rules_right
    correction.reviewed_at = work.now
    correction.reviewed_by_id = work.actor.account_id
    details = {"rules_right": rules_right, "correction": correction.id}
    await leave_trace(work, "correction.review", case_id=correction.case_id, subject=found.number, details=details)
    return correction
