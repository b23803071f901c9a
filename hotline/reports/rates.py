"""Shares as a union publishes them, each as n of N with what it means, and the ledger of what came of it: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hotline.i18n import mark
from hotline.reports.counts import Counts, Line
from hotline.reports.small_cells import Cell, Hidden, Tally, show_cell, show_column

Names = tuple[str, ...]
"""What is counted: `cases`, flags and states, no case having two of them."""


def count_of(counts: Counts, names: Names) -> int:
    """How many of these cases have one of the names."""
    return sum(counts.cases if name == "cases" else counts.flags[name] for name in names)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: which cases are `n`, of which `of`; `label` and `definition` are msgids."""

    key: str
    label: str
    definition: str
    n: Names
    of: Names


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
class Share:
    """`n` of `of`, either of which may be hidden."""

    n: Cell
    of: Cell

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None when there is nothing to divide by, or it is hidden."""
        return self.n / self.of if isinstance(self.n, int) and isinstance(self.of, int) and self.of else None


@dataclass(frozen=True, slots=True)
class RatesLine:
    """One line: all cases, those of which nothing is resolved yet, and each share by its key."""

    key: str
    cases: Cell
    open: Cell
    rates: dict[str, Share]


def rates_of(lines: Mapping[str, Line], total: Line) -> tuple[RatesLine, tuple[RatesLine, ...]]:
    """All shares of all cases, and of each line."""
    keys = sorted(lines, key=lambda key: (not key, key))
    each = [lines[key] for key in keys]
    cases, is_open = _column(each, ("cases",)), _column(each, ("stock",))
    shares = {
        r.key: [Share(*pair) for pair in zip(_column(each, r.n), _column(each, r.of), strict=True)] for r in RATES
    }
    made = tuple(
        RatesLine(key, cases[i], is_open[i], {r.key: _kept(shares[r.key][i]) for r in RATES})
        for i, key in enumerate(keys)
    )
    whole = RatesLine(
        "",
        _alone(total, ("cases",)),
        _alone(total, ("stock",)),
        {r.key: _kept(Share(_alone(total, r.n), _alone(total, r.of))) for r in RATES},
    )
    return whole, made


def _kept(share: Share) -> Share:
    """A share of a hidden few would tell how many they are."""
    return Share(Hidden.BESIDE, share.of) if isinstance(share.of, Hidden) and isinstance(share.n, int) else share


def _column(each: list[Line], names: Names) -> tuple[Cell, ...]:
    return show_column([Tally(count_of(line.everything, names), count_of(line.sealed, names)) for line in each])


def _alone(line: Line, names: Names) -> Cell:
    return show_cell(Tally(count_of(line.everything, names), count_of(line.sealed, names)))


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
    keys = sorted(lines, key=lambda key: (not key, key))
    each = [lines[key] for key in keys]
    resolved, again = _column(each, ("resolved",)), _column(each, ("second",))
    results = {name: _column(each, (name,)) for name in RESULTS}
    made = tuple(
        _ledger(key, each[i].everything, resolved[i], {name: results[name][i] for name in RESULTS}, again[i])
        for i, key in enumerate(keys)
    )
    of_all = {name: _alone(total, (name,)) for name in RESULTS}
    whole = _ledger("", total.everything, _alone(total, ("resolved",)), of_all, _alone(total, ("second",)))
    return whole, made


def _ledger(key: str, counts: Counts, resolved: Cell, results: dict[str, Cell], again: Cell) -> OutcomesLine:
    if isinstance(resolved, Hidden):
        return OutcomesLine(key, resolved, results, None, None, None, again)
    return OutcomesLine(key, resolved, results, counts.money, counts.people, counts.letters, again)
