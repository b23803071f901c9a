"""No report tells what another one hides: everything shown of the same cases, told apart by the same, put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.reports.ageing import ageing_of
from hotline.reports.counts import Clock, Counts, Line, Names
from hotline.reports.rates import RATES, RESULTS, outcomes_of, rates_of
from hotline.reports.small_cells import LEAST, Cell, Hidden
from hotline.reports.times import COUNTED, UNSAID, times_of
from hotline.reports.working_time import clock_of
from tests.factories import policy

TODAY = date(2026, 11, 10)
_WAITS = "routed stock open waiting uncontacted"
_IN_HAND = "routed accepted accept_dated contacted stock open"
_DONE = "routed accepted accept_dated contacted resolved ever_resolved dated"
STAGES = {
    "stock": ["rerouted"],
    "instant": ["repeated", "repeated second"],
    "": [],  # referred outside at once
    _WAITS: ["over", "waiting_over", "contact_over", "returned", "rerouted"],
    "routed stock open uncontacted": [],  # taken back at once
    "routed returned stock open uncontacted": ["over"],
    "routed returned stock open contacted": [],
    _IN_HAND: [
        "over", "contact_over", "contact_dated", "contact_dated contacted_in_time", "accepted_in_time", "extended",
        "ever_resolved reopened", "returned",
    ],
    _DONE: [
        "in_time", "accepted_in_time", "contact_dated", "contact_dated contacted_in_time", "solved", "to_call_back",
        "to_call_back called_back", "reached", "reached satisfied", "reopened", "extended", "returned", *RESULTS,
    ],
    "routed accepted accept_dated aside": [],
    "routed aside": [],
}  # fmt: skip
"""Where a case can stand, as what it counts there, and what it may count as besides."""
LIVES = tuple(f"{stage} {more}" for stage, others in STAGES.items() for more in ("", *others))
UNROUTED = frozenset(life for life in LIVES if "routed" not in life.split())
AGES = (0, 3)
"""Days since the call, of two bands."""
Kind = tuple[str, int]
KINDS: tuple[Kind, ...] = tuple((life, age) for life in LIVES for age in AGES if age == 0 or "stock" in life)
PRIME = 2**61 - 1


@dataclass(frozen=True)
class Told:
    """A cell of a report: what is counted in it, of which line (None: of all), what stands there."""

    names: Names
    line: str | None
    cell: Cell


def counts(kind: Kind, names: Names) -> int:
    """As how many a case of this kind is counted under the names."""
    life, age = kind
    has = {"cases", *life.split()}
    if "stock" in has:
        has.add(f"band{AGES.index(age)}")
    return sum(name in has for name in names)


def told(world: dict[str, list[tuple[Kind, bool]]]) -> Iterator[Told]:
    """Every cell of every report of this world."""
    lines: dict[str, Line] = {}
    total = Line()
    for key, cases in world.items():
        line = lines.setdefault(key, Line())
        for (life, _age), sealed in cases:
            for part in (line, total):
                part.add(Counts(1, Counter(life.split())), confidential=sealed)
    for clock, names in COUNTED.items():
        times = times_of(lines, total, clock)
        for one in (*times.lines, times.total):
            at = None if one is times.total else one.key
            yield from (
                Told(counted, at, cell)
                for counted, cell in (
                    (names.n, one.n), (names.open, one.open), (names.over, one.over), (names.aside, one.aside),
                    (names.in_time, one.in_time.n), (names.of, one.in_time.of),
                )
            )  # fmt: skip
    whole, each = rates_of(lines, total)
    for rates in (*each, whole):
        at = None if rates is whole else rates.key
        yield from (Told(("cases",), at, rates.cases), Told(("stock",), at, rates.open))
        for rate in RATES:
            yield from (Told(rate.n, at, rates.rates[rate.key].n), Told(rate.of, at, rates.rates[rate.key].of))
    ledger, below = outcomes_of(lines, total)
    for out in (*below, ledger):
        at = None if out is ledger else out.key
        yield from (Told(("resolved",), at, out.resolved), Told(("second",), at, out.callers_again))
        yield from (Told((name,), at, out.results[name]) for name in RESULTS)
    opened = [
        (key, TODAY - timedelta(days=age), sealed, 1)
        for key, cases in world.items()
        for (life, age), sealed in cases
        if "stock" in life
    ]
    beside = {rates.key: rates.open for rates in each}, whole.open
    ageing = ageing_of(opened, TODAY, clock_of(policy().calendar), beside=beside)
    for old in (*ageing.lines, ageing.total):
        at = None if old is ageing.total else old.key
        yield Told(("stock",), at, old.open)
        yield from (Told((f"band{place}",), at, cell) for place, cell in enumerate(old.bands[: len(AGES)]))


Row = dict[int, int]


class Known:
    """What follows from numbers by adding and subtracting: rows of a matrix in echelon form, modulo a prime."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}

    def learn(self, row: Row) -> None:
        if left := self._reduced(row):
            first = min(left)
            inverse = pow(left[first], -1, PRIME)
            self._rows[first] = {place: value * inverse % PRIME for place, value in left.items()}

    def tells(self, row: Row) -> bool:
        return not self._reduced(row)

    def _reduced(self, row: Row) -> Row:
        left = dict(row)
        while (place := min((place for place in left if place in self._rows), default=None)) is not None:
            factor = left[place]
            for other, value in self._rows[place].items():
                if rest := (left.get(other, 0) - factor * value) % PRIME:
                    left[other] = rest
                else:
                    left.pop(other, None)
        return left


