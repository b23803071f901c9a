"""Filling a database with the fictional city's union: once, wholly or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.demo import store
from hotline.demo.days import WorkingTime
from hotline.demo.filled import is_filled
from hotline.demo.lives import Life
from hotline.demo.moves import World
from hotline.demo.narrative import places_of
from hotline.demo.people import accounts_of, hashes_of, password_of, persons, staff_of
from hotline.demo.samples import judge_samples
from hotline.demo.statutory import watch_some
from hotline.demo.vocabulary import vocabulary
from hotline.demo.year import SEED, lives, plan
from hotline.errors import Conflict
from hotline.i18n import mark
from hotline.policy import Policy
from hotline.storage.database import Database

BATCH: Final = 250
Progress = Callable[[int], None]
"""Called with how many cases are stored so far."""


class InUse(Conflict):
    """The database belongs to a service, and the demo would give everybody its passwords."""


@dataclass(frozen=True, slots=True)
class Filled:
    """How many rows of each kind were made; nothing when the year was there already."""

    cases: int = 0
    events: int = 0
    decisions: int = 0
    trail: int = 0

    def __add__(self, life: Life) -> Filled:
        return Filled(
            self.cases + 1,
            self.events + len(life.events),
            self.decisions + len(life.decisions),
            self.trail + len(life.trail),
        )


def world_of(policy: Policy, accounts: list[Account], *, now: datetime) -> World:
    """The union these accounts work for, seen from `now`."""
    return World(
        policy=policy,
        staff=staff_of(policy, accounts),
        words=vocabulary(),
        hours=WorkingTime.around(now, policy.calendar),
        places=places_of(policy.departments),
        now=now,
    )


async def fill(
    database: Database,
    policy: Policy,
    *,
    cases: int,
    now: datetime,
    seed: int = SEED,
    progress: Progress = lambda _done: None,
) -> Filled:
    """Make the accounts and so many past cases, unless they are there: in one transaction, so never half of them.

    Raises `InUse` for a database that somebody works in and that is no demo.
    """
    async with database.transaction() as session:
        await store.hold(session)
        if await is_filled(session):
            return Filled()
        if await store.is_in_use(session):
            raise InUse(
                mark(
                    "This database is already in use, and the demonstration would add accounts whose passwords "
                    "everybody knows. Choose another folder with --home."
                )
            )
        people = persons(policy)
        hashing = asyncio.create_task(hashes_of(people))
        try:
            accounts = accounts_of(people, now=now)
            await store.keep_accounts(session, accounts)
            filled = await _fill_cases(session, world_of(policy, accounts, now=now), accounts, cases, seed, progress)
            changes = await watch_some(session, policy, accounts, now=now)
            filled = replace(filled, events=filled.events + changes, trail=filled.trail + changes)
            hashes = await hashing
            for account in accounts:
                account.password_hash = hashes[password_of(account.login)]
            await session.flush()
        finally:
            hashing.cancel()
    return filled


async def _fill_cases(
    session: AsyncSession, world: World, accounts: list[Account], cases: int, seed: int, progress: Progress
) -> Filled:
    await store.keep_trail(session, store.beginning(accounts, at=accounts[0].created_at, cases=cases))
    made = lives(world, plan(world, cases=cases, seed=seed), seed=seed)
    filled = Filled()
    while batch := list(islice(made, BATCH)):
        await store.keep(session, batch)
        for life in batch:
            filled += life
        progress(filled.cases)
    await store.go_on_after(session, filled.cases)
    judged = await judge_samples(session, world, seed=seed)
    return replace(filled, trail=filled.trail + judged)
