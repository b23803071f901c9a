"""Questions about mass incidents: who told of which thing, what was raised, which cases belong to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, text, union_all, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor, Permission
from hotline.cases.models import CallRecord, Case
from hotline.cases.rights import condition
from hotline.errors import NotFound
from hotline.i18n import mark
from hotline.incidents.models import Basis, Incident, IncidentState
from hotline.incidents.windows import Telling, Warned
from hotline.routing.crowds import CrowdLimits
from hotline.work import Work

PAGE: Final = 20
CASES_SHOWN: Final = 2000
"""On one page; the newest."""
_COLUMNS: Final = {Basis.EMPLOYER: Case.employer_key, Basis.PLACE: Case.place_key}
_LABELS: Final = {Basis.EMPLOYER: Case.employer, Basis.PLACE: Case.place}


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that calls name: what of it the newest call wrote, and who told of it when."""

    label: str
    tellings: tuple[Telling, ...]


async def keys_of(session: AsyncSession, numbers: Collection[str]) -> dict[Basis, set[str]]:
    """What these cases name; for people the number of the case, when it concerns anybody but the caller."""
    found: dict[Basis, set[str]] = {basis: set() for basis in Basis}
    rows = select(Case.number, Case.employer_key, Case.place_key, Case.people).where(Case.number.in_(numbers))
    for number, employer, place, people in await session.execute(rows):
        found[Basis.EMPLOYER].add(employer)
        found[Basis.PLACE].add(place)
        if people is not None and people > 1:
            found[Basis.PEOPLE].add(number)
    return {basis: keys - {""} for basis, keys in found.items()}


async def crowded_keys(session: AsyncSession, limits: CrowdLimits, *, since: datetime) -> dict[Basis, set[str]]:
    """Everything that enough callers have named since, to look at closer."""
    fewest = min(window.callers for window in limits.windows)
    found: dict[Basis, set[str]] = {}
    for basis, column in _COLUMNS.items():
        rows = await session.scalars(
            select(column)
            .join(CallRecord, CallRecord.case_id == Case.id)
            .where(column != "", Case.opened_at > since)
            .group_by(column)
            .having(func.count(CallRecord.caller_number.distinct()) >= fewest)
        )
        found[basis] = set(rows)
    many = select(Case.number).where(Case.people >= limits.people, Case.opened_at > since, Case.ended_at.is_(None))
    return found | {Basis.PEOPLE: set(await session.scalars(many))}


async def tellings_of(
    session: AsyncSession, basis: Basis, keys: Collection[str], *, since: datetime
) -> dict[str, Named]:
    """Who has told of these employers or places since, by key."""
    column, label = _COLUMNS[basis], _LABELS[basis]
    rows = await session.execute(
        select(column, label, CallRecord.caller_number, Case.opened_at, Case.people)
        .join(CallRecord, CallRecord.case_id == Case.id)
        .where(column.in_(keys), column != "", Case.opened_at > since)
        .order_by(Case.id)
    )
    labels: dict[str, str] = {}
    told: dict[str, list[Telling]] = {}
    for key, written, caller, at, people in rows:
        labels[key] = written or labels.get(key, "") or key
        told.setdefault(key, []).append(Telling(caller, at, people or 1))
    return {key: Named(labels[key], tuple(tellings)) for key, tellings in told.items()}


async def cases_of_many(session: AsyncSession, numbers: Collection[str], *, least: int) -> Mapping[str, Any]:
    """Of these cases the open ones which concern so many people: employer, people, opened_at by number."""
    rows = await session.execute(
        select(Case.number, Case.employer, Case.people, Case.opened_at).where(
            Case.number.in_(numbers), Case.people >= least, Case.ended_at.is_(None)
        )
    )
    return {row.number: row for row in rows}


