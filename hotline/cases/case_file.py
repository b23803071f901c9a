"""The file of a case: all that its page and the API show of it, in one round trip; two where other cases are named.

The case is found by its number and by the rights of who asks; what belongs to it comes along as arrays of records, and
`beside` them what a floor above keeps about it. The statement is made once for each person at work: making it would
take longer than answering it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, String, Subquery, bindparam, exists, false, func, select, true
from sqlalchemy.orm import aliased

from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor, Permission, may
from hotline.cases.lifecycle import Action, Status
from hotline.cases.models import NO_NUMBER, CallRecord, Case, CaseDecision, CaseEvent, CaseText
from hotline.cases.queries import Event, is_number, missing_case
from hotline.cases.rights import condition
from hotline.cases.statutory_queries import Statutory, statutory_in, statutory_of
from hotline.cases.task_queries import (
    Checked,
    Helped,
    Instructed,
    checks_of,
    co_handlings_of,
    instructions_of,
    records,
)
from hotline.storage.base import fixed
from hotline.storage.prepared import Prepared
from hotline.telephony.calls import Channel
from hotline.work import Work

KEPT: Final = 256
"""Statements kept ready: one or two for each person at work."""
_OTHER_CASES: Final = frozenset({"into", "lead"})
"""Details of a step that name another case."""
_COLUMNS: Final = tuple(Case.__table__.columns.keys())
_TAKER, _HANDLER = aliased(Account), aliased(Account)
Beside = Callable[[Actor, Subquery], Select[Any]]
"""Rows of one record each about the case that is found, of what this person may see."""


class WhoCalled(NamedTuple):
    """What of the caller is stored; shown masked."""

    number: str
    extension: str
    name: str


class Decided(NamedTuple):
    """A decision on a case: by the rules (`actor_name` None) or by a person, with the reason."""

    at: datetime
    actor_name: str | None
    category: str | None
    department: str | None
    reason: str | None
    decision: dict[str, Any]


class Repeat(NamedTuple):
    """A case that was merged into another one."""

    number: str
    opened_at: datetime
    channel: Channel
    caller_number: str
    caller_name: str


class Linked(NamedTuple):
    """A case that is linked to a lead case."""

    number: str
    status: Status
    summary: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything a case page shows: the case, the words, the caller, the people, and what happened.

    `case` is as it was read: to work on a case, ask for it with `handling.case_to_work_on`.
    """

    case: Case
    narrative: str
    caller: WhoCalled
    called_again: bool
    """Whether this person may see another case of the same caller."""
    taken_by: str | None
    handler: str | None
    merged_into: str | None
    lead: str | None
    """The number of the lead case this one is linked to, where this person may see it."""
    events: Sequence[Event]
    decisions: Sequence[Decided]
    repeats: Sequence[Repeat]
    """Cases merged into this one, oldest first."""
    linked: Sequence[Linked]
    """Cases linked to this one as their lead, oldest first."""
    co_handlings: Sequence[Helped]
    instructions: Sequence[Instructed]
    checks: Sequence[Checked]
    statutory: Statutory = field(default_factory=Statutory)
    beside: Sequence[tuple[Any, ...]] = ()
    """What was asked for beside it, in the order it was asked for."""


async def get_case_file(
    work: Work, number: str, *, just_worked_on: bool = False, beside: Beside | None = None
) -> CaseFile:
    """The whole file of a case. Raises `CaseNotFound`.

    Who has `just_worked_on` it sees what became of it, even where that very step has taken it out of sight.
    """
    if not is_number(number):
        raise missing_case(number)
    row = await _file(work.actor, just_worked_on, beside).row(work.session, {"number": number})
    if row is None:
        raise missing_case(number)
    events = [_event(*record) for record in row.events]
    named = {event.details[key] for event in events for key in _OTHER_CASES & event.details.keys()}
    known = {row.into_number, row.lead_number} - {None}
    known |= await _known_among(work, named - known)
    case = Case()
    vars(case).update(zip(_COLUMNS, row, strict=False))  # as it was read: there is no change to be noticed in it
    return CaseFile(
        case=case,
        narrative=row.narrative,
        caller=WhoCalled(row.caller_number, row.caller_extension, row.caller_name),
        called_again=row.called_again,
        taken_by=row.taker,
        handler=row.handler,
        merged_into=row.into_number,
        lead=row.lead_number,
        events=[_naming_only(event, known) for event in events],
        decisions=[Decided(*record) for record in row.decisions],
        repeats=[_repeat(*record) for record in row.repeats],
        linked=[_linked(*record) for record in row.linked],
        statutory=statutory_in(row),
        co_handlings=[Helped(*record) for record in row.co_handlings],
        instructions=[Instructed(*record) for record in row.instructions],
        checks=[Checked(*record) for record in row.checks],
        beside=row.beside if beside else (),
    )


