"""150 calls a second while twelve broken files of rules are tried one after another: none of them fails."""

from __future__ import annotations

import asyncio
from typing import Final

from bench.broken_rules import BROKEN
from bench.children import load
from bench.ground import Ground
from bench.load import Order
from bench.results import Figure
from hotline import clock
from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.errors import Invalid
from hotline.policy import Policy, load_policy
from hotline.rulebook import versions
from hotline.rulebook.in_force import find_in_force
from hotline.storage.database import Database
from hotline.work import Work

RATE: Final = 150
SECONDS: Final = 9.0
WARM_UP: Final = 1.0
PAUSE: Final = 0.7
"""The generator takes about two seconds to begin; the twelve are tried from its first calls to its last."""
_STRAYS: Final = """
select count(*) from case_decisions d where d.actor_id is null and d.at >= $1 and not exists
(select from rule_sets r where r.version = d.decision->>'rule_set' and r.state in ('active', 'superseded'))
"""


async def measure(ground: Ground) -> list[Figure]:
    """How the calls are answered, counted from when they were due, and how many of the files were refused."""
    ground.tell(f"{RATE} calls a second while broken rules are tried")
    begun, policy = clock.now(), load_policy()
    target = ground.new_calls(770_000_000, per_second=RATE)
    paces, refused = await asyncio.gather(
        load(Order([target], clients=0, seconds=SECONDS, rounds=1, warm_up=WARM_UP)), _try_all(ground, policy)
    )
    pace = paces["calls"]
    strays = (await ground.rows(_STRAYS, begun))[0]["count"]
    failed = " ".join(filter(None, [f"{pace.errors} of {pace.answers:,}", pace.complaint]))
    answered = f"p50 {pace.p50:,.0f}, p95 {pace.p95:,.0f}, p99 {pace.p99:,.0f} ms"
    return [
        Figure(f"calls that failed, {RATE} begun each second", failed, "none", pace.errors == 0),
        Figure("broken files refused meanwhile", f"{refused} of {len(BROKEN)}", "all", refused == len(BROKEN)),
        Figure("cases that name no version that was ever in force", str(strays), "none", strays == 0),
        Figure("answered, from when a call was due", answered),
        Figure("answers a second, to the last one", f"{pace.per_second:.0f}"),
    ]


async def _try_all(ground: Ground, policy: Policy) -> int:
    await asyncio.sleep(2 * WARM_UP)
    database = Database(ground.database_url, pool_size=1)
    try:
        refused = 0
        for toml in BROKEN:
            refused += await _is_refused(database, policy, toml, ground.people.accounts["supervisor"])
            await asyncio.sleep(PAUSE)
        return refused
    finally:
        await database.close()


async def _is_refused(database: Database, policy: Policy, toml: str, account: int) -> bool:
    """Try to bring this into force as two people would; what has mistakes is refused before anything else."""
    try:
        async with database.transaction() as session:
            begun = await find_in_force(session, policy)
            assert begun is not None
            writer = Work(session, policy, Actor(account, "bench", "bench", Role.SUPERVISOR), clock.now())
            draft = await versions.import_draft(writer, toml)
            publisher = Work(session, policy, Actor(-1, "other", "other", Role.SUPERVISOR), clock.now())
            await versions.publish(publisher, draft.id, revision=1, instead_of=begun.version)
    except Invalid:
        return True
    return False