def leaks(world: dict[str, list[tuple[Kind, bool]]], *, only: dict[str, set[str]]) -> list[Told]:
    """Small cells with a confidential case that follow from all that is shown; `only`: lives a line can have at all."""
    cells = [*told(world)]
    empty = {(one.line, one.names) for one in cells if one.cell == 0}
    places = [
        (key, kind)
        for key in world
        for kind in KINDS
        if kind[0] in only[key] and not any(line in {key, None} and counts(kind, names) for line, names in empty)
    ]

    def row(one: Told) -> Row:
        here = ((i, counts(kind, one.names)) for i, (key, kind) in enumerate(places) if one.line in {key, None})
        return {place: count for place, count in here if count}

    known = Known()
    for one in {(one.line, one.names): one for one in cells if not isinstance(one.cell, Hidden)}.values():
        known.learn(row(one))
    found = []
    for one in {(one.line, one.names): one for one in cells}.values():
        inside = [case for key, cases in world.items() if one.line in {key, None} for case in cases]
        n = sum(counts(kind, one.names) for kind, _sealed in inside)
        sealed = sum(counts(kind, one.names) for kind, secret in inside if secret)
        if 0 < n < LEAST and sealed and known.tells(row(one)):
            found.append(one)
    return found


def cases(lives: frozenset[str]) -> st.SearchStrategy[list[tuple[Kind, bool]]]:
    kinds = [kind for kind in KINDS if kind[0] in lives]
    return st.lists(st.tuples(st.sampled_from(kinds), st.sampled_from([False, False, True])), max_size=9)


EVERYTHING = frozenset(LIVES)
BY_ANYTHING = st.fixed_dictionaries({"a": cases(EVERYTHING), "b": cases(EVERYTHING), "": cases(EVERYTHING)})
AT_THE_HOTLINE = UNROUTED | {life for life in LIVES if life.startswith(("routed returned", "routed stock open unc"))}
BY_DEPARTMENT = st.fixed_dictionaries(
    {"a": cases(EVERYTHING - AT_THE_HOTLINE), "b": cases(EVERYTHING - AT_THE_HOTLINE), "": cases(AT_THE_HOTLINE)}
)
"""Whoever reads this knows that a department has only what was given to it."""


@settings(max_examples=60)
@given(BY_ANYTHING)
def test_no_report_tells_what_another_hides(world: dict[str, list[tuple[Kind, bool]]]) -> None:
    assert leaks(world, only={key: set(EVERYTHING) for key in world}) == []


@settings(max_examples=60)
@given(BY_DEPARTMENT)
def test_no_report_by_department_tells_what_another_hides(world: dict[str, list[tuple[Kind, bool]]]) -> None:
    only = {key: set(EVERYTHING - AT_THE_HOTLINE if key else EVERYTHING) for key in world}
    assert leaks(world, only=only) == []


@pytest.mark.parametrize("secret", [1, 2])
@pytest.mark.parametrize("others", [1, 2, 3])
@pytest.mark.parametrize("accepted", [1, 2, 3])
def test_who_was_in_touch_and_has_not_accepted_does_not_tell_what_was_given_back(
    secret: int, others: int, accepted: int
) -> None:
    back, in_hand = ("routed returned stock open contacted ", 0), (f"{_IN_HAND} ", 0)
    line = [(back, True), *[(back, False)] * (secret - 1), *[(in_hand, False)] * accepted]
    world = {"a": [], "b": [(back, False)] * others, "": line}
    assert leaks(world, only={key: set(EVERYTHING) for key in world}) == []


def test_what_a_sum_tells_is_found() -> None:
    """The test itself can fail: a number that is the rest of a sum follows."""
    known = Known()
    known.learn({0: 1, 1: 1})
    known.learn({1: 1})
    assert known.tells({0: 1})
    assert not known.tells({2: 1})


def test_times_are_hidden_with_the_number_of_those_they_are_taken_from() -> None:
    """One of two that is still open shifts the median: the times of a hidden few would tell how many they are."""
    line = Line()
    line.add(Counts(5, Counter(_DONE.split() * 5)), confidential=False)
    line.add(Counts(1, Counter(_IN_HAND.split())), confidential=True)
    times = times_of({"a": line}, line, Clock.RESOLUTION)
    assert (times.lines[0].n, times.lines[0].work, times.lines[0].clock) == (5, UNSAID, UNSAID)
