"""The life of a rule set: drafted, edited, published by another person, superseded, published again; never changed."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.roles import Role
from hotline.errors import Conflict, Invalid, NotAllowed
from hotline.privacy.models import TrailEntry
from hotline.routing.ruleset import ConfigurationError, RuleSetTable
from hotline.rulebook import queries, versions
from hotline.rulebook.in_force import bring_into_force, read_row, refit, with_rules
from hotline.rulebook.models import Activation, RuleSetRow, State
from hotline.rulebook.writing import plain, write_rules
from hotline.storage.database import Database
from tests.factories import NOON, make_actor, make_work, policy
from tests.rulebook.made import backtested, draft_with, start, supervisor, with_word


async def test_the_file_becomes_the_first_version_once(session: AsyncSession) -> None:
    first, again = await start(session), await start(session)
    assert first.id == again.id
    assert first.version == policy().routing.ruleset.version
    row = await queries.active_row(session)
    assert row is not None
    assert (row.state, row.published_by_id) == (State.ACTIVE, None)
    assert len((await session.scalars(select(Activation))).all()) == 1


async def test_of_services_that_start_at_once_one_stores_the_first_version(database: Database) -> None:
    async def begin() -> int:
        async with database.transaction() as session:
            return (await bring_into_force(session, policy(), None, now=NOON)).id

    assert len({*await asyncio.gather(*(begin() for _ in range(4)))}) == 1


async def test_a_draft_is_published_by_another_person_after_a_backtest(session: AsyncSession) -> None:
    begun = await start(session)
    writer, publisher = await supervisor(session), await supervisor(session)
    draft = await draft_with(writer, begun, "紫色的词")
    with pytest.raises(NotAllowed, match="Another person"):
        await versions.publish(writer, draft.id, revision=2, instead_of=begun.version)
    with pytest.raises(Conflict, match="backtest"):
        await versions.publish(publisher, draft.id, revision=2, instead_of=begun.version)
    await backtested(writer, draft)
    published = await versions.publish(publisher, draft.id, revision=2, instead_of=begun.version)
    assert (published.state, published.published_by_id) == (State.ACTIVE, publisher.actor.account_id)
    before = await queries.rule_set_by_id(session, begun.id)
    assert before is not None
    assert (before.state, before.superseded_at) == (State.SUPERSEDED, publisher.now)
    await session.flush()
    acts = (await session.scalars(select(TrailEntry.act).order_by(TrailEntry.id))).all()
    assert [*acts] == ["rules.draft", "rules.edit", "rules.backtest", "rules.publish"]


async def test_an_edit_after_the_backtest_asks_for_another_backtest(session: AsyncSession) -> None:
    begun = await start(session)
    writer, publisher = await supervisor(session), await supervisor(session)
    draft = await draft_with(writer, begun, "紫色的词")
    await backtested(writer, draft)
    await versions.edit_draft(writer, draft.id, with_word(begun.table, "另一个词"), revision=2)
    with pytest.raises(Conflict, match="backtest of exactly this content"):
        await versions.publish(publisher, draft.id, revision=3, instead_of=begun.version)


async def test_of_two_drafts_that_change_the_same_version_the_second_is_told(session: AsyncSession) -> None:
    begun = await start(session)
    writer, publisher = await supervisor(session), await supervisor(session)
    one, other = await draft_with(writer, begun, "紫色的词"), await draft_with(writer, begun, "绿色的词")
    for draft in (one, other):
        await backtested(writer, draft)
    await versions.publish(publisher, one.id, revision=2, instead_of=begun.version)
    with pytest.raises(Conflict, match="In the meantime"):
        await versions.publish(publisher, other.id, revision=2, instead_of=begun.version)


async def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(database: Database) -> None:
    async with database.transaction() as session:
        begun = await start(session)
        writer = await supervisor(session)
        draft = await draft_with(writer, begun, "紫色的词")
        await backtested(writer, draft)
        publishers = [(await supervisor(session)).actor for _ in range(2)]

    async def publish(at: int) -> str:
        try:
            async with database.transaction() as session:
                work = make_work(session, publishers[at])
                await versions.publish(work, draft.id, revision=2, instead_of=begun.version)
        except Conflict:
            return "told"
        return "published"

    assert sorted(await asyncio.gather(publish(0), publish(1))) == ["published", "told"]


async def test_a_draft_somebody_else_has_changed_is_not_overwritten(session: AsyncSession) -> None:
    begun = await start(session)
    writer, other = await supervisor(session), await supervisor(session)
    draft = await draft_with(writer, begun, "紫色的词")
    await versions.edit_draft(other, draft.id, with_word(begun.table, "绿色的词"), revision=2)
    with pytest.raises(Conflict, match="changed in the meantime"):
        await versions.edit_draft(writer, draft.id, with_word(begun.table, "红色的词"), revision=2)
    row = await queries.rule_set_by_id(session, draft.id)
    assert row is not None
    assert row.edited_by == [writer.actor.account_id, other.actor.account_id]


async def test_nothing_broken_comes_into_force(session: AsyncSession) -> None:
    begun = await start(session)
    writer, publisher = await supervisor(session), await supervisor(session)
    content = plain(begun.table)
    content["rule"][0]["examples"] = ["这句话里什么都没有"]
    draft = await versions.make_draft(writer, based_on=begun.id)
    draft = await versions.edit_draft(writer, draft.id, RuleSetTable.model_validate(content), revision=1)
    await backtested(writer, draft)
    with pytest.raises(ConfigurationError, match="does not hold for its example"):
        await versions.publish(publisher, draft.id, revision=2, instead_of=begun.version)
    with pytest.raises(ConfigurationError, match="no category"):
        await versions.import_draft(writer, write_rules(with_word(begun.table, "词", category="nothing")))
    assert (await queries.active_version(session)) == (begun.id, begun.version)


async def test_an_earlier_version_comes_back_under_its_own_name_and_with_a_reason(session: AsyncSession) -> None:
    begun = await start(session)
    writer, publisher = await supervisor(session), await supervisor(session, minutes=5)
    draft = await draft_with(writer, begun, "紫色的词")
    await backtested(writer, draft)
    await versions.publish(publisher, draft.id, revision=2, instead_of=begun.version)
    with pytest.raises(Invalid, match="say why"):
        await versions.publish_again(publisher, begun.id, reason=" ", instead_of=draft.version)
    back = await versions.publish_again(publisher, begun.id, reason="新词误伤太多", instead_of=draft.version)
    assert (back.state, back.version, back.superseded_at) == (State.ACTIVE, begun.version, None)
    assert [one.reason for one in await queries.list_activations(session, begun.id)][1:] == ["新词误伤太多"]
    await session.flush()
    reasons = (await session.scalars(select(TrailEntry.reason).where(TrailEntry.act == "rules.publish_again"))).all()
    assert [*reasons] == ["新词误伤太多"]


async def test_the_content_of_an_earlier_version_is_published_again_and_not_as_a_new_one(session: AsyncSession) -> None:
    begun = await start(session)
    writer, publisher = await supervisor(session), await supervisor(session)
    copy = await versions.make_draft(writer, based_on=begun.id)
    with pytest.raises(Conflict, match="exactly this content already"):
        await versions.publish(publisher, copy.id, revision=1, instead_of=begun.version)


@pytest.mark.parametrize(
    "change",
    ["update rule_sets set content = '{}'", "update rule_sets set version = 'x'", "delete from rule_sets",
     "update rule_sets set state = 'draft'"],
)  # fmt: skip
async def test_a_published_rule_set_refuses_to_be_changed(session: AsyncSession, change: str) -> None:
    await start(session)
    with pytest.raises(DBAPIError, match=r"Only a draft|stays"):
        await session.execute(text(change))


async def test_two_rule_sets_are_never_in_force_at_once(session: AsyncSession) -> None:
    begun = await start(session)
    draft = await draft_with(await supervisor(session), begun, "紫色的词")
    with pytest.raises(DBAPIError, match="uq_rule_sets_one_active"):
        await session.execute(
            text("update rule_sets set state = 'active', published_at = now() where id = :id"), {"id": draft.id}
        )


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.LEAD, Role.ADMINISTRATOR])
async def test_who_may_not_write_rules_makes_no_draft(session: AsyncSession, role: Role) -> None:
    begun = await start(session)
    work = make_work(session, await make_actor(session, role, department="city-mediation"))
    with pytest.raises(NotAllowed):
        await versions.make_draft(work, based_on=begun.id)


async def test_a_version_keeps_its_name_when_it_decides(session: AsyncSession) -> None:
    begun = await start(session)
    row = RuleSetRow(id=7, version="named.otherwise", content=plain(begun.table))
    assert with_rules(policy(), read_row(row, policy())).routing.ruleset.version == "named.otherwise"


async def test_a_version_that_no_longer_fits_the_categories_says_what_to_do(session: AsyncSession) -> None:
    begun = await start(session)
    row = RuleSetRow(id=7, version="v", content=plain(with_word(begun.table, "词", category="gone")))
    with pytest.raises(ConfigurationError, match=r"gone[\s\S]*hotline rules import"):
        read_row(row, policy())
    assert refit(begun, policy()) is policy()


async def test_a_note_that_cannot_be_stored_is_a_mistake_with_a_sentence(session: AsyncSession) -> None:
    first = await start(session)
    writer = await supervisor(session)
    with pytest.raises(Invalid) as refused:
        await versions.make_draft(writer, based_on=first.id, note="改\x00了")
    assert refused.value.mistakes[0].field == "note"
