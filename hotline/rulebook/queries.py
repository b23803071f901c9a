"""What the rule book asks of the database: versions, who wrote and published them, how their rules fare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import DateTime, Text, cast, column, exists, func, insert, literal, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or_leave
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from hotline.accounts.models import Account
from hotline.accounts.permissions import Permission
from hotline.cases.models import Case, CaseDecision
from hotline.cases.rights import condition
from hotline.rulebook.models import PUBLISHED, Activation, RuleSetRow, State
from hotline.work import Work

CHANNEL: Final = "hotline_rules"
"""Something came into force: every process looks."""
_PUBLISHING: Final = 1235104
"""Key of the advisory lock under which versions come into force."""
DECISIONS_LOOKED_AT: Final = 20_000
VERSIONS_LISTED: Final = 100


async def active_row(session: AsyncSession) -> RuleSetRow | None:
    """The rule set in force; None before the service has started for the first time."""
    query = select(RuleSetRow).where(RuleSetRow.state == State.ACTIVE).execution_options(populate_existing=True)
    found: RuleSetRow | None = await session.scalar(query)
    return found


async def has_rule_sets(session: AsyncSession) -> bool:
    """Whether this database has the tables at all: it may be older than this program."""
    return await session.scalar(select(func.to_regclass(RuleSetRow.__tablename__))) is not None


async def active_version(session: AsyncSession) -> tuple[int, str] | None:
    """Id and version of the rule set in force, without its content."""
    query = select(RuleSetRow.id, RuleSetRow.version).where(RuleSetRow.state == State.ACTIVE)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row.id, row.version)


async def keep_first(session: AsyncSession, *, version: str, content: dict[str, Any], note: str, now: datetime) -> None:
    """Store the first version, in force; nothing when another process has just done it."""
    made = (
        insert_or_leave(RuleSetRow)
        .values(
            version=version, state=State.ACTIVE, content=content, note=note, created_at=now, changed_at=now,
            published_at=now,
        )
        .on_conflict_do_nothing()
        .returning(RuleSetRow.id)
        .cte("made")
    )  # fmt: skip
    chosen = select(made.c.id, cast(now, DateTime(timezone=True)), cast(note, Text))
    await session.execute(insert(Activation).from_select(["rule_set_id", "at", "reason"], chosen))


async def rule_set_by_id(session: AsyncSession, rule_set_id: int, *, lock: bool = False) -> RuleSetRow | None:
    """One rule set, locked until the transaction ends when `lock`; read anew either way."""
    query = select(RuleSetRow).where(RuleSetRow.id == rule_set_id).execution_options(populate_existing=True)
    found: RuleSetRow | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def newest_draft_of(session: AsyncSession, account_id: int, *, based_on: int) -> RuleSetRow | None:
    """The newest draft this person began from that rule set; None for none."""
    query = (
        select(RuleSetRow)
        .where(
            RuleSetRow.state == State.DRAFT,
            RuleSetRow.created_by_id == account_id,
            RuleSetRow.based_on_id == based_on,
        )
        .order_by(RuleSetRow.id.desc())
        .limit(1)
    )
    return await session.scalar(query)


async def rule_set_by_version(session: AsyncSession, version: str) -> RuleSetRow | None:
    """The published rule set of this version, else the newest draft of it."""
    query = (
        select(RuleSetRow)
        .where(RuleSetRow.version == version, RuleSetRow.state != State.DISCARDED)
        .order_by(RuleSetRow.state.in_(PUBLISHED).desc(), RuleSetRow.id.desc())
        .limit(1)
    )
    found: RuleSetRow | None = await session.scalar(query)
    return found


async def wait_for_turn(session: AsyncSession) -> None:
    """Until the transaction ends nobody else brings a version into force."""
    await session.execute(select(func.pg_advisory_xact_lock(_PUBLISHING)))


async def say_it_changed(session: AsyncSession) -> None:
    """Tell every process, when the transaction commits, that another version is in force."""
    await session.execute(select(func.pg_notify(CHANNEL, "")))


async def list_rule_sets(session: AsyncSession) -> Sequence[Any]:
    """Drafts and versions without their content, newest first, with the names of writers and publishers."""
    writer, publisher, base = aliased(Account), aliased(Account), aliased(RuleSetRow)
    query = (
        select(
            RuleSetRow.id, RuleSetRow.version, RuleSetRow.state, RuleSetRow.note, RuleSetRow.created_at,
            RuleSetRow.changed_at, RuleSetRow.published_at, RuleSetRow.superseded_at, RuleSetRow.based_on_id,
            writer.name.label("writer"), publisher.name.label("publisher"), base.version.label("based_on"),
        )
        .outerjoin(writer, writer.id == RuleSetRow.created_by_id)
        .outerjoin(publisher, publisher.id == RuleSetRow.published_by_id)
        .outerjoin(base, base.id == RuleSetRow.based_on_id)
        .order_by(RuleSetRow.id.desc())
        .limit(VERSIONS_LISTED)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def list_activations(session: AsyncSession, rule_set_id: int) -> Sequence[Any]:
    """When this version came into force, oldest first, by whom and why."""
    query = (
        select(Activation.at, Activation.reason, Account.name.label("by"))
        .outerjoin(Account, Account.id == Activation.by_id)
        .where(Activation.rule_set_id == rule_set_id)
        .order_by(Activation.id)
    )
    return (await session.execute(query)).all()


async def names_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, str]:
    """The names of these accounts."""
    if not ids:
        return {}
    rows = await session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def writers_of(session: AsyncSession, content: Mapping[str, Any]) -> list[int]:
    """Who has written these very rules, in whichever draft, whatever it is called; nobody where they were published.

    What was published has been seen by two people: whoever copies it begins anew.
    """
    rules = RuleSetRow.content.op("-", return_type=JSONB)(literal("name", Text))
    same = rules == literal({key: value for key, value in content.items() if key != "name"}, JSONB)
    published = await session.scalar(select(exists().where(same, RuleSetRow.state.in_(PUBLISHED))))
    if published:
        return []
    one = func.unnest(RuleSetRow.edited_by).label("one")
    return [*(await session.scalars(select(one).where(same).distinct().order_by(one)))]


async def rule_figures(work: Work, *, since: datetime) -> dict[str, tuple[int, int]]:
    """Per rule: in how many cases it spoke since then, and how many of those a department gave back.

    Of cases this person may see; looks at the newest 20,000 decisions of the rules at most.
    """
    latest = (
        select(CaseDecision.case_id, CaseDecision.decision["evidence"].label("evidence"), CaseDecision.at)
        .where(CaseDecision.actor_id.is_(None))
        .order_by(CaseDecision.id.desc())
        .limit(DECISIONS_LOOKED_AT)
        .subquery("latest")
    )
    spoken = (
        func.jsonb_to_recordset(latest.c.evidence)
        .table_valued(column("rule", Text))
        .render_derived(name="spoken", with_types=True)
    )
    one = (
        select(latest.c.case_id, spoken.c.rule)
        .join(spoken, true())
        .where(latest.c.at >= since)
        .distinct()
        .subquery("one")
    )
    query = (
        select(one.c.rule, func.count().label("hits"), func.count().filter(Case.returns > 0).label("returned"))
        .join(Case, Case.id == one.c.case_id)
        .where(condition(work.actor, Permission.CASE_READ))
        .group_by(one.c.rule)
    )
    rows = (await work.session.execute(query)).all()
    return {row.rule: (row.hits, row.returned) for row in rows}
