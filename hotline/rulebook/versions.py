"""The life of a rule set: a draft is written, tried and published by a second person; a version is published again.

Nothing comes into force that is not in order: the content is read, compiled and tried on its examples under the lock
under which it becomes active, and it has been backtested, exactly so, against what it takes the place of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Permission, demand
from hotline.cases.words import ODD_CHARACTERS, can_be_stored
from hotline.errors import Conflict, Invalid, Mistake, NotAllowed, NotFound
from hotline.i18n import mark
from hotline.routing.ruleset import RuleSetTable
from hotline.rulebook import queries
from hotline.rulebook.backtest_queries import was_backtested
from hotline.rulebook.checking import make_ready, read_content, read_text
from hotline.rulebook.models import PUBLISHED, STATE_LABELS, Activation, RuleSetRow, State
from hotline.rulebook.writing import plain
from hotline.work import Work, leave_trace

LONGEST_NOTE = 500


async def get_rule_set(work: Work, rule_set_id: int) -> RuleSetRow:
    """A draft or a version. Raises `NotFound`."""
    demand(work.actor, Permission.RULES_READ)
    return _found(await queries.rule_set_by_id(work.session, rule_set_id))


async def get_version(work: Work, version: str) -> RuleSetRow:
    """The rule set of this version, as cases name it. Raises `NotFound`."""
    demand(work.actor, Permission.RULES_READ)
    return _found(await queries.rule_set_by_version(work.session, version))


def _found(row: RuleSetRow | None) -> RuleSetRow:
    if row is None:
        raise NotFound(mark("There is no such rule set."))
    return row


async def make_draft(work: Work, *, based_on: int, note: str = "") -> RuleSetRow:
    """A draft that begins as a copy of this rule set. Raises `NotFound`.

    What nobody has published yet stays its writers' own in the copy, and is not written by who copies it.
    """
    demand(work.actor, Permission.RULES_WRITE)
    base = _found(await queries.rule_set_by_id(work.session, based_on))
    writers = [work.actor.account_id] if base.state in PUBLISHED else base.edited_by
    return await _added(work, content=base.content, version=base.version, note=note, based_on=base.id, writers=writers)


async def import_draft(work: Work, text: str, *, note: str = "", file: str = "TOML") -> RuleSetRow:
    """A draft with what is written in `text`, as TOML. Raises `ConfigurationError` naming every mistake."""
    demand(work.actor, Permission.RULES_WRITE)
    table = read_text(text, work.policy.categories, file=file)
    base = await queries.active_version(work.session)
    based_on = None if base is None else base[0]
    content = plain(table)
    writers = _also(work, await queries.writers_of(work.session, content))
    return await _added(work, content=content, version=table.version(), note=note, based_on=based_on, writers=writers)


def _also(work: Work, writers: Iterable[int]) -> list[int]:
    """These writers, and the person at work."""
    return [*dict.fromkeys((*writers, work.actor.account_id))]


async def _added(
    work: Work,
    *,
    content: dict[str, object],
    version: str,
    note: str,
    based_on: int | None,
    writers: Iterable[int],
) -> RuleSetRow:
    row = RuleSetRow(
        version=version,
        state=State.DRAFT,
        content=content,
        note=_note(note),
        based_on_id=based_on,
        created_by_id=work.actor.account_id,
        created_at=work.now,
        changed_at=work.now,
        edited_by=[*writers],
        revision=1,
    )
    work.session.add(row)
    await work.session.flush()
    await leave_trace(work, "rules.draft", subject=version, details={"rule_set": row.id})
    return row


def _note(note: str) -> str:
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid(Mistake("note", mark("This is too long: at most {max_length} characters."), {"max_length": 500}))
    if not can_be_stored(note):
        raise Invalid(Mistake("note", ODD_CHARACTERS))
    return note


async def edit_draft(work: Work, rule_set_id: int, table: RuleSetTable, *, revision: int) -> RuleSetRow:
    """Write this content into a draft that stands at `revision`. Raises `Conflict` when it has moved on."""
    demand(work.actor, Permission.RULES_WRITE)
    row = await _draft(work, rule_set_id, revision=revision)
    content = plain(table)
    read_content(content, work.policy.categories, file="draft")
    row.edited_by = _also(work, (*row.edited_by, *await queries.writers_of(work.session, content)))
    row.content = content
    row.version = table.version()
    row.changed_at = work.now
    row.revision += 1
    await work.session.flush()
    await leave_trace(work, "rules.edit", subject=row.version, details={"rule_set": row.id, "revision": row.revision})
    return row


async def discard_draft(work: Work, rule_set_id: int, *, revision: int) -> None:
    """Give a draft up; it stays to be read. Raises `Conflict` when it is none or has moved on."""
    demand(work.actor, Permission.RULES_WRITE)
    row = await _draft(work, rule_set_id, revision=revision)
    row.state = State.DISCARDED
    row.changed_at = work.now
    await work.session.flush()
    await leave_trace(work, "rules.discard", subject=row.version, details={"rule_set": row.id})


async def _draft(work: Work, rule_set_id: int, *, revision: int | None) -> RuleSetRow:
    row = _found(await queries.rule_set_by_id(work.session, rule_set_id, lock=True))
    if row.state is not State.DRAFT:
        raise Conflict(
            mark("This is no draft any more: {state}. Make a new draft of it to change something."),
            state=STATE_LABELS[row.state],
        )
    if revision is not None and row.revision != revision:
        names = await queries.names_of(work.session, row.edited_by)
        raise Conflict(
            mark("The draft was changed in the meantime (by {who}). Open it anew and make your change there."),
            who=", ".join(names.get(one, "?") for one in row.edited_by),
        )
    return row


async def publish(work: Work, rule_set_id: int, *, revision: int | None, instead_of: str) -> RuleSetRow:
    """Bring a draft into force in the place of version `instead_of`, which this person has compared it with.

    Raises `NotAllowed` for who has written in it, `Conflict` when somebody was first or no backtest of exactly this
    content has finished, `ConfigurationError` when it is not in order.
    """
    demand(work.actor, Permission.RULES_PUBLISH)
    await queries.wait_for_turn(work.session)
    active = await _in_place_of(work.session, instead_of)
    row = await _draft(work, rule_set_id, revision=revision)
    if await has_written(work, row):
        raise NotAllowed(
            mark("You have written in this draft. Another person publishes it, so that two pairs of eyes have seen it.")
        )
    table = read_content(row.content, work.policy.categories, file="draft")
    await asyncio.to_thread(make_ready, table, work.policy.categories, file="draft")
    before = await queries.rule_set_by_version(work.session, row.version)
    if before is not None and before.state in PUBLISHED:
        raise Conflict(
            mark("Version {version} has exactly this content already. Publish that version again."), version=row.version
        )
    if not await was_backtested(work.session, row.content, against_id=active.id):
        raise Conflict(
            mark(
                "First let a backtest of exactly this content against {active} run to its end, over at least one case."
            ),
            active=active.version,
        )
    row.published_by_id, row.published_at = work.actor.account_id, work.now
    await _put_into_force(work, row, active, reason=row.note)
    await leave_trace(work, "rules.publish", subject=row.version, details={"rule_set": row.id, "instead_of": active.id})
    return row


async def has_written(work: Work, row: RuleSetRow) -> bool:
    """Whether this person has written what stands in this rule set, here or in another draft it was copied from."""
    return work.actor.account_id in {*row.edited_by, *await queries.writers_of(work.session, row.content)}


async def publish_again(work: Work, rule_set_id: int, *, reason: str, instead_of: str) -> RuleSetRow:
    """Bring a version that was in force back into force. Raises `Invalid` without a reason, `Conflict`, and others.

    One person is enough, who has written it too: two have seen it when it was published, and when calls go astray at
    night nobody waits for a colleague. The trail says when it was one of its writers.
    """
    demand(work.actor, Permission.RULES_PUBLISH)
    if not reason.strip():
        raise Invalid(Mistake("reason", mark("Please say why the earlier version is to be in force again.")))
    await queries.wait_for_turn(work.session)
    active = await _in_place_of(work.session, instead_of)
    row = _found(await queries.rule_set_by_id(work.session, rule_set_id, lock=True))
    if row.state is not State.SUPERSEDED:
        raise Conflict(
            mark("Only a version that was in force can be published again; this one stands at “{state}”."),
            state=STATE_LABELS[row.state],
        )
    table = read_content(row.content, work.policy.categories, file=row.version)
    await asyncio.to_thread(make_ready, table, work.policy.categories, file=row.version)
    await _put_into_force(work, row, active, reason=_note(reason))
    await leave_trace(
        work,
        "rules.publish_again",
        subject=row.version,
        reason=reason.strip(),
        details={"rule_set": row.id, "instead_of": active.id, "by_its_writer": work.actor.account_id in row.edited_by},
    )
    return row


async def _in_place_of(session: AsyncSession, version: str) -> RuleSetRow:
    """The active version, which must be the one the publisher has looked at."""
    active = await queries.active_row(session)
    if active is None:
        raise Conflict(mark("No version is in force yet. Start the service once, then publish."))
    if active.version != version:
        names = await queries.names_of(session, [active.published_by_id] if active.published_by_id else [])
        raise Conflict(
            mark("In the meantime {who} has published {version}. Compare with it and backtest again."),
            who=next(iter(names.values()), "hotline"),
            version=active.version,
        )
    return active


async def _put_into_force(work: Work, row: RuleSetRow, active: RuleSetRow, *, reason: str) -> None:
    active.state, active.superseded_at = State.SUPERSEDED, work.now
    await work.session.flush()  # at no moment are two in force: the index would refuse the second
    row.state, row.superseded_at = State.ACTIVE, None
    work.session.add(Activation(rule_set_id=row.id, at=work.now, by_id=work.actor.account_id, reason=reason))
    await work.session.flush()
    await queries.say_it_changed(work.session)
