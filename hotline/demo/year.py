"""A year of calls, one after the other: when each came, who called, what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.demo.callers import Known, Matter, call_by, known_callers, new_caller
from hotline.demo.courses import Course
from hotline.demo.days import call_times
from hotline.demo.dice import Dice, dice
from hotline.demo.lives import Life, life_of
from hotline.demo.moves import World
from hotline.demo.narrative import Told, choose_theme, tell
from hotline.demo.standing import STOCK, Kind, Standing

SEED: Final = 12351
_STOCK_SHARE: Final = 0.4
"""At most this share of all cases is made to stand open today; with many cases most open ones come by themselves."""
_CALLS_AGAIN: Final = 0.14
_SAME_MATTER: Final = 0.55
_MERGED_WITHIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """A call to come: when, and the place where its case shall stand today (None: wherever it goes)."""

    at: datetime
    kind: Kind | None = None


def plan(world: World, *, cases: int, seed: int = SEED) -> list[Planned]:
    """When each of so many calls came in, in order."""
    rng = dice(seed, "plan")
    kinds = STOCK[: min(len(STOCK), int(cases * _STOCK_SHARE))]
    standing = [Planned(_opened(rng, world, kind), kind) for kind in kinds]
    calendar = world.policy.calendar
    others = call_times(rng, calendar, now=world.now, count=cases - len(standing))
    return sorted([*standing, *map(Planned, others)], key=attrgetter("at"))


def _opened(rng: Dice, world: World, kind: Kind) -> datetime:
    return world.hours.after(world.now, -rng.uniform(kind.youngest, kind.oldest))


def lives(world: World, planned: list[Planned], *, seed: int = SEED) -> Iterator[Life]:
    """What became of each call, numbered from 1 on; an iterator, so that a million of them fit."""
    known = known_callers()
    for case_id, call in enumerate(planned, 1):
        yield _live(world, call, dice(seed, case_id), known, case_id)


def _live(world: World, planned: Planned, rng: Dice, known: Known, case_id: int) -> Life:
    on = planned.at.astimezone(SHANGHAI).date()
    common, places = world.words.common, world.places
    earlier: Matter | None = None
    if planned.kind is None and known and rng.often(_CALLS_AGAIN):
        earlier = rng.choice(known)
    caller = earlier.caller if earlier is not None else new_caller(rng, common)
    if earlier is not None and rng.often(_SAME_MATTER):
        told = _told_again(rng, world, earlier.told)
    else:
        theme = choose_theme(rng, world.words, on.month, category=_wanted(planned.kind))
        places = () if planned.kind is not None and planned.kind.category else places
        told, earlier = tell(rng, world.words, theme, places=places, on=on), None
    call = call_by(rng, world.words.handling, common, caller, told)
    who = rng.choices(world.staff.operators, _shifts(len(world.staff.operators)))[0]
    life = life_of(world.policy, who, call, case_id=case_id, at=planned.at, now=world.now)
    if planned.kind is not None:
        Standing(world, life, told, rng).stop_at(planned.kind.where, who)
    else:
        Course(world, life, told, rng).run(who, earlier=_open_case(earlier, life.case))
    if caller.number:
        known.append(Matter(caller, told, life.case))
    return life


def _wanted(kind: Kind | None) -> str | None:
    return kind.category or None if kind is not None else None


def _shifts(operators: int) -> list[float]:
    """The first two take most calls."""
    return [3.0, 3.0, *[2.0] * (operators - 2)][:operators]


def _told_again(rng: Dice, world: World, told: Told) -> Told:
    """The same matter in other words: something new first, then what was said before."""
    common = world.words.common
    first, *rest = told.narrative.rstrip("。？").split("。")
    more = rng.sample(rest, k=min(len(rest), 2))
    text = "。".join([rng.choice(common.again), first, *more, rng.choice(common.followups)]) + "。"
    return Told(
        theme=told.theme,
        narrative=text,
        employer=told.employer,
        place=told.place,
        people=told.people,
        amount=told.amount,
    )


def _open_case(earlier: Matter | None, case: Case) -> Case | None:
    """The case of the same matter, when it is open and visible to everybody at the desk."""
    if earlier is None or earlier.case.confidential or earlier.case.reopened:
        return None
    ended = earlier.case.ended_at
    return earlier.case if ended is None or ended > case.opened_at + _MERGED_WITHIN else None
