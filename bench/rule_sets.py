"""A made-up rule set of the size a large union would have: 2,000 phrases in 200 rules, and texts that contain some."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from bench.texts import narrative
from hotline.routing.categories import Category
from hotline.routing.compiled import RuleSet, compile_rules
from hotline.routing.ruleset import RuleSetTable, read_rules
from hotline.routing.text import normal_form

RULES: Final = 200
PHRASES: Final = 2000
LENGTH: Final = 120

CATEGORIES: Final = {
    f"c{at:02}": Category(code=f"c{at:02}", name=f"c{at:02}", name_en=f"c{at:02}", group=f"g{at % 8}")
    for at in range(40)
}


def texts(count: int) -> list[str]:
    """Different texts of exactly 120 characters."""
    return [(narrative(at) + narrative(at + count))[:LENGTH] for at in range(count)]


def made_table(seed: int = 7) -> RuleSetTable:
    """200 rules of ten words each; 40 words are said often: a text has six of them, more than the shipped rules find.

    One rule in ten is a combination of things that stand near each other, one in twenty asks for a number of people.
    """
    dice = Random(seed)
    said = _said(dice, PHRASES // 50)
    phrases = [*said, *_unsaid(dice, PHRASES - len(said))]
    dice.shuffle(phrases)
    rules = [_rule(at, phrases[at * 10 : at * 10 + 10], dice) for at in range(RULES)]
    content = {"name": "made", "threshold": 2.0, "margin": 0.5, "rule": rules}
    return read_rules(content, file="made", categories=CATEGORIES)


def made_rules(table: RuleSetTable) -> RuleSet:
    """The same, ready to be asked."""
    return compile_rules(table, CATEGORIES)


def _said(dice: Random, count: int) -> list[str]:
    """Phrases cut out of texts, each once."""
    source = [normal_form(text).text for text in texts(400)]
    found: dict[str, None] = {}
    while len(found) < count:
        text, length = dice.choice(source), dice.randint(3, 5)
        at = dice.randrange(len(text) - length)
        phrase = text[at : at + length]
        if all("\u3400" <= character <= "\u9fff" for character in phrase):
            found[phrase] = None
    return list(found)


def _unsaid(dice: Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(chr(dice.randrange(0x4E00, 0x9FA5)) for _ in range(dice.randint(2, 5)))] = None
    return list(found)


def _rule(at: int, phrases: list[str], dice: Random) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": f"r{at:03}", "category": dice.choice(list(CATEGORIES))}
    if at % 10 == 0:
        return rule | {"weight": 3, "all": [phrases[:5], phrases[5:9]], "none": phrases[9:], "within": 25}
    rule["words"] = {"3": phrases[:4], "1.5": phrases[4:8], "1": phrases[8:9], "-1": phrases[9:]}
    if at % 20 == 5:
        rule |= {"min_people": 10, "urgency": "urgent"}
    return rule
