"""Words a rule set could learn from corrections: proposed by a test on some cases, tried on others; pure.

Runs of 2 to 6 characters are counted once a text. How much a run speaks for a category is its log-odds among the texts
that people moved there against all texts that are not of it, smoothed by an informative Dirichlet prior (how common
the run is everywhere), with its z-score: Monroe, Colaresi, Quinn, "Fightin' Words", Political Analysis 16 (2008).
What of the log-odds is certain (their lower bound at that significance) ranks the words and bounds their weight.
Cases are split by a hash of their number: words come from one half, what they would do is counted on the other half
by the rules that decide every call, which are told the same of it: facts, hour and employer.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from hotline.routing.categories import Category
from hotline.routing.classify import classify
from hotline.routing.compiled import RuleSet, compile_rules
from hotline.routing.conditions import Circumstances
from hotline.routing.decision import Decision
from hotline.routing.engine import matter_of
from hotline.routing.phrases import runs
from hotline.routing.ruleset import RuleSetTable, RuleTable
from hotline.routing.text import normal_form
from hotline.routing.units import NO_UNITS, UnitIndex

FEWEST_CALLERS: Final = 3
"""A word fewer people used could tell who they are, and is chance rather than a rule."""
LEAST_Z: Final = 2.58
"""Once in a hundred times, chance alone does as much."""
PRIOR_SHARE, PRIOR_MOST = 0.1, 100.0
"""How many texts' worth of evidence it takes to leave what is common everywhere: a tenth of all, 100 at most."""
MOST_FOR_A_CATEGORY: Final = 5
STEP, HEAVIEST = 0.5, 5.0
LEARNED: Final = "learned"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A narrative with the category the rules gave it and the one people gave it in the end.

    `caller` is anything that tells callers apart; "" for everybody who left no number. `private` are words of the call
    which name somebody or something (caller, employer, place): never proposed.
    """

    number: str
    text: str
    rules: str | None
    final: str
    caller: str = ""
    private: tuple[str, ...] = ()
    people: int | None = None
    amount_owed: Decimal | None = None
    channel: str = "phone"
    place: str = ""
    employer: str = ""
    unit: str = ""
    """Code of the employer's organisation, where one was found or chosen."""
    at: datetime | None = None

    @property
    def corrected(self) -> bool:
        """Whether people decided otherwise."""
        return self.rules != self.final

    @cached_property
    def normal(self) -> str:
        """The narrative in normal form."""
        return normal_form(self.text).text


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Add `word` with `weight` to `rule` (a new one, when `is_new`), which speaks for `category`.

    `support` is how many different callers of misrouted cases used it; `gained` and `lost` are cases of the other half
    which would then be right, or no longer be.
    """

    category: str
    rule: str
    is_new: bool
    word: str
    weight: float
    support: int
    z: float
    gained: int = 0
    lost: int = 0
    tried_on: int = field(default=0)


def held_out(number: str) -> bool:
    """Whether a case is kept for trying what others propose: the same half, always."""
    return hashlib.sha256(number.encode()).digest()[0] % 2 == 1


def suggest(
    table: RuleSetTable, categories: Mapping[str, Category], cases: Iterable[Case], *, units: UnitIndex = NO_UNITS
) -> tuple[Suggestion, ...]:
    """What the corrected cases propose, most gained first; `cases` holds uncorrected ones as well, to compare with.

    `units` are the organisations of the register, whose kinds rules may ask for. What does not gain more than it loses
    on the cases kept apart is left out.
    """
    known = [case for case in cases if case.final in categories]
    learn = [case for case in known if not held_out(case.number)]
    trial = [case for case in known if held_out(case.number)]
    rules = compile_rules(table, categories)
    decide = _Deciding(units)
    found = []
    for category in sorted({case.final for case in learn if case.corrected}):
        moved = [case for case in learn if case.corrected and case.final == category]
        lacking = {case.number: _lack(decide(rules, case), case) for case in moved}
        for proposed in _proposals(table, category, learn, lacking):
            tried = _try(decide, table, categories, rules, proposed, trial)
            if tried.gained > tried.lost:
                found.append(tried)
    return tuple(sorted(found, key=lambda one: (one.lost - one.gained, -one.z, one.category, one.word)))


def apply_suggestion(table: RuleSetTable, suggestion: Suggestion) -> RuleSetTable:
    """The rule set with the word in it; unchanged when the rule has it already."""
    rules = list(table.rule)
    place = next((at for at, rule in enumerate(rules) if rule.id == suggestion.rule), None)
    weight = f"{suggestion.weight:g}"
    if place is None:
        rules.append(RuleTable(id=suggestion.rule, category=suggestion.category, words={weight: [suggestion.word]}))
    elif suggestion.word not in {word for word, _weight in rules[place].weighted_words()}:
        same = next((key for key in rules[place].words if float(key) == suggestion.weight), weight)
        words = rules[place].words | {same: [*rules[place].words.get(same, []), suggestion.word]}
        rules[place] = rules[place].model_copy(update={"words": words})
    return table.model_copy(update={"rule": rules})


class _Deciding:
    """Decides cases by several rule sets; what is known of a case beside its words is found out once."""

    def __init__(self, units: UnitIndex) -> None:
        self.units = units
        self.known: dict[str, Circumstances] = {}

    def __call__(self, rules: RuleSet, case: Case) -> Decision:
        facts = self.known.get(case.number)
        if facts is None:
            matter = matter_of(
                self.units, case.text, place=case.place, employer=case.employer, people=case.people,
                amount_owed=case.amount_owed, channel=case.channel, at=case.at, unit=case.unit,
            )  # fmt: skip
            facts = self.known[case.number] = matter.facts
        return classify(rules, case.text, facts=facts)


def _lack(decision: Decision, case: Case) -> float:
    """How much the right category lacks to come out first."""
    scores = {score.category: score.score for score in decision.scores}
    return max(scores.values(), default=0.0) - scores.get(case.final, 0.0)


def _proposals(
    table: RuleSetTable, category: str, learn: Sequence[Case], lacking: Mapping[str, float]
) -> list[Suggestion]:
    moved = [case for case in learn if case.corrected and case.final == category]
    others = [case for case in learn if case.final != category]
    users: defaultdict[str, set[str]] = defaultdict(set)
    texts: Counter[str] = Counter()
    for case in moved:
        for run in runs(case.text, private=case.private):
            users[run].add(case.caller)
            texts[run] += 1
    spoken = {run: len(callers) for run, callers in users.items() if len(callers) >= FEWEST_CALLERS}
    rule, is_new = _rule_for(table, category)
    taken = {word for one in table.rule if one.category == category for word, _weight in one.weighted_words()}
    elsewhere = _count(others, spoken.keys())
    certain = []
    for run in spoken.keys() - taken:
        odds, z = _log_odds(texts[run], len(moved), elsewhere[run], len(others))
        if z >= LEAST_Z:
            certain.append((odds * (1 - LEAST_Z / z), z, run))
    certain.sort(key=lambda one: (-one[0], -len(one[2]), one[2]))
    chosen: list[Suggestion] = []
    for odds, z, run in certain:
        if any(_overlap(run, one.word) for one in chosen) or not _free(run, spoken):
            continue
        weight = _weight(odds, [lacking[case.number] for case in moved if run in case.normal])
        chosen.append(
            Suggestion(
                category=category, rule=rule, is_new=is_new, word=run, weight=weight, support=spoken[run],
                z=round(z, 2),
            )
        )  # fmt: skip
        if len(chosen) == MOST_FOR_A_CATEGORY:
            break
    return chosen


def _weight(odds: float, lacking: Sequence[float]) -> float:
    """As much as the typical case lacks and a step more, no more than is certain of the log-odds; in steps of a half.

    Natural log-odds are doubled: that is about what a weight of the shipped rules means.
    """
    needed = math.floor(2 * median(lacking)) / 2 + STEP if lacking else STEP
    certain = round(4 * odds) / 2
    return max(min(needed, certain, HEAVIEST), STEP)


def _rule_for(table: RuleSetTable, category: str) -> tuple[str, bool]:
    """The rule of this category that only adds up words, the one with the most; else a new one."""
    plain = [
        rule
        for rule in table.rule
        if rule.category == category
        and rule.words
        and not (rule.groups or rule.none or rule.has_conditions or rule.has_effects)
    ]
    if plain:
        return max(plain, key=lambda rule: sum(map(len, rule.words.values()))).id, False
    taken = {rule.id for rule in table.rule}
    name = f"{category}.{LEARNED}"[:60]
    return next(one for one in (name, *(f"{name}{n}" for n in range(2, 99))) if one not in taken), True


def _count(cases: Sequence[Case], wanted: Iterable[str]) -> Counter[str]:
    """In how many of these texts each run stands: one pass a text."""
    words = [*wanted]
    counted: Counter[str] = Counter()
    if not words:
        return counted
    automaton = AhoCorasick(words, implementation=Implementation.ContiguousNFA)
    for case in cases:
        found = automaton.find_matches_as_indexes(case.normal, overlapping=True)
        counted.update({words[index] for index, _start, _end in found})
    return counted


def _log_odds(here: int, texts_here: int, there: int, texts_there: int) -> tuple[float, float]:
    """How much more likely a text here has the run than one there (natural log-odds), and its z-score."""
    texts = texts_here + texts_there
    prior = min(PRIOR_SHARE * texts, PRIOR_MOST)
    usual = prior * (here + there + 0.5) / (texts + 1)
    odds = math.log((here + usual) / (texts_here + prior - here - usual))
    odds -= math.log((there + usual) / (texts_there + prior - there - usual))
    return odds, odds / math.sqrt(1 / (here + usual) + 1 / (there + usual))


def _free(run: str, spoken: Mapping[str, int]) -> bool:
    """Whether a run stands for itself: not nearly always as a part of the same longer one."""
    longer = max((count for other, count in spoken.items() if len(other) == len(run) + 1 and run in other), default=0)
    return longer < 0.9 * spoken[run]


def _overlap(one: str, other: str) -> bool:
    """Whether two runs are mostly the same words, cut otherwise: half of the pairs of the shorter one."""
    pairs, others = ({run[at : at + 2] for at in range(len(run) - 1)} for run in (one, other))
    return 2 * len(pairs & others) >= min(len(pairs), len(others))


def _try(
    decide: _Deciding,
    table: RuleSetTable,
    categories: Mapping[str, Category],
    rules: RuleSet,
    proposed: Suggestion,
    trial: Sequence[Case],
) -> Suggestion:
    """What the word would do: only texts that have it can change."""
    changed = compile_rules(apply_suggestion(table, proposed), categories)
    with_word = [case for case in trial if proposed.word in case.normal]
    gained = lost = 0
    for case in with_word:
        before = decide(rules, case).category == case.final
        after = decide(changed, case).category == case.final
        gained += after and not before
        lost += before and not after
    return Suggestion(
        category=proposed.category,
        rule=proposed.rule,
        is_new=proposed.is_new,
        word=proposed.word,
        weight=proposed.weight,
        support=proposed.support,
        z=proposed.z,
        gained=gained,
        lost=lost,
        tried_on=len(with_word),
    )
