"""Who calls: made-up people with numbers nobody has, some of whom call again."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from hotline.cases.models import Case
from hotline.demo.dice import Dice
from hotline.demo.figures import number_of_nobody
from hotline.demo.narrative import Told
from hotline.demo.vocabulary import Common, Handling
from hotline.telephony.calls import Call, Channel
from hotline.telephony.numbers import NO_NUMBER, Number, number_from_normal

REMEMBERED: Final = 400
"""Callers who may call again, the latest ones."""

_CHANNELS: Final = {
    Channel.PHONE: 80.0,
    Channel.WINDOW: 8.0,
    Channel.WEB: 6.0,
    Channel.STATION: 4.0,
    Channel.LETTER: 2.0,
}
_WITHOUT_NUMBER: Final = 0.07
_WITHOUT_NAME: Final = 0.12
_CONFIDENTIAL: Final = 0.05
_OPERATOR_FILLS: Final = 0.6
"""How often the operator puts a fact that was told into its field."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A person who calls; either may be withheld."""

    number: Number
    name: str


@dataclass(frozen=True, slots=True)
class Matter:
    """What a caller has told before, and the case it has become."""

    caller: Caller
    told: Told
    case: Case


Known = deque[Matter]


def known_callers() -> Known:
    """An empty memory of the latest callers."""
    return deque(maxlen=REMEMBERED)


def new_caller(rng: Dice, common: Common) -> Caller:
    """Somebody who has not called yet."""
    if rng.often(_WITHOUT_NUMBER):
        return Caller(NO_NUMBER, "" if rng.often(0.7) else _name(rng, common))
    digits = number_of_nobody(rng)
    number = number_from_normal("+86" + digits.removeprefix("0"))
    return Caller(number, "" if rng.often(_WITHOUT_NAME) else _name(rng, common))


def _name(rng: Dice, common: Common) -> str:
    surname = rng.choice(common.surnames)
    if rng.often(0.35):
        return surname + rng.choice(common.addressed)
    first = rng.choice(common.given_first) if rng.often(0.75) else ""
    return surname + first + rng.choice(common.given_second)


def call_by(rng: Dice, handling: Handling, common: Common, caller: Caller, told: Told) -> Call:
    """The call as an operator writes it down."""
    confidential = rng.often(_CONFIDENTIAL)
    narrative = told.narrative + (rng.choice(common.secrets) + "。" if confidential else "")
    wish = told.theme.wish if rng.often(0.7) else ""
    return Call(
        narrative=narrative,
        caller_number=caller.number,
        caller_name=caller.name,
        employer=told.employer if rng.often(0.8) else "",
        place=told.place if rng.often(0.7) else "",
        people=told.people if rng.often(_OPERATOR_FILLS) else None,
        amount_owed=told.amount if rng.often(_OPERATOR_FILLS) else None,
        wish=wish or (rng.choice(handling.wishes_own) if rng.often(0.05) else ""),
        confidential=confidential,
        channel=rng.choices([*_CHANNELS], [*_CHANNELS.values()])[0],
    )
