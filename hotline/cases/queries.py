"""Questions about single cases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.permissions import Permission
from hotline.cases.lifecycle import Action, Status
from hotline.cases.models import Case, CaseDecision, CaseEvent, CaseText
from hotline.cases.rights import condition, no_conflict
from hotline.errors import NotFound
from hotline.i18n import mark
from hotline.work import Work

_NUMBER: Final = re.compile(r"[0-9]{4}-[0-9]{6,18}")


class CaseNotFound(NotFound):
    """No such case, or none this person may see: the two look the same."""


@dataclass(frozen=True, slots=True)
class Event:
    """One step as a page or the API shows it."""

    version: int
    at: datetime
    actor_name: str | None
    action: Action
    before: Status
    after: Status
    reason: str | None
    details: dict[str, Any]


def is_number(text: str) -> bool:
    """Whether a case could have this number."""
    return _NUMBER.fullmatch(text) is not None


def missing_case(number: str) -> CaseNotFound:
    """To be raised where there is no such case, or none for this person."""
    return CaseNotFound(mark("There is no case {number}, or it is not yours to see."), number=number)


async def get_case(
    work: Work, number: str, *, permission: Permission = Permission.CASE_READ, lock: bool = False
) -> Case:
    """The case with this number. Raises `CaseNotFound`; `lock` holds it until the transaction ends."""
    if not is_number(number):
        raise missing_case(number)
    query = select(Case).where(Case.number == number, condition(work.actor, permission))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    case = await work.session.scalar(query)
    if case is None:
        raise missing_case(number)
    return case


async def lock_at_once(work: Work, case: Case) -> bool:
    """Hold this case too until the transaction ends, as it stands now; False when somebody else holds it."""
    query = select(Case).where(Case.id == case.id).with_for_update(skip_locked=True)
    return await work.session.scalar(query.execution_options(populate_existing=True)) is not None


async def is_lead(session: AsyncSession, case_id: int) -> bool:
    """Whether other cases are linked to this one."""
    return bool(await session.scalar(select(exists().where(Case.lead_id == case_id))))


async def narrative_of(session: AsyncSession, case_id: int) -> str:
    """What the worker said."""
    return await session.scalar(select(CaseText.narrative).where(CaseText.case_id == case_id)) or ""


_EVENTS: Final = (
    select(
        CaseEvent.version,
        CaseEvent.at,
        Account.name,
        CaseEvent.action,
        CaseEvent.before,
        CaseEvent.after,
        CaseEvent.reason,
        CaseEvent.details,
    )
    .outerjoin(Account, Account.id == CaseEvent.actor_id)
    .where(CaseEvent.case_id == bindparam("of_case"))
)
_LAST_EVENT: Final = _EVENTS.order_by(CaseEvent.version.desc()).limit(1)


async def last_event(session: AsyncSession, case_id: int) -> Event | None:
    """The newest step of a case."""
    row = (await (await session.connection()).execute(_LAST_EVENT, {"of_case": case_id})).one_or_none()
    return None if row is None else Event(*row)


async def just_left(work: Work, number: str) -> Case | None:
    """The case, if its very last step has taken it out of a department which this person could see it in."""
    if not is_number(number):
        return None
    told = CaseEvent.details["from"].astext
    recalled = and_(
        CaseEvent.action == Action.RECALL, CaseEvent.details["department"].astext.in_(work.actor.departments)
    )
    return await work.session.scalar(
        select(Case)
        .join(CaseEvent, and_(CaseEvent.case_id == Case.id, CaseEvent.version == Case.version))
        .where(Case.number == number, or_(told.in_(work.actor.departments), recalled), Case.confidential.is_(False))
        .where(*no_conflict(work.actor))
    )


async def proposal_of(session: AsyncSession, case_id: int) -> tuple[str | None, str | None]:
    """Category and department the rules proposed when the call was taken."""
    row = (
        await session.execute(
            select(CaseDecision.category, CaseDecision.department)
            .where(CaseDecision.case_id == case_id, CaseDecision.actor_id.is_(None))
            .order_by(CaseDecision.id)
            .limit(1)
        )
    ).one_or_none()
    return (None, None) if row is None else (row.category, row.department)
