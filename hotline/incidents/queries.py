"""Questions about mass incidents: what was raised, and which cases belong to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, Select, and_, cast, exists, func, not_, or_, select, true, union_all
from sqlalchemy.orm import aliased

from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor, Atom, Permission, relations
from hotline.cases.models import Case
from hotline.cases.rights import condition, no_conflict
from hotline.errors import NotFound
from hotline.i18n import mark
from hotline.incidents.models import Basis, Incident, IncidentState
from hotline.work import Work

PAGE: Final = 20
CASES_SHOWN: Final = 100
"""Of one incident on a page; the newest."""
CASES_CHOSEN_AMONG: Final = 2000
"""Of one incident, when its lead case is chosen and the others are linked."""


def _belongs(one: Any = Incident) -> list[ColumnElement[bool]]:
    """When a case belongs to an incident, for each basis; each is found by an index over cases."""
    within = Case.opened_at >= one.first_at
    return [
        and_(one.basis == Basis.EMPLOYER, Case.employer_key == one.key, Case.employer_key != "", within),
        and_(one.basis == Basis.PLACE, Case.place_key == one.key, Case.place_key != "", within),
        and_(one.basis == Basis.PEOPLE, Case.number == one.key),
    ]


async def cases_of(work: Work, ids: Collection[int], *, most: int = CASES_SHOWN) -> Sequence[Any]:
    """Of each incident the newest cases which this person may see, newest first; incident_id beside what lists show."""
    visible = condition(work.actor, Permission.INCIDENTS_READ)
    parts = []
    for belongs in _belongs():
        newest = (
            select(
                Incident.id.label("incident_id"), Case.id, Case.number, Case.status, Case.category, Case.summary,
                Case.opened_at, Case.ended_at, Case.lead_id, Case.employer, Case.place,
            )
            .where(belongs, visible)
            .order_by(Case.opened_at.desc(), Case.id.desc())
            .limit(most)
            .correlate(Incident)
            .lateral()
        )  # fmt: skip
        parts.append(select(newest).select_from(Incident).join(newest, true()).where(Incident.id.in_(ids)))
    told = union_all(*parts).subquery("told")
    return (await work.session.execute(select(told).order_by(told.c.id.desc()))).all()


async def days_of(work: Work, ids: Collection[int], *, zone: str) -> Sequence[Any]:
    """How many cases of each incident this person may see, by the day of the call there: calls, open, and unlinked.

    Counted from all of them, however many are listed: incident_id, day, calls, still_open, unlinked, first_at, last_at.
    """
    visible = condition(work.actor, Permission.INCIDENTS_READ)
    day = cast(func.timezone(zone, Case.opened_at), Date)
    still_open = Case.ended_at.is_(None)
    follower = aliased(Case)
    leads = exists().where(follower.lead_id == Case.id)
    unlinked = and_(still_open, Case.lead_id.is_(None), Case.id.is_distinct_from(Incident.lead_case_id), ~leads)
    parts = [
        select(
            Incident.id.label("incident_id"), day.label("day"), func.count().label("calls"),
            func.count().filter(still_open).label("still_open"), func.count().filter(unlinked).label("unlinked"),
            func.min(Case.opened_at).label("first_at"), func.max(Case.opened_at).label("last_at"),
        )
        .join_from(Incident, Case, belongs)
        .where(Incident.id.in_(ids), visible)
        .group_by(Incident.id, day)
        for belongs in _belongs()
    ]  # fmt: skip
    return (await work.session.execute(union_all(*parts))).all()


def sees_every_case(actor: Actor) -> bool:
    """Whether this person sees every case of every incident shown to them, and so may read what is counted of all."""
    return frozenset({Atom.ANY}) in relations(actor, Permission.INCIDENTS_READ)


def _seen_by(actor: Actor, *, such: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """An incident of which no case may be seen does not exist, nor one with a case against whom one has to do with.

    `such`: what must hold of a case that is seen.
    """
    visible = condition(actor, Permission.INCIDENTS_READ)
    seen = _with_a_case(visible if such is None else and_(visible, such))
    against = no_conflict(actor)
    return and_(seen, not_(_with_a_case(and_(*against).is_not(true())))) if against else seen


def _with_a_case(such: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(*(exists(select(Case.id).where(belongs, such).correlate(Incident)) for belongs in _belongs()))


def _listed(actor: Actor, *, going_on: bool) -> Select[Any]:
    visible = condition(actor, Permission.INCIDENTS_READ)
    lead = select(Case.number).where(Case.id == Incident.lead_case_id, visible).scalar_subquery()
    return (
        select(Incident, Account.name.label("decided_by"), lead.label("lead"))
        .outerjoin(Account, Account.id == Incident.decided_by_id)
        .where(_seen_by(actor, such=Case.ended_at.is_(None) if going_on else None))
    )


async def list_incidents(
    work: Work,
    *,
    state: IncidentState | None,
    going_on: bool = False,
    before: tuple[datetime, int] | None = None,
    size: int = PAGE,
) -> tuple[Sequence[Any], tuple[datetime, int] | None]:
    """Incidents this person may see, the newest call first, with the key the next page begins before.

    `going_on`: those with an open case among what this person sees.
    """
    query = _listed(work.actor, going_on=going_on)
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
    """This incident, locked until the transaction ends. Raises `NotFound`, also when none of its cases may be seen.

    All that were ever raised about the same are locked with it, in the order in which `keep_warnings` locks them.
    """
    one = aliased(Incident)
    same = (
        select(Incident.id)
        .join(one, and_(one.basis == Incident.basis, one.key == Incident.key))
        .where(one.id == incident_id)
        .order_by(Incident.basis, Incident.key, Incident.id)
    )
    await work.session.execute(same.with_for_update(of=Incident))
    query = select(Incident).where(Incident.id == incident_id, _seen_by(work.actor))
    found = await work.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(mark("There is no such warning, or it is not yours to see."))
    return found


async def decider_of(work: Work, incident: Incident) -> str | None:
    """Who has decided about it, by name."""
    return await work.session.scalar(select(Account.name).where(Account.id == incident.decided_by_id))


async def is_asked_anew(work: Work, incident: Incident) -> bool:
    """Whether another warning about the same waits for a decision."""
    other = exists().where(
        Incident.basis == incident.basis, Incident.key == incident.key, Incident.state == IncidentState.OPEN,
        Incident.id != incident.id,
    )  # fmt: skip
    return bool(await work.session.scalar(select(other)))


async def leads_among(work: Work, ids: Collection[int]) -> frozenset[int]:
    """Those of these cases to which others are linked, whichever they are."""
    return frozenset(await work.session.scalars(select(Case.lead_id).where(Case.lead_id.in_(ids)).distinct()))


async def numbers_linked_by(work: Work, incident: Incident) -> Sequence[str]:
    """The open cases of this incident that are linked to its lead case and may be worked on, oldest first.

    Not those which another incident with the same lead case holds together as well.
    """
    other = aliased(Incident)
    held_elsewhere = exists().where(
        other.id != incident.id, other.lead_case_id == incident.lead_case_id, or_(*_belongs(other))
    )
    query = (
        select(Case.number)
        .join(Incident, or_(*_belongs()))
        .where(
            Incident.id == incident.id, Case.lead_id == incident.lead_case_id, Case.ended_at.is_(None),
            condition(work.actor, Permission.CASE_WORK), ~held_elsewhere,
        )
    )  # fmt: skip
    return (await work.session.scalars(query.order_by(Case.id))).all()
