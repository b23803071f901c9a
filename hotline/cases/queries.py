"""Questions about single cases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from hotline.accounts.models import Account
from hotline.accounts.permissions import Permission
from hotline.cases.lifecycle import Action, Status
from hotline.cases.models import CallRecord, Case, CaseDecision, CaseEvent, CaseText
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


@dataclass(frozen=True, slots=True)
class WhoCalled:
    """What of the caller is stored; shown masked."""

    number: str
    extension: str
    name: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything a case page shows: the case, the words, the caller, the people, and what happened."""

    case: Case
    narrative: str
    caller: WhoCalled
    taken_by: str | None
    handler: str | None
    merged_into: str | None
    events: Sequence[Event]
    decisions: Sequence[Any]
    repeats: Sequence[Any]
    """Cases merged into this one: number, opened_at, channel, caller_number, caller_name; oldest first."""


def is_number(text: str) -> bool:
    """Whether a case could have this number."""
    return _NUMBER.fullmatch(text) is not None


def _missing(number: str) -> CaseNotFound:
    return CaseNotFound(mark("There is no case {number}, or it is not yours to see."), number=number)


async def get_case(
    work: Work, number: str, *, permission: Permission = Permission.CASE_READ, lock: bool = False
) -> Case:
    """The case with this number. Raises `CaseNotFound`; `lock` holds it until the transaction ends."""
    if not is_number(number):
        raise _missing(number)
    query = select(Case).where(Case.number == number, condition(work.actor, permission))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    case = await work.session.scalar(query)
    if case is None:
        raise _missing(number)
    return case


async def lock_at_once(work: Work, case: Case) -> bool:
    """Hold this case too until the transaction ends, as it stands now; False when somebody else holds it."""
    query = select(Case).where(Case.id == case.id).with_for_update(skip_locked=True)
    return await work.session.scalar(query.execution_options(populate_existing=True)) is not None


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
_ALL_EVENTS: Final = _EVENTS.order_by(CaseEvent.version)


async def last_event(session: AsyncSession, case_id: int) -> Event | None:
    """The newest step of a case."""
    row = (await (await session.connection()).execute(_LAST_EVENT, {"of_case": case_id})).one_or_none()
    return None if row is None else Event(*row)


async def events_of(session: AsyncSession, case_id: int) -> list[Event]:
    """Every step of a case, oldest first."""
    rows = await (await session.connection()).execute(_ALL_EVENTS, {"of_case": case_id})
    return [Event(*row) for row in rows]


_TAKER, _HANDLER, _LEAD = aliased(Account), aliased(Account), aliased(Case)
_FILE = (
    select(
        Case,
        CaseText.narrative,
        CallRecord.caller_number,
        CallRecord.caller_extension,
        CallRecord.caller_name,
        _TAKER.name,
        _HANDLER.name,
        _LEAD.number,
    )
    .join(CaseText, CaseText.case_id == Case.id)
    .join(CallRecord, CallRecord.case_id == Case.id)
    .outerjoin(_TAKER, _TAKER.id == Case.taken_by_id)
    .outerjoin(_HANDLER, _HANDLER.id == Case.handler_id)
    .outerjoin(_LEAD, _LEAD.id == Case.merged_into_id)
    .limit(1)
)


async def get_case_file(work: Work, number: str, *, just_worked_on: bool = False) -> CaseFile:
    """The whole file of a case. Raises `CaseNotFound`.

    Who has `just_worked_on` it sees what became of it, even where that very step has taken it out of sight.
    """
    if not is_number(number):
        raise _missing(number)
    visible = true() if just_worked_on else condition(work.actor, Permission.CASE_READ)
    row = (await work.session.execute(_FILE.where(Case.number == number, visible))).one_or_none()
    if row is None:
        raise _missing(number)
    case, narrative, caller_number, extension, name, taken_by, handled_by, lead = row
    events = await events_of(work.session, case.id)
    merged_into: str | None = lead
    if lead is not None and not await _may_know(work, lead):
        merged_into, events = None, [_without_lead(event) for event in events]
    return CaseFile(
        case=case,
        narrative=narrative,
        caller=WhoCalled(caller_number, extension, name),
        taken_by=taken_by,
        handler=handled_by,
        merged_into=merged_into,
        events=events,
        decisions=await _decisions_of(work.session, case.id),
        repeats=await _repeats_of(work, case.id),
    )


async def _may_know(work: Work, number: str) -> bool:
    """Whether this person may know that there is a case with this number."""
    query = select(Case.id).where(Case.number == number, condition(work.actor, Permission.CASE_READ))
    return await work.session.scalar(query) is not None


def _without_lead(event: Event) -> Event:
    """The step without the number of the case in which the matter goes on."""
    return replace(event, details={key: value for key, value in event.details.items() if key != "into"})


async def _repeats_of(work: Work, case_id: int) -> Sequence[Any]:
    rows = await work.session.execute(
        select(Case.number, Case.opened_at, Case.channel, CallRecord.caller_number, CallRecord.caller_name)
        .join(CallRecord, CallRecord.case_id == Case.id)
        .where(Case.merged_into_id == case_id, condition(work.actor, Permission.CASE_READ))
        .order_by(Case.id)
    )
    return rows.all()


_DECISIONS: Final = (
    select(
        CaseDecision.at,
        Account.name.label("actor_name"),
        CaseDecision.category,
        CaseDecision.department,
        CaseDecision.reason,
        CaseDecision.decision,
    )
    .outerjoin(Account, Account.id == CaseDecision.actor_id)
    .where(CaseDecision.case_id == bindparam("of_case"))
    .order_by(CaseDecision.id)
)


async def _decisions_of(session: AsyncSession, case_id: int) -> Sequence[Any]:
    """At, name of the person (None: the rules), category, department, reason, decision; oldest first."""
    return (await (await session.connection()).execute(_DECISIONS, {"of_case": case_id})).all()


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
