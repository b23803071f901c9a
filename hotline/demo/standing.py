"""What stands open today: cases brought to a certain point and left there, so that every list has something in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from hotline.accounts.permissions import Actor
from hotline.cases import details as d
from hotline.cases.effects_clocks import is_late
from hotline.cases.lifecycle import FollowUp
from hotline.demo.lives import NotYetError
from hotline.demo.moves import Moves


class Kind(NamedTuple):
    """A case that stands open: where, the category it shall be of ("" for any), and its age in working hours."""

    where: str
    category: str
    oldest: float
    youngest: float


STOCK: Final = (
    Kind("queued", "", 5.0, 0.2),
    Kind("given", "wage_arrears", 4.0, 0.3),
    Kind("resolved", "", 40.0, 14.0),
    Kind("asking", "wage_arrears", 42.0, 30.0),
    Kind("helped", "wage_arrears", 30.0, 12.0),
    Kind("supervised", "wage_arrears", 40.0, 16.0),
    Kind("late", "dismissal", 200.0, 90.0),
    Kind("given", "work_injury", 5.0, 0.5),
    Kind("given", "living_relief", 5.0, 0.5),
    Kind("taken", "work_injury", 30.0, 8.0),
    Kind("taken", "illness_relief", 28.0, 8.0),
    Kind("taken", "wage_arrears", 26.0, 6.0),
    Kind("returned", "", 20.0, 8.0),
    Kind("unsatisfied", "wage_arrears", 60.0, 40.0),
    Kind("unreached", "", 60.0, 30.0),
    Kind("queued", "", 3.0, 0.1),
    Kind("given", "", 14.0, 10.0),
    Kind("asking", "arbitration", 42.0, 30.0),
    Kind("helped", "work_injury", 30.0, 10.0),
    Kind("helped", "living_relief", 30.0, 10.0),
    Kind("supervised", "unsafe_work", 30.0, 12.0),
    Kind("resolved", "wage_arrears", 44.0, 20.0),
    Kind("resolved", "illness_mutual_aid", 40.0, 16.0),
    Kind("queued", "", 6.0, 1.0),
    Kind("again", "wage_arrears", 90.0, 60.0),
    Kind("queued", "", 8.0, 2.0),
    Kind("late", "wage_arrears", 260.0, 80.0),
    Kind("taken", "social_insurance", 30.0, 10.0),
    Kind("given", "arbitration", 3.0, 0.2),
    Kind("given", "women_workers", 3.0, 0.2),
    Kind("queued", "", 1.5, 0.1),
    Kind("taken", "heat", 24.0, 8.0),
    Kind("late", "work_injury", 300.0, 150.0),
    Kind("resolved", "dismissal", 50.0, 30.0),
    Kind("unreached", "overtime_pay", 60.0, 30.0),
    Kind("given", "membership", 4.0, 0.4),
    Kind("queued", "", 12.0, 6.0),
    Kind("taken", "job_search", 14.0, 5.0),
    Kind("asking", "social_insurance", 44.0, 32.0),
)
"""In this order, as many as are wanted: the first dozen already fills every list."""

_HELPING: Final = ("legal_aid", "hardship", "dispute_mediation")
"""Groups of matters whose departments help one another."""


@dataclass(slots=True)
class Standing(Moves):
    """A case that is brought to a point and left there."""

    def stop_at(self, where: str, who: Actor) -> None:
        """Bring the case so far; raises `KeyError` for a place that is none."""
        try:
            WAYS[where](self, who)
        except NotYetError:
            return

    def _part(self, share: float) -> datetime:
        """When this share of the working time between the call and today has passed."""
        opened, hours = self.case.opened_at, self.world.hours
        return hours.after(opened, hours.between(opened, self.world.now) * share)

    def queued(self, who: Actor) -> None:
        """It waits in the review queue."""
        self.life.begin(who, d.Queue())

    def given(self, who: Actor) -> None:
        """It waits for its department to accept it; in review when nobody knows whose it is."""
        category, department = self.world.choice(self.case, self.told)
        if category is None or department is None:
            return self.queued(who)
        return self.life.begin(who, d.Route(category=category, department=department))

    def taken(self, who: Actor) -> None:
        """It is in hand."""
        self.given(who)
        if self.case.department is not None:
            self.life.step(self.handler(), d.Accept(), at=self._part(0.2))

    def late(self, who: Actor) -> None:
        """It is in hand, and its time is up."""
        self.taken(who)
        if self.case.handler_id is not None:
            self.life.step(self.keeper(), d.Note(text=self.say(self.lines.note_handler)), at=self._part(0.4))
            self.life.step(self.desk(), d.Urge(text=self.say(self.lines.urge)), at=self._part(0.9))

    def asking(self, who: Actor) -> None:
        """Its department asks for more time."""
        self.taken(who)
        if self.case.handler_id is not None:
            asked = d.AskExtension(days=self.rng.randint(2, 5), reason=self.say(self.lines.extension))
            at = self._part(0.85)
            if self.case.resolve_by is not None:  # later it would be refused
                at = max(min(at, self.case.resolve_by - timedelta(hours=1)), self.life.at + timedelta(minutes=5))
            if not is_late(self.case, at):
                self.life.step(self.keeper(), asked, at=at)

    def helped(self, who: Actor) -> None:
        """Others of the city's departments were asked to help."""
        self.taken(who)
        if self.case.handler_id is None or self.case.confidential:
            return
        tree = self.world.policy.departments
        groups = (tree.handling(group) for group in _HELPING)
        helpers = [offices[0].code for offices in groups if offices and offices[0].code != self.case.department]
        at = self._part(0.6)
        for helper in helpers:
            by_on = self.in_days(at, 0) if self.rng.often(0.3) else None
            asked = d.CoHandle(department=helper, reason=self.say(self.lines.co_handle), by_on=by_on)
            self.life.step(self.keeper(), asked, at=at)
        people = self.world.staff.by_department.get(helpers[0]) if helpers else None
        if people and self.rng.often(0.5):
            answer = d.CoAnswer(text=self.say(self.lines.co_answer), department=helpers[0])
            self.life.step(people[0], answer, at=self._part(0.9))

    def supervised(self, who: Actor) -> None:
        """The supervisor keeps an eye on it."""
        self.taken(who)
        at = self._part(0.7)
        told = d.Supervise(text=self.say(self.lines.supervise), by_on=self.in_days(at, self.rng.randint(0, 3)))
        self.life.step(self.world.staff.supervisor, told, at=at)

    def returned(self, who: Actor) -> None:
        """Its department has given it back to the desk."""
        self.given(who)
        if self.case.department is not None:
            self.life.step(self.handler(), self.returning(), at=self._part(0.5))

    def resolved(self, who: Actor) -> None:
        """The worker is to be called back."""
        self.taken(who)
        if self.case.handler_id is not None:
            at = self.world.hours.after(self.world.now, -self.rng.uniform(0.1, 7.0))
            self.life.step(self.keeper(), self.resolution(), at=at)

    def unreached(self, who: Actor) -> None:
        """The worker did not answer yet."""
        self._called_back(who, FollowUp.UNREACHABLE)

    def unsatisfied(self, who: Actor) -> None:
        """The worker was not satisfied."""
        self._called_back(who, FollowUp.UNSATISFIED)

    def _called_back(self, who: Actor, result: FollowUp) -> None:
        self.taken(who)
        if self.case.handler_id is not None:
            self.life.step(self.keeper(), self.resolution(), at=self._part(0.6))
            self.life.step(self.desk(), self.called(result), at=self._part(0.85))

    def again(self, who: Actor) -> None:
        """It was called back about in vain and is in hand again."""
        self.unsatisfied(who)
        if self.case.satisfied is False:
            at = self.life.at + timedelta(minutes=4)
            self.life.step(self.desk(), d.Reopen(reason=self.say(self.lines.reopen_unsatisfied)), at=at)


WAYS: Final[Mapping[str, Callable[[Standing, Actor], None]]] = MappingProxyType(
    {
        "queued": Standing.queued,
        "given": Standing.given,
        "taken": Standing.taken,
        "late": Standing.late,
        "asking": Standing.asking,
        "helped": Standing.helped,
        "supervised": Standing.supervised,
        "returned": Standing.returned,
        "resolved": Standing.resolved,
        "unreached": Standing.unreached,
        "unsatisfied": Standing.unsatisfied,
        "again": Standing.again,
    }
)
