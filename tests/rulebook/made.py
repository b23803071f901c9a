"""Rule sets and people for the tests of the rule book."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.roles import Role
from hotline.routing.ruleset import RuleSetTable
from hotline.rulebook import backtest_queries, versions
from hotline.rulebook.backtests import start_backtest
from hotline.rulebook.in_force import InForce, bring_into_force, find_in_force
from hotline.rulebook.models import Progress, RuleSetRow
from hotline.rulebook.writing import plain
from hotline.storage.database import Database
from hotline.work import Work
from tests.factories import NOON, make_actor, make_work, policy


async def start(session: AsyncSession) -> InForce:
    """What the service does at its first start."""
    return await bring_into_force(session, policy(), None, now=NOON)


async def supervisor(session: AsyncSession, *, minutes: int = 0) -> Work:
    """A supervisor at work."""
    return make_work(session, await make_actor(session, Role.SUPERVISOR), now=NOON + timedelta(minutes=minutes))


def with_word(table: RuleSetTable, word: str, *, category: str = "work_injury", rule: str = "tried") -> RuleSetTable:
    """The rule set with a rule that lets this word decide."""
    content = plain(table)
    content["rule"] = [one for one in content["rule"] if one["id"] != rule]
    content["rule"].append({"id": rule, "category": category, "words": {"50": [word]}})
    return RuleSetTable.model_validate(content)


async def draft_with(work: Work, begun: InForce, word: str) -> RuleSetRow:
    """A draft of the version in force in which this word decides."""
    draft = await versions.make_draft(work, based_on=begun.id, note="试一个词")
    return await versions.edit_draft(work, draft.id, with_word(begun.table, word), revision=draft.revision)


async def backtested(work: Work, draft: RuleSetRow, *, since: datetime | None = None, done: int = 0) -> None:
    """As if a backtest of this draft, over as many cases, had run to its end."""
    made = await start_backtest(work, draft.id, since=since)
    assert await backtest_queries.claim(work.session, now=work.now, backtest_id=made.id) == made.id
    assert await backtest_queries.end(work.session, made.id, Progress.FINISHED, now=work.now, result={}, done=done)


async def publish_word(database: Database, word: str) -> str:
    """Publish a version in which this word means a work injury; its name."""
    async with database.transaction() as session:
        begun = await find_in_force(session, policy())
        assert begun is not None
        writer, publisher = await supervisor(session), await supervisor(session)
        draft = await draft_with(writer, begun, word)
        await backtested(writer, draft)
        published = await versions.publish(publisher, draft.id, revision=2, instead_of=begun.version)
        return published.version
