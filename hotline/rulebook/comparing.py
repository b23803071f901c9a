"""What a backtest finds: two rule sets over past cases, beside where each case was handled in the end. Pure.

A decision is *sure* when a person need not look: best score and margin reach what the rule set asks for, and
somebody handles the matter there (a matter outside the union's duties needs nobody). It is *right* when it names the
category the case ended with and, for a case a department handled, that department. A sure and right decision has routed
by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

from hotline.routing.categories import OUTSIDE
from hotline.routing.classify import is_sure
from hotline.routing.compiled import RuleSet
from hotline.routing.decision import Decision
from hotline.routing.engine import Matter, Routing, decide_matter, matter_of
from hotline.rulebook.touching import Touched, every_text

Verdict = Literal["gained", "lost", "neither"]
MOVES_KEPT: Final = 200
SEPARATOR: Final = "\t"
"""Between two codes of one key: stands in no code."""


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case that has ended: what was told, and what became of it. `department` is None where none handled it."""

    id: int
    narrative: str
    employer: str
    place: str
    people: int | None
    amount_owed: Decimal | None
    channel: str
    category: str | None
    department: str | None
    at: datetime | None = None
    """When the call came: rules may ask for the hour."""
    unit: str = ""
    """Code of the employer's organisation, where one was found or chosen."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule set says of a case, as far as it is compared."""

    category: str | None
    department: str | None
    sure: bool
    urgency: str


@dataclass(frozen=True, slots=True)
class Change:
    """A case the two rule sets decide differently."""

    case: int
    before: Said
    after: Said
    category: str | None
    department: str | None
    verdict: Verdict


@dataclass(slots=True)
class Side:
    """What is counted of one rule set: `rules` per rule, under keys `rule<TAB>what`."""

    sure: int = 0
    right: int = 0
    """Sure and right."""
    right_at_all: int = 0
    """Right, sure or not: the proposal a person would have seen."""
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, other: Side) -> None:
        """Add what was counted elsewhere."""
        self.sure += other.sure
        self.right += other.right
        self.right_at_all += other.right_at_all
        self.rules.update(other.rules)


@dataclass(slots=True)
class Tally:
    """Counts over cases, which add up: each worker counts its own."""

    cases: int = 0
    gained: int = 0
    lost: int = 0
    changed: int = 0
    urgency: int = 0
    """Cases whose urgency differs."""
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)
    moves: Counter[str] = field(default_factory=Counter)
    """Cases by `from<TAB>to<TAB>verdict`: categories, empty for the review queue."""
    desks: Counter[str] = field(default_factory=Counter)
    """The same by department."""

    def add(self, other: Tally) -> None:
        """Add what was counted elsewhere."""
        self.cases += other.cases
        self.gained += other.gained
        self.lost += other.lost
        self.changed += other.changed
        self.urgency += other.urgency
        self.before.add(other.before)
        self.after.add(other.after)
        self.moves.update(other.moves)
        self.desks.update(other.desks)


def replay(
    before: Routing, after: Routing, cases: Iterable[PastCase], *, touched: Touched = every_text
) -> tuple[Tally, list[Change]]:
    """Both rule sets over these cases, by the engine that decides live calls.

    A text that is not `touched` is decided once, for both.
    """
    tally, changes, same = Tally(), [], Side()
    for case in cases:
        matter = _matter(after, case)
        now = decide_matter(after, matter)
        tally.cases += 1
        if not touched(case.narrative):
            _count(same, after.ruleset, now, case)
            continue
        was = decide_matter(before, matter)
        old = _count(tally.before, before.ruleset, was, case)
        new = _count(tally.after, after.ruleset, now, case)
        if old == new:
            continue
        verdict = _verdict(old, new, case)
        tally.changed += 1
        tally.gained += verdict == "gained"
        tally.lost += verdict == "lost"
        tally.urgency += old.urgency != new.urgency
        _count_move(tally, old, new, verdict)
        changes.append(Change(case.id, old, new, case.category, case.department, verdict))
    tally.before.add(same)
    tally.after.add(same)
    return tally, changes


def decided(routing: Routing, case: PastCase) -> Decision:
    """What these rules say of a past case, by the engine that decides live calls."""
    return decide_matter(routing, _matter(routing, case))


def _matter(routing: Routing, case: PastCase) -> Matter:
    """What both rule sets are asked about: they know the same register."""
    return matter_of(
        routing.units,
        case.narrative,
        place=case.place,
        employer=case.employer,
        people=case.people,
        amount_owed=case.amount_owed,
        channel=case.channel,
        at=case.at,
        unit=case.unit,
    )


