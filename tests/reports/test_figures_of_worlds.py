"""What SQL counts of a random world is what plain Python counts of the same cases, for everybody who may look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor, Permission, allows
from hotline.accounts.roles import Role
from hotline.cases.lifecycle import Action, Status
from hotline.cases.models import Case, CaseEvent
from hotline.cases.rights import facts_of
from hotline.clock import SHANGHAI
from hotline.reports.behind import NAMES, Asked, cases_behind
from hotline.reports.counts import Clock, Counts
from hotline.reports.facts import ASIDE
from hotline.reports.figures import Period
from hotline.reports.keeping import forget_everything, measure
from hotline.reports.models import By
from hotline.reports.months import count_month, find_uncounted
from hotline.reports.reading import read_figures
from hotline.reports.steps import minutes_of, step_of
from hotline.reports.times import FRACTIONS, Percentiles, TimesLine, times_of
from hotline.reports.working_time import clock_of
from hotline.telephony.calls import Channel
from hotline.work import Work
from tests.factories import make_work, policy
from tests.reports.made_cases import HOUR, NOON, make_case

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
NOW = NOON + 20 * timedelta(days=1)
SUPERVISOR = Actor(1, "supervisor", "S", Role.SUPERVISOR)
LEAD = Actor(2, "lead", "L", Role.LEAD, "legal", frozenset({"legal", "legal-east"}))
TIED = replace(SUPERVISOR, conflicts=frozenset({1}), conflict_names=frozenset({"栎禾"}))
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """What a case of a world is made of."""

    status: Status
    day: int
    took: float
    accepted: float | None
    contact: float | None
    reached: float | None
    limit: int | None
    department: str
    category: str | None
    confidential: bool
    employer: str
    channel: Channel


LIVES = [s for s in Status if s not in {Status.MERGED, Status.RECEIVED}]
MADE = st.builds(
    Made,
    st.sampled_from(LIVES),
    st.integers(-12, 40),
    st.floats(0.01, 700),
    st.none() | st.floats(0, 60),
    st.none() | st.floats(0, 60),
    st.none() | st.floats(0, 60),
    st.sampled_from([None, 24, 240]),
    st.sampled_from(["legal", "legal-east", "mediation"]),
    st.sampled_from(["arrears", "injury", None]),
    st.booleans(),
    st.sampled_from(["", "栎禾", "松间"]),
    st.sampled_from(list(Channel)),
)
UNRESOLVED = {Status.REVIEW, Status.ROUTED, Status.ACCEPTED}


def case_of(made: Made) -> Case:
    opened = NOON + made.day * DAY
    waits = made.status is Status.ROUTED
    return make_case(
        status=made.status,
        took=None if made.status in UNRESOLVED else made.took,
        opened_at=opened,
        accepted_at=None if waits or made.accepted is None else opened + made.accepted * HOUR,
        accept_by=None if made.limit is None else opened + 9 * HOUR,
        contacted_at=None if made.reached is None else opened + made.reached * HOUR,
        contact_by=None if made.limit is None else opened + 9 * HOUR,
        resolve_by=None if made.limit is None else opened + made.limit * HOUR,
        department=None if made.status is Status.REVIEW else made.department,
        category=made.category,
        confidential=made.confidential,
        employer_key=made.employer,
        version=1,
    )


async def put_world(
    session: AsyncSession, world: list[Made], *, counted_months: bool = False
) -> list[tuple[Case, datetime | None]]:
    """The cases in the tables, measured; each with the time of its first contact."""
    await session.execute(delete(Case))
    await forget_everything(session)
    cases = [case_of(made) for made in world]
    session.add_all(cases)
    await session.flush()
    contacts = [
        None if m.contact is None else c.opened_at + m.contact * HOUR for m, c in zip(world, cases, strict=True)
    ]
    steps = {"before": Status.ROUTED, "after": Status.ACCEPTED}
    session.add_all(
        CaseEvent(case_id=case.id, version=v, at=at + v * DAY, action=Action.ACCEPT, details={}, **steps)
        for case, at in zip(cases, contacts, strict=True)
        if at
        for v in (0, 1)
    )  # fmt: skip
    await session.flush()
    await measure(session, [case.id for case in cases], clock_of(policy().calendar))
    if counted_months:
        for month in await find_uncounted(session, today=date(2027, 1, 1)):
            await count_month(session, month)
    return list(zip(cases, contacts, strict=True))


def lasting(pairs: list[tuple[int, bool]]) -> Percentiles:
    """Percentiles of (minutes in whole steps, has ended), by the definition of the product-limit estimate."""
    reached: list[int | None] = []
    for fraction in map(Fraction, map(str, FRACTIONS)):
        share, found = Fraction(1), None
        for time in sorted({t for t, ended in pairs if ended}):
            share *= 1 - Fraction(sum(e and t == time for t, e in pairs), sum(t >= time for t, _e in pairs))
            if share <= 1 - fraction:
                found = time
                break
        reached.append(found)
    return Percentiles(*reached)


def spans(case: Case, contact: datetime | None, clock: Clock) -> tuple[datetime, datetime | None] | None:
    """When what is timed began, and ended; None for what is not timed."""
    aside = case.status in ASIDE
    match clock:
        case Clock.RESOLUTION:
            return None if aside else (case.opened_at, case.resolved_at)
        case Clock.ACCEPTANCE:
            if case.accepted_at is not None:
                return case.routed_at or case.opened_at, case.accepted_at
            return (case.routed_at or case.opened_at, None) if case.status is Status.ROUTED else None
        case Clock.FIRST_CONTACT:
            if aside or (contact is None and case.resolved_at is not None):
                return None
            return case.opened_at, contact


def in_time(case: Case, clock: Clock) -> tuple[int, int]:
    """Whether the case counts among those that kept their date, and among those of which that can be said."""
    is_open = case.status in UNRESOLVED
    match clock:
        case Clock.RESOLUTION:
            by, done, late = case.resolve_by, None if case.status in ASIDE else case.resolved_at, is_open
        case Clock.ACCEPTANCE:
            waits = case.status is Status.ROUTED and case.accepted_at is None
            by, done, late = case.accept_by, case.accepted_at, waits
        case Clock.FIRST_CONTACT:
            done = case.contacted_at
            if done is not None and case.resolved_at is not None and case.resolved_at < done:
                done = None
            by, late = case.contact_by, is_open
            if by is not None and done is None and case.resolved_at is not None:
                return 0, int(by < case.resolved_at)
    if by is None:
        return 0, 0
    if done is not None:
        return int(done <= by), 1
    return 0, int(late and by < NOW)


def counted(cases: list[tuple[Case, datetime | None]], clock: Clock) -> tuple[Any, ...]:
    timed = [span for case, contact in cases if (span := spans(case, contact, clock)) is not None]
    office = clock_of(policy().calendar)

    def steps(between: Callable[[datetime, datetime], int]) -> list[tuple[int, bool]]:
        return [(minutes_of(step_of(between(b, e or NOW))), e is not None) for b, e in timed]

    over = 0
    kept, of = (sum(part) for part in zip((0, 0), *(in_time(case, clock) for case, _contact in cases), strict=True))
    for case, _contact in cases:
        if clock is Clock.RESOLUTION:
            over += case.status in UNRESOLVED and case.resolve_by is not None and case.resolve_by < NOW
        elif clock is Clock.ACCEPTANCE:
            waits = case.status is Status.ROUTED and case.accepted_at is None
            over += waits and case.accept_by is not None and case.accept_by < NOW
    ended = sum(end is not None for _begin, end in timed)
    work = lasting(steps(lambda b, e: office.mark(e) - office.mark(b)))
    passed = lasting(steps(lambda b, e: int(max((e - b) / timedelta(minutes=1), 0))))
    return ended, len(timed) - ended, over, work, passed, kept, of


def shown(line: TimesLine) -> tuple[Any, ...]:
    return line.n, line.open, line.over, line.work, line.clock, line.in_time.n, line.in_time.of


KEYS: dict[By, Callable[[Case], str]] = {
    By.DEPARTMENT: lambda case: case.department or "",
    By.CATEGORY: lambda case: case.category or "",
    By.CHANNEL: lambda case: case.channel.value,
    By.MONTH: lambda case: f"{case.opened_at.astimezone(SHANGHAI):%Y-%m}",
}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(MADE, max_size=18),
    st.sampled_from([SUPERVISOR, LEAD, TIED]),
    st.sampled_from(list(Clock)),
    st.sampled_from(list(KEYS)),
    st.sampled_from([{}, {"counted_months": True}]),
)
async def test_sql_counts_what_plain_python_counts(
    session: AsyncSession, world: list[Made], actor: Actor, clock: Clock, by: By, months: dict[str, bool]
) -> None:
    cases = await put_world(session, world, **months)
    found = await read_figures(make_work(session, actor, now=NOW), NOVEMBER, by, clock)
    inside = [
        (case, contact)
        for case, contact in cases
        if NOVEMBER.starts_at <= case.opened_at < NOVEMBER.ends_at
        and allows(actor, Permission.FIGURES_READ, facts_of(case))
    ]
    for line in (*found.lines.values(), found.total):
        line.sealed = Counts()  # nothing hidden: that is another rule, with tests of its own
    times = times_of(found.lines, found.total, clock)
    assert shown(times.total) == counted(inside, clock)
    assert found.total.everything.cases == len(inside)
    by_key = Counter(KEYS[by](case) for case, _contact in inside)
    assert {line.key for line in times.lines} == set(by_key)
    for one in times.lines:
        assert shown(one) == counted([each for each in inside if KEYS[by](each[0]) == one.key], clock), one.key


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(MADE, max_size=18),
    st.sampled_from([SUPERVISOR, LEAD, TIED]),
    st.sampled_from(sorted(NAMES)),
    st.sampled_from(list(KEYS)),
    st.sampled_from([{}, {"counted_months": True}]),
)
async def test_as_many_cases_are_behind_a_figure_as_it_says(
    session: AsyncSession, world: list[Made], actor: Actor, name: str, by: By, months: dict[str, bool]
) -> None:
    cases = await put_world(session, world, **months)
    work = make_work(session, actor, now=NOW)
    for key in (None, *{KEYS[by](case) for case, _contact in cases}):
        found = await cases_behind(work, Asked(name, by, key, NOVEMBER))
        assert found.total == len(found.rows), key


async def test_measuring_twice_or_in_parts_changes_nothing(session: AsyncSession) -> None:
    world = [
        Made(Status.CLOSED, day, 30, 2, 1, 1, 24, "legal", None, confidential=False, employer="", channel=Channel.PHONE)
        for day in range(4)
    ]
    cases = await put_world(session, world)
    work: Work = make_work(session, SUPERVISOR, now=NOW)
    before = await read_figures(work, NOVEMBER, By.DEPARTMENT, Clock.RESOLUTION)
    for month in await find_uncounted(session, today=date(2027, 1, 1)):
        await count_month(session, month)
    await measure(session, [cases[1][0].id], clock_of(policy().calendar))
    assert await find_uncounted(session, today=date(2027, 1, 1)) == [date(2026, 11, 1)]  # until it is counted again
    await measure(session, [case.id for case, _ in cases], clock_of(policy().calendar))
    after = await read_figures(work, NOVEMBER, By.DEPARTMENT, Clock.RESOLUTION)
    assert times_of(before.lines, before.total, Clock.RESOLUTION) == times_of(
        after.lines, after.total, Clock.RESOLUTION
    )
    assert before.total.everything.cases == 4
