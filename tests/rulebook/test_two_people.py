"""Two pairs of eyes: nobody brings the own words into force, by whichever way they came into a draft."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.errors import Conflict, NotAllowed
from hotline.privacy.models import TrailEntry
from hotline.routing.ruleset import RuleSetTable
from hotline.rulebook import versions
from hotline.rulebook.models import Backtest, RuleSetRow, State
from hotline.rulebook.writing import plain, write_rules
from hotline.work import Work
from tests.factories import NOON
from tests.rulebook.made import backtested, draft_with, start, supervisor, with_word
from tests.rulebook.test_backtest import past_cases

WORD = "紫色的词"


async def assert_refused(work: Work, draft: RuleSetRow, instead_of: str) -> None:
    """Whoever has written it is told to let another person publish it."""
    await backtested(work, draft)
    with pytest.raises(NotAllowed, match="Another person"):
        await versions.publish(work, draft.id, revision=None, instead_of=instead_of)


async def test_a_copy_of_a_draft_keeps_its_writers(session: AsyncSession) -> None:
    begun = await start(session)
    writer, other = await supervisor(session), await supervisor(session)
    draft = await draft_with(writer, begun, WORD)
    copy = await versions.make_draft(other, based_on=draft.id)
    await assert_refused(writer, copy, begun.version)
    assert copy.edited_by == [writer.actor.account_id]
    edited = await versions.edit_draft(other, copy.id, with_word(begun.table, "另一个词"), revision=1)
    assert edited.edited_by == [writer.actor.account_id, other.actor.account_id]


async def test_who_only_copied_a_draft_may_publish_it(session: AsyncSession) -> None:
    begun = await start(session)
    writer, other = await supervisor(session), await supervisor(session)
    draft = await draft_with(writer, begun, WORD)
    copy = await versions.make_draft(other, based_on=draft.id)
    await backtested(writer, draft)
    assert not await versions.has_written(other, copy)
    published = await versions.publish(other, draft.id, revision=2, instead_of=begun.version)
    assert published.state is State.ACTIVE


async def test_a_copy_of_a_discarded_draft_keeps_its_writers(session: AsyncSession) -> None:
    begun = await start(session)
    writer, other = await supervisor(session), await supervisor(session)
    draft = await draft_with(writer, begun, WORD)
    await versions.discard_draft(writer, draft.id, revision=2)
    await assert_refused(writer, await versions.make_draft(other, based_on=draft.id), begun.version)


@pytest.mark.parametrize("name", ["", "renamed"])
async def test_a_draft_taken_out_and_in_again_keeps_its_writers(session: AsyncSession, name: str) -> None:
    begun = await start(session)
    writer, other = await supervisor(session), await supervisor(session)
    draft = await draft_with(writer, begun, WORD)
    table = RuleSetTable.model_validate(plain(with_word(begun.table, WORD)) | ({"name": name} if name else {}))
    imported = await versions.import_draft(other, write_rules(table))
    await versions.edit_draft(writer, draft.id, with_word(begun.table, "另一个词"), revision=2)
    await assert_refused(writer, imported, begun.version)
    assert imported.edited_by == [writer.actor.account_id, other.actor.account_id]


async def test_who_has_written_the_same_elsewhere_later_is_told_too(session: AsyncSession) -> None:
    begun = await start(session)
    writer, other = await supervisor(session), await supervisor(session)
    draft = await draft_with(other, begun, WORD)
    own = await draft_with(writer, begun, WORD)
    await versions.discard_draft(writer, own.id, revision=2)
    await assert_refused(writer, draft, begun.version)


async def test_a_copy_of_a_version_begins_with_who_made_it(session: AsyncSession) -> None:
    begun = await start(session)
    first, second = await supervisor(session), await supervisor(session)
    await versions.make_draft(first, based_on=begun.id)
    back = await draft_with(second, begun, WORD)
    back = await versions.edit_draft(second, back.id, begun.table, revision=2)
    assert back.edited_by == [second.actor.account_id]


async def test_a_writer_brings_an_earlier_version_back_alone_and_the_trail_says_so(session: AsyncSession) -> None:
    begun = await start(session)
    writer, publisher = await supervisor(session), await supervisor(session)
    draft = await draft_with(writer, begun, WORD)
    await backtested(writer, draft)
    await versions.publish(publisher, draft.id, revision=2, instead_of=begun.version)
    await versions.publish_again(publisher, begun.id, reason="误伤", instead_of=draft.version)
    await versions.publish_again(writer, draft.id, reason="原来不是它", instead_of=begun.version)
    await session.flush()
    kept = select(TrailEntry.details).where(TrailEntry.act == "rules.publish_again").order_by(TrailEntry.id)
    assert [one["by_its_writer"] for one in await session.scalars(kept)] == [False, True]


@pytest.mark.parametrize("ended", [True, False])
async def test_a_backtest_of_an_empty_period_says_nothing_unless_no_case_has_ended(
    session: AsyncSession, *, ended: bool
) -> None:
    begun = await start(session)
    writer, publisher = await supervisor(session), await supervisor(session)
    await past_cases(session, 3 if ended else 0)
    draft = await draft_with(writer, begun, WORD)
    await backtested(writer, draft, since=NOON + timedelta(days=300), done=0)
    if ended:
        with pytest.raises(Conflict, match="at least one case"):
            await versions.publish(publisher, draft.id, revision=2, instead_of=begun.version)
        await backtested(writer, draft, since=NOON - timedelta(days=1), done=3)
    published = await versions.publish(publisher, draft.id, revision=2, instead_of=begun.version)
    assert published.state is State.ACTIVE


async def test_a_backtest_of_another_content_under_the_same_name_does_not_count(session: AsyncSession) -> None:
    begun = await start(session)
    writer, publisher = await supervisor(session), await supervisor(session)
    draft, other = await draft_with(writer, begun, WORD), await draft_with(writer, begun, "另一个词")
    await backtested(writer, other)
    await session.execute(update(Backtest).values(version=draft.version))
    with pytest.raises(Conflict, match="exactly this content"):
        await versions.publish(publisher, draft.id, revision=2, instead_of=begun.version)
