"""The examples a rule carries, run as checks: a rule set that fails one is refused."""

from __future__ import annotations

from collections.abc import Iterator

from hotline.errors import Mistake
from hotline.i18n import mark
from hotline.routing.classify import classify
from hotline.routing.compiled import RuleSet
from hotline.routing.conditions import Circumstances
from hotline.routing.decision import Decision
from hotline.routing.facts import amount_told, months_told, people_told
from hotline.routing.ruleset import RuleSetTable, RuleTable


def circumstances_told(text: str) -> Circumstances:
    """What a text alone tells about people, money and time."""
    return Circumstances(people=people_told(text), amount_owed=amount_told(text), months=months_told(text))


def failed_examples(table: RuleSetTable, rules: RuleSet, *, file: str) -> Iterator[Mistake]:
    """A mistake for each example whose rule does not hold or win, and each counter-example for which it does."""
    for rule in table.rule:
        field = f"{file}: rule {rule.id}"
        for text in rule.examples:
            decision = _decide(rules, text)
            params = {"example": text, "category": decision.category or "-"}
            if not _holds(rule, decision):
                yield Mistake(field, mark("The rule does not hold for its example “{example}”."), params)
            elif not _wins(rule, decision):
                yield Mistake(field, mark("The example “{example}” is decided as “{category}”."), params)
        for text in rule.counter_examples:
            decision = _decide(rules, text)
            if _holds(rule, decision) and _wins(rule, decision):
                yield Mistake(
                    field, mark("The rule decides its counter-example “{example}” all the same."), {"example": text}
                )


def _decide(rules: RuleSet, text: str) -> Decision:
    return classify(rules, text, facts=circumstances_told(text))


def _holds(rule: RuleTable, decision: Decision) -> bool:
    return any(item.rule == rule.id for item in decision.evidence) or any(
        effect.rule == rule.id for effect in decision.effects
    )


def _wins(rule: RuleTable, decision: Decision) -> bool:
    """Whether the category of the rule comes out first; a rule that speaks against one, or for none, need only hold."""
    return not rule.speaks_for or rule.category is None or decision.category == rule.category
