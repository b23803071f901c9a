"""Keeping the figures up to date, some seconds behind the cases, in batches, by one process at a time.

What is read is what the case says now, so doing it twice changes nothing.
Events tell which cases have changed; and from time to time all cases are compared with their figures by version, which
also finds what was missed, and what was measured by another calendar.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Date, bindparam, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.models import CaseEvent
from hotline.reports.facts import COLUMNS, figures_of
from hotline.reports.models import (
    EVERY_DEPARTMENT,
    FIGURE_CELLS,
    FIGURE_MONTHS,
    KEPT_BY,
    STEPS,
    SUMS,
    CaseFigures,
    FigureState,
    Flag,
)
from hotline.reports.working_time import WorkingClock

LOCK: Final = 1235111
"""Key of the advisory lock that is held while figures are written."""
BATCH: Final = 1000
LARGE_BATCH: Final = 10 * BATCH
"""Where nobody waits: the days of the calls are added up anew with every batch, so fewer batches are less work."""
AT_ONCE: Final = 50
LOOK_BACK: Final = 1000
"""Numbers of events are handed out before commit: so far back it is looked again for what became visible late."""
COMPARE_EVERY: Final = timedelta(minutes=15)

READ: Final = text("""
select c.id, c.version, c.status, c.opened_at, c.routed_at, c.accepted_at, c.resolved_at, c.resolve_by, c.accept_by,
    c.contact_by, c.contacted_at,
    c.department, c.category, c.territory, c.difficulty, c.channel, c.confidential, c.unit_id, c.employer_key,
    c.returns, c.reopened, c.reachable, c.follow_up_attempts, c.satisfied, c.disposition, o.kind as employer_kind,
    c.extensions > 0 or coalesce(e.extended, false) as extended, e.contact_at, e.solved, e.money_recovered,
    e.people_helped, p.paused_since, p.paused_until, d.rule_set,
    exists (select from corrections x where x.case_id = c.id and x.kind <> 'returned') as rerouted,
    (select count(*) from (select 1 from calls n join calls m on m.caller_number = n.caller_number
        and m.case_id < n.case_id and m.caller_number <> ''
        where n.case_id = c.id and n.caller_number <> '' limit 2) as before) as matters_before,
    (select count(*) from letters l
        where l.case_id = c.id and l.sent_at is not null and l.state <> 'withdrawn') as letters
from cases c
left join organisations o on o.id = c.unit_id
left join lateral (
    select min(at) filter (where action in ('contact', 'accept')) as contact_at,
        bool_or(action = 'grant_extension') as extended,
        (array_agg((details->>'solved')::bool order by version desc) filter (where action = 'follow_up'))[1] as solved,
        (array_agg(details->>'money_recovered' order by version desc) filter (where action = 'resolve'))[1]
            as money_recovered,
        (array_agg((details->>'people_helped')::int order by version desc) filter (where action = 'resolve'))[1]
            as people_helped
    from case_events where case_id = c.id
) e on true
left join lateral (
    select array_agg(w.at order by w.version) as paused_since,
        array_agg(least((w.details->>'paused_until')::timestamptz, (
            select min(n.at) from case_events n
            where n.case_id = w.case_id and n.version > w.version and (n.action = 'resume' or n.before <> n.after)
        )) order by w.version) as paused_until
    from case_events w where w.case_id = c.id and w.action = 'wait'
) p on true
left join lateral (
    select decision->>'rule_set' as rule_set from case_decisions
    where case_id = c.id and actor_id is null order by id limit 1
) d on true
where c.id = any(:ids)
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger)))

_KEYS: Final = ", ".join(f"('{by.value}', f.{by.value})" for by in KEPT_BY)
_CELLS: Final = ", ".join(("dimension", "opened_on", "department", "key", "confidential", "cases",
    *(flag.name.lower() for flag in Flag), *SUMS, *STEPS))  # fmt: skip