def _event(
    version: int, at: datetime, actor_name: str | None, action: str, before: str, after: str, *said: Any
) -> Event:
    return Event(version, at, actor_name, Action(action), Status(before), Status(after), *said)


def _repeat(number: str, opened_at: datetime, channel: str, caller_number: str, caller_name: str) -> Repeat:
    return Repeat(number, opened_at, Channel(channel), caller_number, caller_name)


def _linked(number: str, status: str, summary: str) -> Linked:
    return Linked(number, Status(status), summary)


async def _known_among(work: Work, numbers: Collection[str]) -> frozenset[str]:
    """Those of these numbers under which this person may know that there is a case."""
    if not numbers:
        return frozenset()
    query = select(Case.number).where(Case.number.in_(numbers), condition(work.actor, Permission.CASE_READ))
    return frozenset(await work.session.scalars(query))


def _naming_only(event: Event, known: Container[str]) -> Event:
    """The step without the number of another case which this person may not know of."""
    if event.details.keys().isdisjoint(_OTHER_CASES):
        return event
    kept = {key: value for key, value in event.details.items() if key not in _OTHER_CASES or value in known}
    return replace(event, details=kept)


@lru_cache(maxsize=KEPT)
def _file(actor: Actor, everything: bool, beside: Beside | None) -> Prepared:  # noqa: FBT001 - a key of what is kept
    """The statement: one row, its first columns those of the case; `everything` asks for no right to this very case."""
    visible = condition(actor, Permission.CASE_READ)
    found = (
        select(Case.__table__)
        .where(Case.number == bindparam("number", type_=String), true() if everything else visible)
        .subquery("found")
    )
    called = (
        select(CallRecord.caller_number, CallRecord.caller_extension, CallRecord.caller_name)
        .where(CallRecord.case_id == found.c.id)
        .limit(fixed(1))
        .lateral("called")
    )
    numbered = select(Case.number).where(visible)
    return Prepared(
        select(
            found,
            CaseText.narrative,
            called,
            _called_again(actor, found, called.c.caller_number).label("called_again"),
            _TAKER.name.label("taker"),
            _HANDLER.name.label("handler"),
            numbered.where(Case.id == found.c.merged_into_id).scalar_subquery().label("into_number"),
            numbered.where(Case.id == found.c.lead_id).scalar_subquery().label("lead_number"),
            _events_of(found).label("events"),
            _decisions_of(found).label("decisions"),
            _merged_into(found, visible).label("repeats"),
            _linked_to(found, visible).label("linked"),
            records(co_handlings_of(found)).label("co_handlings"),
            records(instructions_of(found)).label("instructions"),
            records(checks_of(actor, found)).label("checks"),
            *statutory_of(found),
            *([] if beside is None else [records(beside(actor, found)).label("beside")]),
        )
        .join_from(found, CaseText, CaseText.case_id == found.c.id)
        .join(called, true())
        .outerjoin(_TAKER, _TAKER.id == found.c.taken_by_id)
        .outerjoin(_HANDLER, _HANDLER.id == found.c.handler_id)
    )


def _called_again(actor: Actor, found: Subquery, number: ColumnElement[str]) -> ColumnElement[bool]:
    if not may(actor, Permission.PEOPLE_SEARCH):
        return false()
    return exists(
        select(Case.id)
        .join(CallRecord, CallRecord.case_id == Case.id)
        .where(CallRecord.caller_number == number, CallRecord.caller_number != NO_NUMBER, Case.id != found.c.id)
        .where(condition(actor, Permission.PEOPLE_SEARCH))
        .correlate(found, number.table)
    )


def _events_of(found: Subquery) -> ColumnElement[Any]:
    event = CaseEvent
    shown = func.row(
        event.version, event.at, Account.name, event.action, event.before, event.after, event.reason, event.details
    )
    events = select(shown).select_from(event).outerjoin(Account, Account.id == event.actor_id)
    return records(events.where(event.case_id == found.c.id).order_by(event.version))


def _decisions_of(found: Subquery) -> ColumnElement[Any]:
    one = CaseDecision
    shown = func.row(one.at, Account.name, one.category, one.department, one.reason, one.decision)
    decisions = select(shown).select_from(one).outerjoin(Account, Account.id == one.actor_id)
    return records(decisions.where(one.case_id == found.c.id).order_by(one.id))


def _merged_into(found: Subquery, visible: ColumnElement[bool]) -> ColumnElement[Any]:
    shown = func.row(Case.number, Case.opened_at, Case.channel, CallRecord.caller_number, CallRecord.caller_name)
    merged = select(shown).select_from(Case).join(CallRecord, CallRecord.case_id == Case.id)
    return records(merged.where(Case.merged_into_id == found.c.id, visible).order_by(Case.id))


def _linked_to(found: Subquery, visible: ColumnElement[bool]) -> ColumnElement[Any]:
    linked = select(func.row(Case.number, Case.status, Case.summary))
    return records(linked.where(Case.lead_id == found.c.id, visible).order_by(Case.id))