def said(rules: RuleSet, decision: Decision) -> Said:
    """What of a decision is compared."""
    handled = decision.group == OUTSIDE or decision.department is not None
    return Said(decision.category, decision.department, is_sure(rules, decision) and handled, decision.urgency)


def is_right(of: Said, case: PastCase) -> bool:
    """Whether this names what the case was in the end, and who handled it where somebody did."""
    if of.category is None or of.category != case.category:
        return False
    return case.department is None or of.department == case.department


def _count(side: Side, rules: RuleSet, decision: Decision, case: PastCase) -> Said:
    of = said(rules, decision)
    right = is_right(of, case)
    side.sure += of.sure
    side.right += of.sure and right
    side.right_at_all += right
    spoke = {(item.rule, item.category) for item in decision.evidence}
    spoke |= {(effect.rule, "") for effect in decision.effects if (effect.rule, "") not in spoke}
    counted: set[str] = set()
    for rule, category in sorted(spoke, key=_with_category_first):
        if rule not in counted:
            counted.add(rule)
            _count_rule(side.rules, rule, category, of, case)
    return of


def _with_category_first(spoken: tuple[str, str]) -> tuple[str, bool]:
    return spoken[0], not spoken[1]


def _count_rule(rules: Counter[str], rule: str, category: str, of: Said, case: PastCase) -> None:
    rules[f"{rule}{SEPARATOR}hits"] += 1
    if not category:
        return
    rules[f"{rule}{SEPARATOR}{'right' if category == case.category else 'wrong'}"] += 1
    if category == of.category:
        rules[f"{rule}{SEPARATOR}won"] += 1
    elif of.category:
        rules[f"{rule}{SEPARATOR}beaten{SEPARATOR}{of.category}"] += 1


def _verdict(old: Said, new: Said, case: PastCase) -> Verdict:
    was, now = old.sure and is_right(old, case), new.sure and is_right(new, case)
    if was == now:
        return "neither"
    return "gained" if now else "lost"


def _count_move(tally: Tally, old: Said, new: Said, verdict: Verdict) -> None:
    matter = [(one.category or "") if one.sure else "" for one in (old, new)]
    desk = [(one.department or "") if one.sure else "" for one in (old, new)]
    if matter[0] != matter[1]:
        tally.moves[SEPARATOR.join((*matter, verdict))] += 1
    if desk[0] != desk[1]:
        tally.desks[SEPARATOR.join((*desk, verdict))] += 1


def result_of(tally: Tally, rules: Iterable[tuple[str, str | None]]) -> dict[str, Any]:
    """The tally as plain values; `rules` are ids and categories of the rule set that was tried, in its order."""
    return {
        "cases": tally.cases,
        "gained": tally.gained,
        "lost": tally.lost,
        "changed": tally.changed,
        "urgency": tally.urgency,
        "before": _side(tally.before),
        "after": _side(tally.after),
        "moves": _moves(tally.moves),
        "desks": _moves(tally.desks),
        "rules": [_rule(tally, rule, category) for rule, category in rules],
    }


def _side(side: Side) -> dict[str, int]:
    return {"sure": side.sure, "right": side.right, "right_at_all": side.right_at_all}


def _moves(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Each pair of from and to with its counts, the greatest first."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for key, n in counts.items():
        old, new, verdict = key.split(SEPARATOR)
        move = found.setdefault((old, new), {"from": old, "to": new, "n": 0, "gained": 0, "lost": 0})
        move["n"] += n
        if verdict != "neither":
            move[verdict] += n
    return sorted(found.values(), key=lambda move: (-move["n"], move["from"], move["to"]))[:MOVES_KEPT]


def _rule(tally: Tally, rule: str, category: str | None) -> dict[str, Any]:
    counts = tally.after.rules

    def of(what: str) -> int:
        return counts[f"{rule}{SEPARATOR}{what}"]

    prefix = f"{rule}{SEPARATOR}beaten{SEPARATOR}"
    beaten = {key.removeprefix(prefix): n for key, n in counts.items() if key.startswith(prefix)}
    always = category is not None and of("hits") > 0 and of("won") == 0 and bool(beaten)
    return {
        "rule": rule,
        "category": category,
        "hits": of("hits"),
        "hits_before": tally.before.rules[f"{rule}{SEPARATOR}hits"],
        "right": of("right"),
        "wrong": of("wrong"),
        "won": of("won"),
        "beaten_by": max(sorted(beaten), key=lambda code: beaten[code]) if always else None,
    }
