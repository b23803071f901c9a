"""Calls that keep arriving, and colleagues who go on working, so that screens move while somebody looks around."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from hotline import clock
from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor
from hotline.cases import details as d
from hotline.cases.handling import offered, perform
from hotline.cases.intake import take_call
from hotline.cases.lifecycle import FollowUp, Status
from hotline.cases.models import Case
from hotline.cases.queries import get_case
from hotline.cases.queue import Desk, Filters, list_cases
from hotline.clock import SHANGHAI
from hotline.demo.callers import call_by, new_caller
from hotline.demo.dice import Dice
from hotline.demo.narrative import choose_theme, places_of, tell
from hotline.demo.people import COLLEAGUES, SHOWN, staff_of
from hotline.demo.vocabulary import Handling, vocabulary
from hotline.routing.destination import destination
from hotline.storage.database import Database
from hotline.web.keys import Rules
from hotline.work import Work

log = structlog.get_logger(__name__)

EVERY: Final = (8.0, 20.0)
"""Seconds between two calls; after each, one case goes a step further at every station of its way."""
ON_THE_WAY: Final = (Status.REVIEW, Status.ROUTED, Status.ACCEPTED, Status.RESOLVED)
_LOOKED_AT: Final = 200
_LEFT_ALONE: Final = timedelta(minutes=10)
"""What came in so recently is left to the visitor who may have logged it."""


@dataclass(frozen=True, slots=True)
class Bustle:
    """A union at work: the database, the rules in force, its accounts, and chance."""

    database: Database
    rules: Rules
    accounts: list[Account]
    rng: Dice

    async def go_on(self) -> None:
        """Take calls and work on cases until cancelled; what fails is logged, and the next call comes all the same."""
        while True:
            await asyncio.sleep(self.rng.uniform(*EVERY))
            try:
                await self.call(now=clock.now())
                for status in ON_THE_WAY:
                    await self.advance(status, now=clock.now())
            except Exception:
                log.exception("demo_step_failed")

    async def call(self, *, now: datetime) -> str:
        """One call by a colleague at the desk; the number of its case."""
        words, policy, rng = vocabulary(), self.rules.policy, self.rng
        on = now.astimezone(SHANGHAI).date()
        told = tell(rng, words, choose_theme(rng, words, on.month), places=places_of(policy.departments), on=on)
        call = call_by(rng, words.handling, words.common, new_caller(rng, words.common), told)
        async with self.database.transaction() as session:
            taken = await take_call(Work(session, policy, self._operator(), now), call)
        return str(taken.case.number)

    async def advance(self, status: Status, *, now: datetime) -> str | None:
        """Take the case that stands so and is due first a step further; its number, None when there is none to take.

        Nothing a visitor may have at hand is touched: neither new cases nor what the shown accounts have accepted.
        """
        policy = self.rules.policy
        async with self.database.transaction() as session:
            looking = Work(session, policy, staff_of(policy, self.accounts).supervisor, now)
            desk = Desk.CALL_BACKS if status is Status.RESOLVED else Desk.OPEN
            page = await list_cases(looking, desk, filters=Filters(status=status), size=_LOOKED_AT)
            ripe = next((row for row in page.rows if self._is_ripe(row, now - _LEFT_ALONE)), None)
            if ripe is None:
                return None
            work = Work(session, policy, self._colleague(ripe), now)
            case = await get_case(work, ripe.number, lock=True)
            details = self._next(work, case)
            if case.status is not status or details.action not in offered(work.actor, case, work.now):
                return None
            await perform(work, case, details)
            if details.outcome == FollowUp.SATISFIED:
                await perform(work, case, d.Close())
            return str(case.number)

    def _is_ripe(self, row: Any, before: datetime) -> bool:
        shown = {one.id for one in self.accounts if one.login in SHOWN}
        kept = row.status in {Status.ROUTED, Status.ACCEPTED} and row.handler_id in shown
        touched_at = row.resolved_at or row.opened_at
        return touched_at < before and not kept and not row.confidential

    def _operator(self) -> Actor:
        people = staff_of(self.rules.policy, self.accounts).by_login
        return self.rng.choice([people[login] for login in COLLEAGUES if login.startswith("operator")])

    def _colleague(self, row: Any) -> Actor:
        """Somebody whose turn it is: at the desk, or in the department that has the case."""
        if row.status not in {Status.ROUTED, Status.ACCEPTED}:
            return self._operator()
        people = staff_of(self.rules.policy, self.accounts).by_department[row.department]
        return self.rng.choice([one for one in people if one.login not in SHOWN])

    def _next(self, work: Work, case: Case) -> d.Details:
        lines = vocabulary().handling
        match case.status:
            case Status.ROUTED:
                return d.Accept()
            case Status.ACCEPTED:
                return d.Resolve(disposition=d.Disposition.ADVISED, done=self.rng.choice(lines.done["advised"]))
            case Status.RESOLVED:
                result = FollowUp(self.rng.way(satisfied=80, unsatisfied=6, unreachable=14))
                if case.attempted_on == work.now.astimezone(SHANGHAI).date():
                    result = FollowUp.SATISFIED  # a second attempt in vain on one day does not count
                return d.CallBack(outcome=result, words=self.rng.choice(getattr(lines, result.value)))
            case _:
                return self._sorted(work, case, lines)

    def _sorted(self, work: Work, case: Case, lines: Handling) -> d.Details:
        """Where a case in review goes: to the department for what it seems to be, else it is answered."""
        category = work.policy.categories.get(case.category or "")
        if category is not None:
            there = destination(work.policy.departments, category.code, category.group, place=case.place)
            if there.department is not None:
                return d.Route(category=category.code, department=there.department)
        return d.Answer(answer=self.rng.choice(lines.answers["default"]))
