"""Backtests as people ask for them: started, looked at, cancelled. `hotline.rulebook.replaying` runs them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hotline.accounts.permissions import Actor, Permission, demand, may
from hotline.errors import Conflict, Invalid, Mistake, NotAllowed, NotFound
from hotline.i18n import mark
from hotline.rulebook import backtest_queries as asked
from hotline.rulebook import queries
from hotline.rulebook.checking import read_content
from hotline.rulebook.models import Backtest, Progress
from hotline.rulebook.versions import get_rule_set
from hotline.work import Work, leave_trace

NOT_WITH_TIES: Final = mark(
    "A backtest adds up all cases, and some are not yours to see: you have to do with an employer. Ask a supervisor "
    "without such a tie to start it and to read it."
)


def may_backtest(actor: Actor) -> bool:
    """Whether this person sees what all cases add up to: nobody who is tied to an employer, whose cases are among them.

    A rule made to hear one name, over one day, would count what is hidden from them.
    """
    return may(actor, Permission.RULES_WRITE) and not actor.conflicts


def _demand_every_case(actor: Actor) -> None:
    demand(actor, Permission.RULES_WRITE)
    if not may_backtest(actor):
        raise NotAllowed(NOT_WITH_TIES)


async def start_backtest(
    work: Work, rule_set_id: int, *, since: datetime | None = None, until: datetime | None = None
) -> Backtest:
    """Let past cases, those opened in the period, be replayed through this rule set; it waits for its turn.

    The examples need not hold: a backtest may show why they do not. Raises `ConfigurationError` for a content that does
    not fit the categories, `Invalid` for a period that ends before it begins, `NotAllowed` for who has ties.
    """
    _demand_every_case(work.actor)
    if since is not None and until is not None and until <= since:
        raise Invalid(Mistake("until", mark("The period ends before it begins.")))
    row = await get_rule_set(work, rule_set_id)
    read_content(row.content, work.policy.categories, file="draft")
    active = await queries.active_version(work.session)
    if active is None:
        raise Conflict(mark("No version is in force yet. Start the service once, then publish."))
    made = Backtest(
        rule_set_id=row.id,
        version=row.version,
        content=row.content,
        against_id=active[0],
        against=active[1],
        state=Progress.WAITING,
        done=0,
        since=since,
        until=until,
        started_by_id=work.actor.account_id,
        started_at=work.now,
        beat_at=work.now,
    )
    work.session.add(made)
    await work.session.flush()
    await leave_trace(work, "rules.backtest", subject=row.version, details={"backtest": made.id, "rule_set": row.id})
    await asked.say_there_is_work(work.session)
    return made


async def get_backtest(work: Work, backtest_id: int) -> Backtest:
    """A backtest, for those who see what all cases add up to. Raises `NotFound`, `NotAllowed`."""
    _demand_every_case(work.actor)
    found = await asked.backtest_by_id(work.session, backtest_id)
    if found is None:
        raise NotFound(mark("There is no such backtest."))
    return found


async def cancel_backtest(work: Work, backtest_id: int) -> None:
    """Stop a backtest that waits or runs; its runner notices within a second. Raises `Conflict` when it has ended."""
    found = await get_backtest(work, backtest_id)
    if not await asked.end(work.session, backtest_id, Progress.CANCELLED, now=work.now):
        raise Conflict(mark("This backtest has already ended."))
    await leave_trace(work, "rules.backtest_cancel", subject=found.version, details={"backtest": backtest_id})


def is_dead(backtest: Backtest, *, now: datetime) -> bool:
    """Whether a running backtest's runner has not been heard of for too long."""
    return backtest.state is Progress.RUNNING and backtest.beat_at < now - asked.STALE


def shares(result: Mapping[str, Any], side: str) -> dict[str, int]:
    """Of one side, what shares are taken from: all cases, those decided for sure, those of them decided rightly."""
    of = result[side]
    return {"cases": result["cases"], "sure": of["sure"], "right": of["right"], "right_at_all": of["right_at_all"]}
