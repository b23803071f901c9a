from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.deadlines.lapsing import Lapse, Light, StepKind, add_period, lapse, light_of
from hotline.deadlines.statutes import (
    STATUTES,
    Interruption,
    InterruptionKind,
    Kind,
    Period,
    Source,
    StatutoryClock,
    Suspension,
    SuspensionKind,
)
from hotline.deadlines.statutory_questions import QuestionsError, read_questions
from tests.factories import policy

CALENDAR = policy().calendar
DAYS = st.dates(date(1949, 10, 1), date(2190, 12, 31))
INTERRUPTIONS = st.builds(Interruption, DAYS, st.sampled_from(InterruptionKind), st.booleans())
CLAIM, RELIEF = InterruptionKind.CLAIM, InterruptionKind.RELIEF


@st.composite
def _suspensions(draw: st.DrawFn) -> Suspension:
    first = draw(DAYS)
    last = draw(st.one_of(st.none(), st.integers(-3, 900).map(lambda days: first + timedelta(days=days))))
    return Suspension(first, last, draw(st.sampled_from(SuspensionKind)))


CLOCKS = st.builds(
    StatutoryClock,
    st.sampled_from(Kind),
    DAYS,
    st.just(Source.WORKER),
    st.lists(INTERRUPTIONS, max_size=4).map(tuple),
    st.lists(_suspensions(), max_size=4).map(tuple),
)


def told(
    kind: Kind,
    trigger_on: date | None,
    *interruptions: Interruption,
    suspensions: Sequence[Suspension] = (),
    today: date = date(2026, 3, 4),
) -> Lapse:
    clock = StatutoryClock(kind, trigger_on, Source.WORKER, interruptions, tuple(suspensions))
    return lapse(clock, today=today, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("kind", "trigger_on", "ends_on", "lapses_on"),
    [
        (Kind.ARBITRATION, date(2025, 6, 11), date(2026, 6, 11), date(2026, 6, 11)),
        (Kind.ARBITRATION, date(2025, 10, 1), date(2026, 10, 1), date(2026, 10, 8)),
        (Kind.ARBITRATION, date(2025, 2, 14), date(2026, 2, 14), date(2026, 2, 14)),  # a Saturday worked for 春节
        (Kind.WAGES, date(2024, 2, 29), date(2025, 2, 28), date(2025, 2, 28)),
        (Kind.INJURY_WORKER, date(2025, 8, 1), date(2026, 8, 1), date(2026, 8, 3)),  # a Saturday
        (Kind.INJURY_EMPLOYER, date(2026, 3, 2), date(2026, 4, 1), date(2026, 4, 1)),
        (Kind.SUIT, date(2026, 9, 17), date(2026, 10, 2), date(2026, 10, 8)),
        (Kind.INSPECTION, date(2024, 2, 29), date(2026, 2, 28), date(2026, 2, 28)),  # a Saturday worked for 春节
    ],
)
def test_each_law_gives_its_period_from_the_day_after(
    kind: Kind, trigger_on: date, ends_on: date, lapses_on: date
) -> None:
    found = told(kind, trigger_on)
    assert (found.ends_on, found.lapses_on) == (ends_on, lapses_on)
    moved = [step for step in found.steps if step.kind is StepKind.DAY_OF_REST]
    assert bool(moved) == (ends_on != lapses_on)


def test_while_the_employment_lasts_unpaid_wages_are_not_limited() -> None:
    found = told(Kind.WAGES, None)
    assert (found.light, found.lapses_on, found.days_left) == (Light.WAITING, None, None)


def test_a_claim_on_the_employer_starts_the_year_anew() -> None:
    found = told(Kind.ARBITRATION, date(2025, 6, 11), Interruption(date(2025, 12, 1), CLAIM))
    assert found.lapses_on == date(2026, 12, 1)
    assert [(step.kind, step.on) for step in found.steps] == [
        (StepKind.BEGINS, date(2025, 6, 11)),
        (StepKind.RESTARTS, date(2025, 12, 1)),
        (StepKind.ENDS, date(2026, 12, 1)),
    ]


@pytest.mark.parametrize(
    ("interruption", "kind"),
    [
        (Interruption(date(2025, 6, 10), CLAIM), StepKind.TOO_EARLY),
        (Interruption(date(2026, 6, 12), CLAIM), StepKind.TOO_LATE),
        (Interruption(date(2025, 12, 1), RELIEF, candidate=True), StepKind.CANDIDATE),
    ],
)
def test_what_does_not_interrupt_is_told_and_moves_nothing(interruption: Interruption, kind: StepKind) -> None:
    found = told(Kind.ARBITRATION, date(2025, 6, 11), interruption)
    assert found.lapses_on == date(2026, 6, 11)
    assert (kind, interruption.on) in [(step.kind, step.on) for step in found.steps]


def test_a_claim_after_the_last_day_counts_when_that_day_moved_behind_it() -> None:
    found = told(Kind.ARBITRATION, date(2025, 10, 1), Interruption(date(2026, 10, 8), CLAIM))
    assert found.lapses_on == date(2027, 10, 8)


def test_the_law_on_injuries_knows_no_interruption() -> None:
    found = told(Kind.INJURY_WORKER, date(2025, 8, 4), Interruption(date(2025, 12, 1), CLAIM))
    assert found.lapses_on == date(2026, 8, 4)
    assert StepKind.NOT_IN_LAW in {step.kind for step in found.steps}


