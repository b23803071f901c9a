"""How a matter usually goes: routed, accepted, worked on, resolved, called back about, closed; and how it strays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hotline.accounts.permissions import Actor
from hotline.cases import details as d
from hotline.cases.effects import ATTEMPTS_BEFORE_CLOSING
from hotline.cases.effects_clocks import is_late, is_paused
from hotline.cases.lifecycle import FollowUp, Status
from hotline.cases.models import Case
from hotline.demo.lives import NotYetError
from hotline.demo.moves import Moves
from hotline.routing.categories import OUTSIDE
from hotline.routing.destination import destination

_MOST_ROUNDS: Final = 2
"""A matter comes back from an unsatisfied worker at most so often."""


@dataclass(slots=True)
class Course(Moves):
    """The way of one case through the hands of people, as chance wills."""

    def run(self, who: Actor, *, earlier: Case | None = None) -> None:
        """Let the case go its way until it ends or today is reached; `earlier` is an open case of the same matter."""
        try:
            self._begin(who)
            if earlier is not None:
                self._merge(who, earlier)
            self._sort()
            self._work()
            self._call_back()
        except NotYetError:
            return

    # ---------------------------------------------------------------- at the desk

    def _begin(self, who: Actor) -> None:
        decision = self.life.decision
        category, department = self.world.choice(self.case, self.told)
        if decision.outcome == "routed":
            if self.rng.often(self.told.theme.answerable):
                return self.life.begin(who, self.answer())
            if category != decision.category and department is not None and self.rng.often(0.35):
                reason = self.say(self.lines.returned["wrong_category"])
                return self.life.begin(who, d.Route(category=category, department=department, reason=reason))
            return self.life.begin(who, d.Route(category=decision.category, department=decision.department))
        if decision.group == OUTSIDE and category is not None and department is None and self.rng.often(0.8):
            return self.life.begin(who, self.refer(category))
        if department is not None and self.rng.often(0.3):
            return self.life.begin(who, d.Route(category=category, department=department))
        return self.life.begin(who, d.Queue())

    def _merge(self, who: Actor, earlier: Case) -> None:
        if self.case.status in {Status.REVIEW, Status.ROUTED}:
            reason = self.say(self.lines.merge)
            at = self.life.at + timedelta(minutes=self.rng.randint(2, 25))
            self.life.step(who, d.Merge(into=earlier.number, reason=reason), at=at, into=earlier)

    def _sort(self) -> None:
        """Somebody looks at what the rules were not sure of, until it is in hands or ends."""
        while self.case.status is Status.REVIEW:
            category, department = self.world.choice(self.case, self.told)
            at, who = self.later(0.7), self.desk()
            if category is not None and department is not None:
                self.life.step(who, d.Route(category=category, department=department), at=at)
            elif category is not None:
                self.life.step(who, self.refer(category), at=at)
            elif self.rng.often(0.25):
                self.life.step(who, d.Withdraw(reason=self.say(self.lines.withdraw)), at=at)
            elif self.rng.often(0.5):
                self.life.step(who, d.Answer(answer=self.say(self.lines.answers["default"])), at=at)
            else:
                self._route_anywhere(who, at)

    def _route_anywhere(self, who: Actor, at: datetime) -> None:
        """Nobody knows what it is: whoever takes the first kind of matter shall find out."""
        policy = self.world.policy
        for category in policy.categories.values():
            there = destination(policy.departments, category.code, category.group, place=self.case.place)
            if there.department is not None:
                self.life.step(who, d.Route(category=category.code, department=there.department), at=at)
                return

    # ---------------------------------------------------------------- in a department

    def _work(self) -> None:
        if self.case.status is Status.ROUTED:
            self._stray()
        if self.case.status is Status.ROUTED:
            self.life.step(self.handler(), d.Accept(), at=self.later(2.2, 0.9))
        if self.case.status is Status.ACCEPTED:
            self._handle()

    def _stray(self) -> None:
        """Some cases go astray before they are accepted: back to the desk, to another department, or no further."""
        way = self.rng.way(recalled=2, returned=5, handed_over=4, withdrawn=2, on=87)
        if way == "recalled":
            self.life.step(self.desk(), d.Recall(reason=self.say(self.lines.recall)), at=self.later(0.5))
            self._sort()
        elif way == "returned":
            self.life.step(self.handler(), self.returning(), at=self.later(2.0))
            self._sort()
        elif way == "handed_over" and (elsewhere := self.elsewhere()):
            reason = self.say(self.lines.hand_over)
            self.life.step(self.handler(), d.HandOver(department=elsewhere, reason=reason), at=self.later(3.0))
        elif way == "withdrawn":
            self.life.step(self.desk(), d.Withdraw(reason=self.say(self.lines.withdraw)), at=self.later(4.0))

    def _handle(self) -> None:
        pace = self.pace()
        limit = self.world.hours.between(self.life.at, self.case.resolve_by or self.life.at)
        takes = max(limit, 3.0) * pace.share * math.exp(self.rng.gauss(0, pace.spread))
        if self.rng.often(0.012):
            takes *= 6
        begun = self.life.at
        if self.case.reachable and self.rng.often(0.8):
            self.life.step(self.keeper(), d.Contact(text=self.say(self.lines.first_contact)), at=self.later(2.0))
        for share in sorted(self.rng.random() for _ in range(self.rng.choice((0, 1, 1, 2)))):
            self._beside(at=self.world.hours.after(begun, takes * share))
        if takes > limit and self.rng.often(0.6):
            days = self.rng.randint(1, d.MOST_EXTENSION_DAYS)
            asked = max(self.world.hours.after(begun, limit * 0.8), self.life.at)
            if not is_late(self.case, asked + timedelta(minutes=5)):
                reason = self.say(self.lines.extension)
                self.life.step(self.keeper(), d.AskExtension(days=days, reason=reason), at=asked)
                self._judge_extension()
        self.be_helped()
        self.life.step(self.keeper(), self.resolution(), at=self.world.hours.after(begun, takes))

    def _beside(self, *, at: datetime) -> None:
        """Something happens while the case is worked on."""
        way, supervisor = (
            self.rng.way(note=64, call=12, urge=8, supervise=4, help=8, wait=4),
            self.world.staff.supervisor,
        )
        if way == "note":
            self.life.step(self.keeper(), d.Note(text=self.say(self.lines.note_handler)), at=at)
        elif way == "call":
            self.life.step(self.desk(), d.Note(text=self.say(self.lines.note_desk)), at=at)
        elif way == "urge":
            self.life.step(self.desk(), d.Urge(text=self.say(self.lines.urge)), at=at)
        elif way == "supervise":
            self._instruct(supervisor, at)
        elif way == "wait":
            if not (is_late(self.case, max(at, self.life.at) + timedelta(minutes=5)) or is_paused(self.case, at)):
                self.life.step(self.keeper(), d.Wait(reason=self.say(self.lines.waiting), days=3), at=at)
        elif not self.case.confidential and (helper := self.helper()) is not None:
            self.life.step(self.keeper(), d.CoHandle(department=helper, reason=self.say(self.lines.co_handle)), at=at)

    def _instruct(self, supervisor: Actor, at: datetime) -> None:
        """An instruction, most often with a day, and most often its report."""
        by_on = self.in_days(at, 3) if self.rng.often(0.7) else None
        self.life.step(supervisor, d.Supervise(text=self.say(self.lines.supervise), by_on=by_on), at=at)
        if self.case.report_on is not None and self.rng.often(0.8):
            report = d.Note(text=self.say(self.lines.reported), reported=True)
            self.life.step(self.keeper(), report, at=self.later(9.0))

    def _judge_extension(self) -> None:
        supervisor, at = self.world.staff.supervisor, self.later(3.0)
        if self.rng.often(0.75):
            self.life.step(supervisor, d.GrantExtension(reason=self.say(self.lines.extension_granted)), at=at)
        else:
            self.life.step(supervisor, d.RefuseExtension(reason=self.say(self.lines.extension_refused)), at=at)
        if self.case.to_tell and self.rng.often(0.9):
            self.life.step(self.desk(), d.Note(text=self.say(self.lines.told), told=True), at=self.later(2.0))

    # ---------------------------------------------------------------- the call-back

    def _call_back(self) -> None:
        for left in range(_MOST_ROUNDS, -1, -1):
            if self.case.status is not Status.RESOLVED:
                break
            self._reach()
            if self.case.satisfied is not False:
                break
            at, who = self.life.at + timedelta(minutes=3), self.desk()
            if not left or self.rng.often(0.35):
                self.life.step(who, d.Close(reason=self.say(self.lines.close_unsatisfied)), at=at)
                return
            self.life.step(who, d.Reopen(reason=self.say(self.lines.reopen_unsatisfied)), at=at)
            self._work()
        self._close()
        if self.case.status is Status.CLOSED and self.rng.often(0.012):
            self.life.step(self.desk(), d.Reopen(reason=self.say(self.lines.reopen_closed)), at=self.later(90.0))
            self._work()
            self._call_back()
        elif self.case.status is Status.ANSWERED and self.rng.often(0.02):
            self.life.step(self.desk(), d.Reopen(reason=self.say(self.lines.reopen_answered)), at=self.later(20.0))
            self._sort()
            self._work()
            self._call_back()

    def _reach(self) -> None:
        """Call the worker until somebody answers, three times at most."""
        if not self.case.reachable:
            return
        for _ in range(ATTEMPTS_BEFORE_CLOSING):
            result = FollowUp(self.rng.way(unreachable=10, unsatisfied=8, satisfied=82))
            self.life.step(self.desk(), self.called(result), at=self.another_day(self.later(4.0)))
            if result is not FollowUp.UNREACHABLE:
                return

    def _close(self) -> None:
        if self.case.status is Status.FOLLOWED_UP:
            at = self.life.at + timedelta(minutes=self.rng.randint(1, 9))
            self.life.step(self.desk(), d.Close(reason=self.say(self.lines.close_after)), at=at)
        elif self.case.status is Status.RESOLVED:
            why = self.lines.close_unreached if self.case.reachable else self.lines.close_no_number
            self.life.step(self.desk(), d.Close(reason=self.say(why)), at=self.later(3.0))