async def keep_warning(
    session: AsyncSession, *, basis: Basis, key: str, label: str, territory: str, warned: Warned, since: datetime
) -> None:
    """Raise this warning, or bring the one there is up to date; as often as one likes, from any process.

    What was decided lately is not asked again: it only counts on. A silenced warning opens when there are twice as
    many callers as when it was silenced.
    """
    seen = {"callers": warned.callers, "people": warned.people, "last_at": warned.last_at}
    same = and_(Incident.basis == basis, Incident.key == key)
    still_open = aliased(Incident)
    asked = exists().where(still_open.basis == basis, still_open.key == key, still_open.state == IncidentState.OPEN)
    again = and_(Incident.state == IncidentState.SILENCED, warned.callers >= 2 * Incident.decided_callers)
    decided = (
        update(Incident)
        .where(same, Incident.state != IncidentState.OPEN, Incident.last_at > since, ~asked)
        .values(**seen, state=case((again, literal(IncidentState.OPEN.value)), else_=Incident.state))
        .returning(Incident.id)
        .cte("decided")
    )
    row = {
        "basis": basis, "key": key, "label": label, "territory": territory, "window_days": warned.days,
        "first_at": warned.first_at, "state": IncidentState.OPEN, **seen,
    }  # fmt: skip
    columns = Incident.__table__.c
    values = [literal(value, columns[name].type).label(name) for name, value in row.items()]
    new = insert(Incident).from_select(
        [*row], select(*values).where(~exists(select(decided.c.id))), include_defaults=False
    )
    counted = {name: new.excluded[name] for name in ("callers", "people", "last_at", "window_days", "label")}
    await session.execute(
        new.add_cte(decided).on_conflict_do_update(
            index_elements=["basis", "key"], index_where=text("state = 'open'"), set_=counted
        )
    )


def _belongs() -> list[ColumnElement[bool]]:
    """When a case belongs to an incident, for each basis; each is found by an index over cases."""
    within = Case.opened_at >= Incident.first_at
    return [
        and_(Incident.basis == Basis.EMPLOYER, Case.employer_key == Incident.key, Case.employer_key != "", within),
        and_(Incident.basis == Basis.PLACE, Case.place_key == Incident.key, Case.place_key != "", within),
        and_(Incident.basis == Basis.PEOPLE, Case.number == Incident.key),
    ]


async def cases_of(work: Work, ids: Collection[int]) -> Sequence[Any]:
    """The cases of these incidents which this person may see, newest first: incident_id beside what lists show."""
    visible = condition(work.actor, Permission.INCIDENTS_READ)
    parts = [
        select(
            Incident.id.label("incident_id"), Case.id, Case.number, Case.status, Case.category, Case.summary,
            Case.opened_at, Case.ended_at, Case.lead_id,
        )
        .join_from(Incident, Case, belongs)
        .where(Incident.id.in_(ids), visible)
        for belongs in _belongs()
    ]  # fmt: skip
    told = union_all(*parts).subquery("told")
    return (await work.session.execute(select(told).order_by(told.c.id.desc()).limit(CASES_SHOWN))).all()


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """An incident of which no case may be seen does not exist."""
    visible = condition(actor, Permission.INCIDENTS_READ)
    return or_(*(exists(select(Case.id).where(belongs, visible).correlate(Incident)) for belongs in _belongs()))


def _listed(actor: Actor) -> Select[Any]:
    visible = condition(actor, Permission.INCIDENTS_READ)
    lead = select(Case.number).where(Case.id == Incident.lead_case_id, visible).scalar_subquery()
    return (
        select(Incident, Account.name.label("decided_by"), lead.label("lead"))
        .outerjoin(Account, Account.id == Incident.decided_by_id)
        .where(_seen_by(actor))
    )


async def list_incidents(
    work: Work, *, state: IncidentState | None, before: tuple[datetime, int] | None = None, size: int = PAGE
) -> tuple[Sequence[Any], tuple[datetime, int] | None]:
    """Incidents this person may see, the newest call first, with the key the next page begins before."""
    query = _listed(work.actor)
    if state is not None:
        query = query.where(Incident.state == state)
    if before is not None:
        at, last = before
        query = query.where(or_(Incident.last_at < at, and_(Incident.last_at == at, Incident.id < last)))
    rows = (
        await work.session.execute(query.order_by(Incident.last_at.desc(), Incident.id.desc()).limit(size + 1))
    ).all()
    shown = rows[:size]
    more = len(rows) > size
    return shown, (shown[-1][0].last_at, shown[-1][0].id) if more else None


async def get_incident(work: Work, incident_id: int) -> Incident:
    """This incident, locked until the transaction ends. Raises `NotFound`, also when none of its cases may be seen."""
    query = select(Incident).where(Incident.id == incident_id, _seen_by(work.actor)).with_for_update()
    found = await work.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(mark("There is no such warning, or it is not yours to see."))
    return found


async def numbers_linked_to(work: Work, case_id: int) -> Sequence[str]:
    """The open cases which are linked to this lead case and may be worked on, oldest first."""
    query = select(Case.number).where(
        Case.lead_id == case_id, Case.ended_at.is_(None), condition(work.actor, Permission.CASE_WORK)
    )
    return (await work.session.scalars(query.order_by(Case.id))).all()