def test_days_before_a_restart_are_not_added_again() -> None:
    closed = Suspension(date(2025, 7, 1), date(2025, 7, 31), SuspensionKind.FORCE_MAJEURE)
    found = told(Kind.ARBITRATION, date(2025, 6, 11), Interruption(date(2025, 12, 1), CLAIM), suspensions=[closed])
    assert found.lapses_on == date(2026, 12, 1)
    assert StepKind.NOT_COUNTED in {step.kind for step in found.steps}


def test_an_obstacle_that_goes_on_lets_no_day_pass() -> None:
    ill = [Suspension(date(2026, 1, 5), None, SuspensionKind.PROPER_REASON)]
    before, after = (
        told(Kind.ARBITRATION, date(2025, 6, 11), suspensions=ill, today=day)
        for day in (date(2026, 3, 2), date(2026, 3, 23))
    )
    assert before.ends_on is not None
    assert after.ends_on == before.ends_on + timedelta(days=21)
    assert before.suspended
    assert after.suspended


def test_the_light_turns_at_ninety_and_below_thirty_days() -> None:
    lights = {days: light_of(days) for days in (91, 90, 30, 29, 0, -1)}
    assert lights == {
        91: Light.GREEN, 90: Light.AMBER, 30: Light.AMBER, 29: Light.RED, 0: Light.RED, -1: Light.LAPSED,
    }  # fmt: skip


def test_every_kind_has_its_law() -> None:
    assert STATUTES.keys() == {*Kind}
    assert {
        kind for kind, law in STATUTES.items() if not (law.law and bool(law.period.years) != bool(law.period.days))
    } == set()


@given(DAYS, st.integers(1, 2))
def test_a_year_ends_on_the_same_day_of_the_month_or_on_its_last(on: date, years: int) -> None:
    end = add_period(on, Period(years=years))
    assert (end.year, end.month) == (on.year + years, on.month)
    assert end.day == on.day or (on.month, on.day, end.day) == (2, 29, 28)


@given(CLOCKS, INTERRUPTIONS, DAYS)
def test_an_interruption_never_shortens(clock: StatutoryClock, one: Interruption, today: date) -> None:
    before = lapse(clock, today=today, calendar=CALENDAR)
    more = StatutoryClock(
        clock.kind, clock.trigger_on, clock.trigger_source, (*clock.interruptions, one), clock.suspensions
    )
    after = lapse(more, today=today, calendar=CALENDAR)
    assert before.lapses_on is not None
    assert after.lapses_on is not None
    assert after.lapses_on >= before.lapses_on
    if one.candidate:
        assert after.lapses_on == before.lapses_on


@given(CLOCKS, st.integers(1, 365), st.integers(1, 700), DAYS)
def test_a_suspension_while_it_runs_adds_exactly_its_days(
    clock: StatutoryClock, after_days: int, length: int, today: date
) -> None:
    law, begins = STATUTES[clock.kind], clock.trigger_on
    assert begins is not None
    first = begins + timedelta(days=after_days)
    plain = StatutoryClock(clock.kind, begins, Source.WORKER)
    before = lapse(plain, today=today, calendar=CALENDAR).ends_on
    assert before is not None
    for kind in SuspensionKind:
        one = Suspension(first, first + timedelta(days=length - 1), kind)
        held = StatutoryClock(clock.kind, begins, Source.WORKER, suspensions=(one,))
        after = lapse(held, today=today, calendar=CALENDAR).ends_on
        counts = kind in law.suspensions and first <= before
        assert after == before + timedelta(days=length if counts else 0)


@given(CLOCKS, DAYS, st.randoms(use_true_random=False))
def test_who_wrote_first_does_not_matter(clock: StatutoryClock, today: date, dice: object) -> None:
    interruptions, suspensions = [*clock.interruptions], [*clock.suspensions]
    dice.shuffle(interruptions)  # type: ignore[attr-defined]
    dice.shuffle(suspensions)  # type: ignore[attr-defined]
    shuffled = StatutoryClock(
        clock.kind, clock.trigger_on, clock.trigger_source, tuple(interruptions), tuple(suspensions)
    )
    assert lapse(shuffled, today=today, calendar=CALENDAR) == lapse(clock, today=today, calendar=CALENDAR)


@given(CLOCKS, DAYS)
def test_the_last_day_is_worked_and_what_is_unsure_says_so(clock: StatutoryClock, today: date) -> None:
    found = lapse(clock, today=today, calendar=CALENDAR)
    assert found.ends_on is not None
    assert found.lapses_on is not None
    assert CALENDAR.is_working_day(found.lapses_on)
    assert found.ends_on <= found.lapses_on
    assert found.provisional == any(map(CALENDAR.provisional, {found.ends_on.year, found.lapses_on.year}))
    assert found.days_left == (found.lapses_on - today).days


def test_what_is_asked_about_is_read_with_every_mistake_named() -> None:
    asked = read_questions(
        {"group": {"g": ["wages"]}, "category": {"c": ["suit"]}, "fact": {"injury": ["suit", "wages"]}}
    )
    assert asked.asked(group="g", category="other", facts=()) == (Kind.WAGES,)
    assert asked.asked(group="g", category="c", facts=("injury", "injury")) == (Kind.SUIT, Kind.WAGES)
    unknown = asked.unknown_codes(groups=frozenset({"g"}), categories=frozenset())
    assert [mistake.field for mistake in unknown] == ["statutes.toml: category.c"]
    with pytest.raises(QuestionsError) as refused:
        read_questions({"group": {"g": ["prison"]}, "matter": {}})
    assert {mistake.field for mistake in refused.value.mistakes} == {
        "statutes.toml: group.g.0",
        "statutes.toml: matter",
    }
