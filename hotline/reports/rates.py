"""Shares as a union publishes them, each as n of N with what it means, and the ledger of what came of it: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hotline.i18n import mark
from hotline.reports.counts import Counts, Line, Names
from hotline.reports.shown import Share, Shown
from hotline.reports.small_cells import Cell, Hidden


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: which cases are `n`, of which `of`; `label` and `definition` are msgids."""

    key: str
    label: str
    definition: str
    n: Names
    of: Names


CONTACTED_IN_TIME: Final = mark(
    "Contacts on record by the date for the first contact, divided by the contacts that had such a date plus the cases "
    "in which it has passed without one. An acceptance alone is no contact here, and callers without a number have no "
    "such date."
)
RATES: Final = (
    Rate(
        "response",
        mark("Response rate"),
        mark(
            "Accepted by the department by its date, divided by all acceptances that had a date plus the cases that "
            "wait and whose date has passed."
        ),
        ("accepted_in_time",),
        ("accept_dated", "waiting_over"),
    ),
    Rate(
        "contacted_in_time",
        mark("First contact in time"),
        CONTACTED_IN_TIME,
        ("contacted_in_time",),
        ("contact_dated", "contact_over"),
    ),
    Rate(
        "solved",
        mark("Solution rate"),
        mark(
            "Solved, divided by resolved: as the worker said at the call-back; where nobody asked, the claim was met, "
            "met in part, mediated, or aid was given."
        ),
        ("solved",),
        ("resolved",),
    ),
    Rate(
        "satisfied",
        mark("Satisfaction rate"),
        mark("Satisfied workers, divided by the workers who were reached and said whether they are."),
        ("satisfied",),
        ("reached",),
    ),
    Rate(
        "in_time",
        mark("Resolved in time"),
        mark(
            "Resolved by their date, divided by the resolved cases that had one plus open cases whose date has passed."
        ),
        ("in_time",),
        ("dated", "over"),
    ),
    Rate(
        "returned",
        mark("Return rate"),
        mark("Given back at least once by a department, divided by all cases that were given to one."),
        ("returned",),
        ("routed",),
    ),
    Rate(
        "reopened",
        mark("Reopening rate"),
        mark("Taken up again after their end, divided by all cases that were resolved at least once."),
        ("reopened",),
        ("ever_resolved",),
    ),
    Rate(
        "extended",
        mark("Extension rate"),
        mark("Given more working days at least once, divided by all cases that were given to a department."),
        ("extended",),
        ("routed",),
    ),
    Rate(
        "instant",
        mark("Answered on the spot"),
        mark("Ended by the answer of the hotline without a department, divided by all calls."),
        ("instant",),
        ("cases",),
    ),
    Rate(
        "called_back",
        mark("Call-back rate"),
        mark("Called back at least once after the last resolution, divided by resolved cases with a number to call."),
        ("called_back",),
        ("to_call_back",),
    ),
    Rate(
        "repeated",
        mark("Repeated calls"),
        mark(
            "Calls from a number that had called about another matter before, divided by all calls. No number is shown."
        ),
        ("repeated",),
        ("cases",),
    ),
    Rate(
        "rerouted",
        mark("Decided otherwise than by the rules"),
        mark("Routed elsewhere, handed over or changed at intake by people, divided by all calls."),
        ("rerouted",),
        ("cases",),
    ),
)


@dataclass(frozen=True, slots=True)
class RatesLine:
    """One line: all cases, those of which nothing is resolved yet, and each share by its key."""

    key: str
    cases: Cell
    open: Cell
    rates: dict[str, Share]


def rates_of(lines: Mapping[str, Line], total: Line) -> tuple[RatesLine, tuple[RatesLine, ...]]:
    """All shares of all cases, and of each line."""
    shown = Shown(lines, total)
    cases, is_open = shown.cells(("cases",)), shown.cells(("stock",))
    shares = {rate.key: shown.shares(rate.n, rate.of) for rate in RATES}
    *made, whole = (
        RatesLine(key, cases[i], is_open[i], {name: share[i] for name, share in shares.items()})
        for i, key in enumerate((*shown.keys, ""))
    )
    return whole, tuple(made)


RESULTS: Final = {
    "claim_met": mark("Claim met"),
    "claim_met_partly": mark("Claim met in part"),
    "mediated": mark("Mediated"),
    "aided": mark("Aid given"),
    "advised": mark("Advised"),
}


@dataclass(frozen=True, slots=True)
class OutcomesLine:
    """What came of the resolved cases of one line; None: said of a few confidential ones it would be said of them."""

    key: str
    resolved: Cell
    results: dict[str, Cell]
    money: Decimal | None
    people: int | None
    letters: int | None
    callers_again: Cell
    """Numbers whose second matter this was."""


def outcomes_of(lines: Mapping[str, Line], total: Line) -> tuple[OutcomesLine, tuple[OutcomesLine, ...]]:
    """The ledger of all cases, and of each line."""
    shown = Shown(lines, total)
    resolved, again = shown.cells(("resolved",)), shown.cells(("second",))
    results = {name: shown.cells((name,)) for name in RESULTS}
    each = [*(lines[key] for key in shown.keys), total]
    *made, whole = (
        _ledger(key, each[i].everything, resolved[i], {name: cells[i] for name, cells in results.items()}, again[i])
        for i, key in enumerate((*shown.keys, ""))
    )
    return whole, tuple(made)


def _ledger(key: str, counts: Counts, resolved: Cell, results: dict[str, Cell], again: Cell) -> OutcomesLine:
    if isinstance(resolved, Hidden):
        return OutcomesLine(key, resolved, results, None, None, None, again)
    return OutcomesLine(key, resolved, results, counts.money, counts.people, counts.letters, again)
