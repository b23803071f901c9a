"""What somebody tells: composed of many small sentences, so that no two calls are alike and none is real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from hotline.demo.dice import Dice
from hotline.demo.figures import (
    counted,
    money_said,
    number_of_nobody,
    number_written,
    people_said,
    since_said,
    sum_of_money,
)
from hotline.demo.vocabulary import Common, Industry, Theme, Vocabulary
from hotline.routing.departments import DepartmentTree

LONGEST: Final = 2000
_CROWDS: Final = (3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 16, 18, 23, 26, 32, 35, 41, 47, 58, 66)
_LENGTHS: Final = (("short", 20.0), ("medium", 52.0), ("long", 26.0), ("very long", 2.0))
_FOLLOWUPS: Final = {"medium": (0, 1), "long": (2, 4), "very long": (6, 15)}
_CHARACTERS: Final = {"long": (180, 380), "very long": (900, 1950)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A narrative and the facts in it, as an operator may put them into fields."""

    theme: Theme
    narrative: str
    employer: str
    place: str
    people: int | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """Where it happened, before anybody says it."""

    industry: Industry
    employer: str
    place: str
    at: str


def choose_theme(rng: Dice, words: Vocabulary, month: int, *, category: str | None = None) -> Theme:
    """A kind of matter for this month, or one of this category."""
    themes = [theme for theme in words.themes if category is None or theme.category == category]
    weights = [theme.weight_in(month) for theme in themes]
    if not any(weights):
        weights = [1.0] * len(themes)
    return rng.choices(themes, weights)[0]


def tell(rng: Dice, words: Vocabulary, theme: Theme, *, places: Sequence[str], on: date) -> Told:
    """One narrative of this theme, told on this day; `places` are the names to choose from, empty for none."""
    scene = _scene(rng, words.common, theme, places)
    people = rng.choice(_CROWDS) if rng.often(theme.crowd) else None
    core = rng.choice(_cores(theme, several=people is not None))
    amount = sum_of_money(rng, *theme.money) * min(people or 1, 12) // 100 * 100 if theme.money else None
    slots = _slots(rng, scene, people=people, amount=amount, on=on)
    text = _composed(rng, words.common, theme, core, slots)
    return Told(
        theme=theme,
        narrative=text,
        employer=scene.employer if scene.employer in text or rng.often(0.2) else "",
        place=scene.place,
        people=people if people is not None and slots["people"] in text else None,
        amount=Decimal(amount) if amount is not None and slots["amount"] in text else None,
    )


def _cores(theme: Theme, *, several: bool) -> Sequence[str]:
    """The sentences that fit one person or several, all of them when none does."""
    return [core for core in theme.cores if ("{people}" in core) is several] or theme.cores


def _scene(rng: Dice, common: Common, theme: Theme, places: Sequence[str]) -> _Scene:
    industries = [one for one in common.industry if not theme.industries or one.code in theme.industries]
    industry = rng.choices(industries, [one.weight for one in industries])[0]
    place = rng.choice(places) if places and rng.often(theme.place_needed) else ""
    if place and rng.often(0.35):
        place += rng.choice(common.streets)
    named = rng.often(0.55)
    brand = rng.choice(common.brands_first) + rng.choice(common.brands_second)
    employer = brand + rng.choice(industry.suffixes) if named else ""
    site = f"{employer}的工地" if named and industry.code == "building" else employer
    return _Scene(industry=industry, employer=employer, place=place, at=place + (site or rng.choice(industry.generic)))


def _slots(rng: Dice, scene: _Scene, *, people: int | None, amount: int | None, on: date) -> dict[str, str]:
    trade = rng.choice(scene.industry.trades)
    started = rng.choice(("我在", "我在", "我在", "本人在", "我一直在"))
    return {
        "job": f"{started}{scene.at}{trade}",
        "at": scene.at,
        "trade": trade,
        "firm": scene.industry.firm,
        "boss": rng.choice(scene.industry.bosses),
        "people": people_said(rng, people) if people is not None else "几个人",
        "months": counted(rng, rng.randint(2, 9)),
        "years": counted(rng, rng.choice((2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 16))),
        "amount": money_said(rng, amount) if amount is not None else "不少钱",
        "since": since_said(rng, on),
        "place": scene.place or "开发区",
        "phone": number_written(rng, number_of_nobody(rng)),
    }


def _composed(rng: Dice, common: Common, theme: Theme, core: str, slots: dict[str, str]) -> str:
    lengths = _LENGTHS if theme.disputed else _LENGTHS[:2]
    length = rng.choices([name for name, _ in lengths], [weight for _, weight in lengths])[0]
    parts = [_opened(rng, common, core).format_map(slots)]
    details = [line.format_map(slots) for line in rng.sample(theme.details, k=min(3, len(theme.details)))]
    ask = rng.choice(theme.asks).format_map(slots)
    if length == "short":
        return _joined([*parts, *details[: rng.randint(0, 1)], ask])
    parts += details[: rng.randint(1, 2)] if length == "medium" else details
    if theme.disputed:
        parts += rng.sample(common.followups, k=rng.randint(*_FOLLOWUPS[length]))
    if rng.often(0.3):
        parts.append(rng.choice(common.feelings))
    if length in _CHARACTERS:
        parts += _stories(rng, common, sum(map(len, parts)), rng.randint(*_CHARACTERS[length]))
    parts.append(ask)
    if rng.often(0.08):
        parts.append(rng.choice(common.numbers_told).format_map(slots))
    parts.append(rng.choice(common.callback_wishes) if rng.often(0.4) else "")
    return _joined(parts)[:LONGEST]


def _opened(rng: Dice, common: Common, core: str) -> str:
    way = rng.way(reported=25, greeted=25, plain=50)
    if way == "reported":
        return f"{rng.choice(common.openings)}：{core}"
    return f"{rng.choice(common.greetings)}，{core}" if way == "greeted" else core


def _stories(rng: Dice, common: Common, told: int, wanted: int) -> list[str]:
    """So much more of the story that about `wanted` characters are reached, each part once."""
    more: list[str] = []
    for part in rng.sample(common.stories, k=len(common.stories)):
        if told >= wanted:
            break
        more.append(part)
        told += len(part) + 1
    return more


def _joined(parts: Sequence[str]) -> str:
    said = [part for part in parts if part]
    ends = ("请问", "吗", "呢")
    return "。".join(said) + ("？" if said[-1].startswith(ends[0]) or said[-1].endswith(ends[1:]) else "。")


def places_of(tree: DepartmentTree) -> tuple[str, ...]:
    """How people name the places of this tree: districts oftener than the streets and towns within them."""
    named: list[str] = []
    for department in tree:
        if not department.territory or department.superior is None:
            continue
        above = tree.get(department.superior)
        if above is not None and above.superior is not None and above.territory:
            named.append(above.territory[0] + department.territory[0])
        else:
            named += [department.territory[0]] * 3
    return tuple(named)
