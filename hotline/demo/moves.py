"""The union of the demo, and what its people may do next with a case: as chance wills, in words out of `phrases/`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hotline.accounts.permissions import Actor
from hotline.cases import details as d
from hotline.cases.lifecycle import FollowUp
from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.demo.days import WorkingTime
from hotline.demo.dice import Dice
from hotline.demo.lives import Life
from hotline.demo.narrative import Told
from hotline.demo.people import Staff
from hotline.demo.vocabulary import Handling, Pace, Vocabulary
from hotline.policy import Policy
from hotline.routing.categories import OUTSIDE
from hotline.routing.destination import destination

_USUAL: Final = Pace(share=0.5, spread=0.5, dispositions={"advised": 1.0})
_HELPERS: Final = 6
"""Help is asked of the first departments of the tree: the city's."""


@dataclass(frozen=True, slots=True)
class World:
    """The union of the demo: its policy, its people, its words and its working time, seen from `now`."""

    policy: Policy
    staff: Staff
    words: Vocabulary
    hours: WorkingTime
    places: tuple[str, ...]
    now: datetime

    def choice(self, case: Case, told: Told) -> tuple[str | None, str | None]:
        """The category and department a person who understands the matter would choose; None for nobody here."""
        category = self.policy.categories.get(told.theme.category) or self.policy.categories.get(case.category or "")
        if category is None:
            return None, None
        if category.group == OUTSIDE:
            return category.code, None
        there = destination(
            self.policy.departments, category.code, category.group, place=case.place, text=told.narrative
        )
        return category.code, there.department


@dataclass(slots=True)
class Moves:
    """One case, what was told, and the moves people can make with it."""

    world: World
    life: Life
    told: Told
    rng: Dice

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return self.life.case

    @property
    def lines(self) -> Handling:
        """What people write down."""
        return self.world.words.handling

    def say(self, lines: Sequence[str]) -> str:
        """One of these sentences."""
        return self.rng.choice(lines)

    def later(self, hours: float, spread: float = 0.8) -> datetime:
        """After about so many working hours, sooner or later (the median of a log-normal time)."""
        return self.world.hours.after(self.life.at, hours * math.exp(self.rng.gauss(0, spread)))

    def desk(self) -> Actor:
        """Somebody at the desk who may go on with it."""
        return self.world.staff.desk(self.rng, self.case)

    def handler(self) -> Actor:
        """Somebody of the department that has it."""
        return self.world.staff.handler(self.rng, self.case)

    def keeper(self) -> Actor:
        """Whoever has accepted it."""
        people = self.world.staff.by_department[self.case.department or ""]
        return next((one for one in people if one.account_id == self.case.handler_id), people[0])

    def answer(self) -> d.Answer:
        """It is answered on the spot."""
        category = self.world.policy.categories.get(self.case.category or "")
        kinds = (category.code, category.group) if category is not None else ()
        answers = self.lines.answers
        fitting = next((answers[kind] for kind in kinds if kind in answers), answers["default"])
        return d.Answer(answer=self.say(fitting), category=self.case.category)

    def refer(self, category: str) -> d.Refer:
        """Somebody outside the union can help."""
        refer_to = self.world.policy.categories[category].refer_to or "12345"
        return d.Refer(refer_to=refer_to, advice=self.say(self.lines.refer), category=category)

    def returning(self) -> d.Return:
        """The department gives the case back."""
        code = self.rng.choice(list(d.ReturnReason))
        reason = self.say(self.lines.returned[code.value])
        instead = self.elsewhere() if code is d.ReturnReason.WRONG_DEPARTMENT else None
        return d.Return(reason_code=code, reason=reason, department=instead)

    def elsewhere(self) -> str | None:
        """Another department that takes the same group of matters."""
        category = self.world.policy.categories.get(self.case.category or "")
        group = category.group if category is not None else ""
        others = [one.code for one in self.world.policy.departments.handling(group)]
        free = [code for code in others if code != self.case.department]
        return self.rng.choice(free) if free else None

    def helper(self) -> str | None:
        """A department that could help, and does not yet."""
        has = {self.case.department, *self.case.co_handlers}
        city = [one.code for one in self.world.policy.departments if one.handles and one.code not in has]
        return self.rng.choice(city[:_HELPERS]) if city else None

    def pace(self) -> Pace:
        """How matters of this group go."""
        category = self.world.policy.categories.get(self.case.category or "")
        return self.lines.group.get(category.group if category else "", _USUAL)

    def resolution(self) -> d.Resolve:
        """How it ended and what was done."""
        shares = self.pace().dispositions
        ended = d.Disposition(self.rng.choices([*shares], [*shares.values()])[0])
        owed = self.case.amount_owed
        recovered = owed if ended is d.Disposition.SATISFIED_CLAIM else None
        if owed and ended in {d.Disposition.PARTLY, d.Disposition.MEDIATED}:
            recovered = round(owed * self.rng.randint(4, 9) / 10, 2)
        done = self.say(self.lines.done[ended.value])
        return d.Resolve(disposition=ended, done=done, money_recovered=recovered, people_helped=self.case.people)

    def called(self, result: FollowUp) -> d.CallBack:
        """What a call-back came to; whoever is reached says whether it is put right, and whether in time."""
        words = self.say(getattr(self.lines, result.value))
        if result is FollowUp.UNREACHABLE:
            return d.CallBack(outcome=result, words=words)
        satisfied = result is FollowUp.SATISFIED
        solved, in_time = self.rng.often(0.95 if satisfied else 0.3), self.rng.often(0.93 if satisfied else 0.6)
        return d.CallBack(outcome=result, words=words, solved=solved, in_time=in_time)

    def another_day(self, at: datetime) -> datetime:
        """This moment, or as late on the next working day when the worker has been called on that day already."""
        day = at.astimezone(SHANGHAI).date()
        return at if day != self.case.attempted_on else self.world.hours.after(at, self.world.hours.length)

    def in_days(self, at: datetime, working_days: int) -> date:
        """The day so many working days after this moment, or after the last step."""
        at, hours = max(at, self.life.at), self.world.hours
        return max(hours.after(at, working_days * hours.length), at).astimezone(SHANGHAI).date()

    def be_helped(self) -> None:
        """The departments asked to help answer, one after the other."""
        for helper in list(self.case.co_awaited):
            people = self.world.staff.by_department.get(helper)
            if people:
                answer = d.CoAnswer(text=self.say(self.lines.co_answer), department=helper)
                self.life.step(people[0], answer, at=self.later(6.0))
            else:
                release = d.CoRelease(reason=self.say(self.lines.reported), department=helper)
                self.life.step(self.world.staff.supervisor, release, at=self.later(6.0))
