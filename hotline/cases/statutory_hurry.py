"""Little time left on a statutory clock: the legal-aid fast lane, which makes the case urgent."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.handling import notice_facts
from hotline.cases.lifecycle import OPEN, Action
from hotline.cases.models import Case, CaseEvent
from hotline.cases.statutory_lists import clocks_under
from hotline.cases.statutory_models import WatchedClock
from hotline.cases.statutory_queries import clock_and_case, clocks_by_id
from hotline.deadlines.lapsing import RED_BELOW, Lapse, Light
from hotline.deadlines.statutes import STATUTES
from hotline.policy import Policy
from hotline.privacy.trail import record
from hotline.storage.notices import announce

PRESSING: Final = frozenset({Light.RED, Light.LAPSED})
MOST_AT_ONCE: Final = 200
BY_TIME: Final = "statutory-clock"
"""Who stands in the trail when nobody but the passing of time made a case urgent."""


def note_on(
    case: Case, *, at: datetime, actor_id: int | None, recorded: dict[str, Any], reason: str | None
) -> CaseEvent:
    """An event on an open case which leaves its status as it is: for its timeline, and for whoever has it open."""
    case.version += 1
    return CaseEvent(
        case_id=case.id,
        version=case.version,
        at=at,
        actor_id=actor_id,
        action=Action.NOTE,
        before=case.status,
        after=case.status,
        reason=reason,
        details=recorded,
    )


def hurried(case: Case, clock: WatchedClock, told: Lapse, *, at: datetime) -> dict[str, Any]:
    """Make this case urgent when the clock calls for it for the first time: what an event tells of it, else nothing.

    Once time has been given back, by an interruption for instance, the clock can call again.
    """
    if told.light not in PRESSING:
        clock.hurried_at = None
        return {}
    if not STATUTES[clock.kind].fast_lane or clock.hurried_at or clock.ended_at or case.status not in OPEN:
        return {}
    clock.hurried_at = at
    before = case.urgency
    if before == "normal":
        case.urgency = "urgent"
    lapses_on = told.lapses_on.isoformat() if told.lapses_on else None
    fast_lane = {"kind": clock.kind.value, "lapses_on": lapses_on, "days_left": told.days_left}
    return {"fast_lane": fast_lane, "urgency": {"before": before, "after": case.urgency}}


async def hurry_by_time(session: AsyncSession, policy: Policy, *, clock_id: int, now: datetime) -> bool:
    """Make the case of this clock urgent if less than 30 days are left `now`; whether that has happened.

    For what runs by itself, over `statutory_lists.clocks_under(…, unhurried=True)`: doing it twice does it once.
    """
    found = await clock_and_case(session, clock_id)
    if found is None:
        return False
    clock, case = found
    told = (await clocks_by_id(session, [clock_id]))[clock_id].lapse(now=now, calendar=policy.calendar)
    recorded = hurried(case, clock, told, at=now)
    if not recorded:
        return False
    session.add(note_on(case, at=now, actor_id=None, recorded=recorded, reason=None))
    await record(
        session,
        act="case.fast_lane",
        actor_id=None,
        actor=BY_TIME,
        at=now,
        address="",
        request_id="",
        case_id=case.id,
        subject=case.number,
        details={"kind": clock.kind.value, "days_left": told.days_left},
    )
    await announce(session, at=now, kind=Action.NOTE.value, case_id=case.id, facts=notice_facts(case))
    await session.flush()
    return True


async def hurry_all(session: AsyncSession, policy: Policy, *, now: datetime, most: int = MOST_AT_ONCE) -> int:
    """Make urgent what time alone has brought under 30 days, at most so many cases; how many there were.

    To be called in a transaction of its own by whatever runs regularly; as long as it answers `most`, once more.
    """
    calendar = policy.calendar
    found = await clocks_under(session, now, RED_BELOW, calendar=calendar, unhurried=True, most=most)
    done = 0
    for one in sorted(found, key=lambda one: one.case_id):  # in one order, so that two of them do not wait crosswise
        done += await hurry_by_time(session, policy, clock_id=one.clock_id, now=now)
    return done
