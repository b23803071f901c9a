"""The sentences the demo is made of, read from `phrases/`: all our own, about nobody who exists."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

PHRASES = Path(__file__).parent / "phrases"
THEMES = (
    "dispute_mediation", "legal_aid", "hardship", "services", "labour_protection", "outside", "critical",
)  # fmt: skip

Lines = Annotated[tuple[str, ...], Field(min_length=1)]


class Table(BaseModel):
    """A table of a file of phrases; unknown keys are refused, so a misspelt one cannot hide."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Theme(Table):
    """What callers tell of one kind of matter.

    `weight` is how often, in parts of all calls; `months` when at all, `busy` when half as much again. `money` is the
    range of amounts in yuan, `crowd` how often several people are affected, `answerable` how often it is answered on
    the spot; a `disputed` matter has another side to it. An empty `category` is what nobody can tell.
    """

    category: str
    weight: float
    months: tuple[int, ...] = ()
    busy: tuple[int, ...] = ()
    wish: str = ""
    money: tuple[int, int] | None = None
    crowd: float = 0.0
    answerable: float = 0.07
    place_needed: float = 0.45
    disputed: bool = True
    industries: tuple[str, ...] = ()
    cores: Lines
    details: Lines
    asks: Lines

    def weight_in(self, month: int) -> float:
        """How often it comes in this month of the year."""
        if self.months and month not in self.months:
            return 0.0
        return self.weight * (1.5 if month in self.busy else 1.0)


class Industry(Table):
    """A trade and the words its people use."""

    code: str
    weight: float
    firm: str
    generic: Lines
    suffixes: Lines
    trades: Lines
    bosses: Lines


class Common(Table):
    """What every narrative is made of."""

    openings: Lines
    greetings: Lines
    again: Lines
    feelings: Lines
    followups: Lines
    numbers_told: Lines
    callback_wishes: Lines
    secrets: Lines
    stories: Lines
    surnames: str
    given_first: str
    given_second: str
    addressed: Lines
    brands_first: str
    brands_second: str
    streets: Lines
    industry: Annotated[tuple[Industry, ...], Field(min_length=1)]


class Pace(Table):
    """How a group of matters ends, in parts, and which part of the time given it takes."""

    share: float
    spread: float
    dispositions: dict[str, float]


class Handling(Table):
    """What people at the desk and in the departments write down."""

    recall: Lines
    note_handler: Lines
    note_desk: Lines
    extension: Lines
    first_contact: Lines
    waiting: Lines
    extension_refused: Lines
    extension_granted: Lines
    urge: Lines
    supervise: Lines
    co_handle: Lines
    co_answer: Lines
    reported: Lines
    told: Lines
    remarks: Lines
    hand_over: Lines
    merge: Lines
    withdraw: Lines
    close_after: Lines
    close_unsatisfied: Lines
    close_unreached: Lines
    close_no_number: Lines
    reopen_unsatisfied: Lines
    reopen_closed: Lines
    reopen_answered: Lines
    satisfied: Lines
    unsatisfied: Lines
    unreachable: Lines
    wishes_own: Lines
    refer: Lines
    returned: Annotated[dict[str, Lines], Field(alias="return")]
    answers: dict[str, Lines]
    done: dict[str, Lines]
    group: dict[str, Pace]


class _Themes(Table):
    theme: Annotated[tuple[Theme, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything anybody says or writes in the demo."""

    common: Common
    handling: Handling
    themes: tuple[Theme, ...]


@cache
def vocabulary() -> Vocabulary:
    """The phrases that ship with the package, read once."""
    themes = tuple(theme for name in THEMES for theme in _Themes.model_validate(_read(name)).theme)
    return Vocabulary(Common.model_validate(_read("common")), Handling.model_validate(_read("handling")), themes)


def _read(name: str) -> dict[str, object]:
    return tomllib.loads((PHRASES / f"{name}.toml").read_text(encoding="utf-8"))
