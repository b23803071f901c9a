"""Which statutory clocks a case page asks about: offered with the words that speak for it, never filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hotline.cases.models import Case
from hotline.deadlines.statutes import Kind
from hotline.policy import Policy
from hotline.routing.facts import extract_facts


@dataclass(frozen=True, slots=True)
class Offer:
    """A clock the case may have; `words` of the worker tell of an injury or of when it was."""

    kind: Kind
    words: tuple[str, ...]


def offers(policy: Policy, case: Case, narrative: str, *, watched: Iterable[Kind]) -> list[Offer]:
    """The clocks to ask about that are not on record yet, the likeliest first."""
    facts = extract_facts(narrative)
    category = policy.categories.get(case.category) if case.category else None
    kinds = policy.questions.asked(
        group=category.group if category else None, category=case.category, facts=(fact.kind for fact in facts)
    )
    known = {*watched}
    words = tuple(dict.fromkeys(fact.text for fact in facts if fact.kind in {"since", "period", "injury"}))
    return [Offer(kind, words) for kind in kinds if kind not in known]