_ADDED: Final = ", ".join((
    "count(*)",
    *(f"sum((f.flags >> {flag.value}) & 1)" for flag in Flag),
    *(f"sum(f.{name})" for name in SUMS),
    *(f"string_agg(int2send(f.{name}), ''::bytea)" for name in STEPS),
))  # fmt: skip
_ADD_UP: Final = text(f"""
insert into figure_cells ({_CELLS})
select k.dimension, f.opened_on, coalesce(f.department, '{EVERY_DEPARTMENT}'), k.key, f.confidential, {_ADDED}
from case_figures f cross join lateral (values {_KEYS}) as k (dimension, key)
where f.opened_on = any(:days)
group by grouping sets ((k.dimension, f.opened_on, f.department, k.key, f.confidential),
    (k.dimension, f.opened_on, k.key, f.confidential))
""").bindparams(bindparam("days", type_=ARRAY(Date)))  # noqa: S608 - names of columns

_CHANGED: Final = text("""
select e.id, e.case_id, f.version is null or f.version < e.version as stale
from case_events e left join case_figures f on f.case_id = e.case_id
where e.id > :after order by e.id limit :most
""")
_DIFFERING: Final = text("""
select c.id from cases c left join case_figures f on f.case_id = c.id
where c.id > :after and (f.case_id is null or f.version <> c.version or f.fingerprint <> :fingerprint)
order by c.id limit :most
""")


async def hold_figures(session: AsyncSession) -> bool:
    """Whether this process may write figures until the transaction ends; not while another one does."""
    return bool(await session.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK}))


async def follow_events(session: AsyncSession, clock: WorkingClock, *, now: datetime) -> bool:
    """Measure the cases whose steps are new; whether there is more to do. `now` was read before anything else."""
    state = await get_state(session)
    given = {"after": state.events_until - LOOK_BACK, "most": BATCH + LOOK_BACK}
    rows = (await session.execute(_CHANGED, given)).all()
    await measure(session, {row.case_id for row in rows if row.stale}, clock)
    more = len(rows) == BATCH + LOOK_BACK
    told: dict[str, Any] = {} if more else {"as_of": now}
    if rows:
        told["events_until"] = max(state.events_until, rows[-1].id)
    if told:
        await session.execute(update(FigureState).values(told))
    return more


async def compare(session: AsyncSession, clock: WorkingClock, *, after: int, most: int = BATCH) -> int | None:
    """Measure a batch of cases after this one that differ from their figures; the last of them, None at the end."""
    given = {"after": after, "most": most, "fingerprint": clock.fingerprint}
    ids: Sequence[int] = (await session.scalars(_DIFFERING, given)).all()
    await measure(session, ids, clock)
    return ids[-1] if ids else None


async def last_event(session: AsyncSession) -> int:
    """The number of the last event there is."""
    return await session.scalar(select(func.max(CaseEvent.id))) or 0


async def compared(session: AsyncSession, *, now: datetime, events_until: int) -> None:
    """All cases have been compared, which was begun at `now` when this event was the last."""
    await session.execute(update(FigureState).values(checked_at=now, as_of=now, events_until=events_until))


async def get_state(session: AsyncSession) -> FigureState:
    """How far the figures are."""
    return (await session.scalars(select(FigureState))).one()


async def forget_everything(session: AsyncSession) -> None:
    """Begin anew: no figures of any case."""
    await session.execute(delete(CaseFigures))
    await session.execute(delete(FIGURE_CELLS))
    await session.execute(delete(FIGURE_MONTHS))
    await session.execute(update(FigureState).values(events_until=0, as_of=None, checked_at=None))


async def measure(session: AsyncSession, ids: Collection[int], clock: WorkingClock) -> None:
    """Read these cases anew, and add up the days of their calls."""
    if not ids:
        return
    rows = (await session.execute(READ, {"ids": list(ids)})).all()
    made = []
    for place, row in enumerate(rows):
        if place % AT_ONCE == 0:
            await asyncio.sleep(0)  # whoever is at work goes first
        made.append(figures_of(row, clock))
    gone = delete(CaseFigures).where(CaseFigures.case_id.in_(ids)).returning(CaseFigures.opened_on)
    days: set[date] = {*(await session.scalars(gone)), *(row[COLUMNS.index("opened_on")] for row in made)}
    driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    await driver.copy_records_to_table(CaseFigures.__tablename__, records=made, columns=COLUMNS)
    await session.execute(delete(FIGURE_CELLS).where(FIGURE_CELLS.c.opened_on.in_(days)))
    await session.execute(_ADD_UP, {"days": sorted(days)})
    await session.execute(delete(FIGURE_MONTHS).where(FIGURE_MONTHS.c.month.in_({day.replace(day=1) for day in days})))
