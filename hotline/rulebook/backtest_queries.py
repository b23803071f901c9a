"""Backtests in the database: started, claimed by one process, heard of, ended; past cases batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.permissions import Permission
from hotline.cases.lifecycle import Status
from hotline.cases.models import Case, CaseText
from hotline.cases.rights import condition
from hotline.registry.models import Organisation
from hotline.rulebook.comparing import Change, PastCase
from hotline.rulebook.models import Backtest, BacktestChange, Progress
from hotline.work import Work

CHANNEL: Final = "hotline_backtests"
"""A backtest waits to be run, or one has ended: every process looks."""
STALE: Final = timedelta(seconds=30)
"""A runner that was not heard of for so long is dead: it beats every second."""
REPLAYED: Final = (Status.CLOSED, Status.ANSWERED, Status.REFERRED)
"""How a case must have ended to be worth comparing with: withdrawn and merged ones were never handled to the end."""
CHANGES_PAGE: Final = 50
_CLAIMING: Final = 1235105


async def say_there_is_work(session: AsyncSession) -> None:
    """Tell every process, when the transaction commits, to look for backtests."""
    await session.execute(select(func.pg_notify(CHANNEL, "")))


async def backtest_by_id(session: AsyncSession, backtest_id: int) -> Backtest | None:
    """One backtest, read anew."""
    query = select(Backtest).where(Backtest.id == backtest_id).execution_options(populate_existing=True)
    found: Backtest | None = await session.scalar(query)
    return found


async def list_backtests(session: AsyncSession, rule_set_id: int, *, most: int = 10) -> Sequence[Any]:
    """The newest backtests of a rule set, without their results."""
    query = (
        select(
            Backtest.id, Backtest.version, Backtest.against, Backtest.state, Backtest.done, Backtest.total,
            Backtest.started_at, Backtest.finished_at, Account.name.label("by"),
        )
        .outerjoin(Account, Account.id == Backtest.started_by_id)
        .where(Backtest.rule_set_id == rule_set_id)
        .order_by(Backtest.id.desc())
        .limit(most)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def claim(session: AsyncSession, *, now: datetime, backtest_id: int | None = None) -> int | None:
    """Take the oldest backtest that waits (or this one), when none is running; its id, None for nothing to do."""
    await session.execute(select(func.pg_advisory_xact_lock(_CLAIMING)))
    busy = exists().where(Backtest.state == Progress.RUNNING)
    waiting = select(Backtest.id).where(Backtest.state == Progress.WAITING, ~busy).order_by(Backtest.id).limit(1)
    if backtest_id is not None:
        waiting = waiting.where(Backtest.id == backtest_id)
    claimed = (
        update(Backtest)
        .where(Backtest.id == waiting.scalar_subquery())
        .values(state=Progress.RUNNING, beat_at=now)
        .returning(Backtest.id)
        .execution_options(synchronize_session=False)
    )
    found: int | None = await session.scalar(claimed)
    return found


async def beat(session: AsyncSession, backtest_id: int, *, now: datetime, **values: Any) -> bool:
    """Say that the runner lives and how far it is; False when it should stop, for it was cancelled or given up."""
    beaten = (
        update(Backtest)
        .where(Backtest.id == backtest_id, Backtest.state == Progress.RUNNING)
        .values(beat_at=now, **values)
        .returning(Backtest.id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(beaten) is not None


async def end(session: AsyncSession, backtest_id: int, state: Progress, *, now: datetime, **values: Any) -> bool:
    """End a backtest that waits or runs; whether it did."""
    ended = (
        update(Backtest)
        .where(Backtest.id == backtest_id, Backtest.state.in_((Progress.WAITING, Progress.RUNNING)))
        .values(state=state, finished_at=now, **values)
        .returning(Backtest.id)
        .execution_options(synchronize_session=False)
    )
    found = await session.scalar(ended) is not None
    await say_there_is_work(session)
    return found


async def give_up_dead(session: AsyncSession, *, now: datetime) -> int:
    """End backtests whose runner was not heard of about this time, by whatever clock; how many."""
    ended = (
        update(Backtest)
        .where(Backtest.state == Progress.RUNNING, or_(Backtest.beat_at < now - STALE, Backtest.beat_at > now + STALE))
        .values(state=Progress.FAILED, finished_at=now)
        .returning(Backtest.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(ended)).all())


def _chosen(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [Case.status.in_(REPLAYED), Case.category.is_not(None)]
    if since is not None:
        chosen.append(Case.opened_at >= since)
    if until is not None:
        chosen.append(Case.opened_at < until)
    return chosen


async def count_past(session: AsyncSession, *, since: datetime | None, until: datetime | None) -> int:
    """How many cases there are to replay."""
    return await session.scalar(select(func.count()).select_from(Case).where(*_chosen(since, until))) or 0


def _past() -> Select[Any]:
    """A case to replay: what was told, what it was in the end, and who handled it where somebody did."""
    handled = func.coalesce(Case.department, "").label("department")
    columns: tuple[Any, ...] = (
        Case.id, CaseText.narrative, Case.employer, Case.place, Case.people, Case.amount_owed,
        cast(Case.channel, Text).label("channel"), Case.category, handled,
        (Case.status == Status.CLOSED).label("closed"), Case.opened_at,
        func.coalesce(Organisation.code, "").label("unit"),
    )  # fmt: skip
    return (
        select(*columns)
        .join(CaseText, CaseText.case_id == Case.id)
        .outerjoin(Organisation, Organisation.id == Case.unit_id)
    )


def _past_case(row: Any) -> PastCase:
    return PastCase(
        id=row.id,
        narrative=row.narrative,
        employer=row.employer,
        place=row.place,
        people=row.people,
        amount_owed=row.amount_owed,
        channel=row.channel,
        category=row.category,
        department=row.department or None if row.closed else None,
        at=row.opened_at,
        unit=row.unit,
    )


async def was_backtested(session: AsyncSession, content: Mapping[str, Any], *, against_id: int) -> bool:
    """Whether exactly this content has been compared, to the end, with that version, over at least one case.

    Where no case has ended yet, or none had when all were to be replayed, a backtest of nothing is all there is.
    """
    nothing_to_choose = and_(Backtest.since.is_(None), Backtest.until.is_(None))
    no_case = ~exists().where(*_chosen(None, None))
    query = exists().where(
        Backtest.against_id == against_id,
        Backtest.state == Progress.FINISHED,
        Backtest.content == literal(dict(content), JSONB),
        or_(Backtest.done > 0, nothing_to_choose, no_case),
    )
    return bool(await session.scalar(select(query)))


async def past_cases(
    session: AsyncSession, *, after: int, size: int, since: datetime | None, until: datetime | None
) -> list[PastCase]:
    """The next cases to replay, by id."""
    query = _past().where(Case.id > after, *_chosen(since, until)).order_by(Case.id).limit(size)
    return [_past_case(row) for row in await (await session.connection()).execute(query)]


async def keep_changes(session: AsyncSession, backtest_id: int, changes: Sequence[Change]) -> None:
    """Store cases that are decided differently."""
    if changes:
        await session.execute(insert(BacktestChange), [_change(backtest_id, change) for change in changes])


def _change(backtest_id: int, change: Change) -> dict[str, Any]:
    return {
        "backtest_id": backtest_id,
        "case_id": change.case,
        "before_category": change.before.category,
        "before_department": change.before.department,
        "before_sure": change.before.sure,
        "before_urgency": change.before.urgency,
        "after_category": change.after.category,
        "after_department": change.after.department,
        "after_sure": change.after.sure,
        "after_urgency": change.after.urgency,
        "final_category": change.category,
        "final_department": change.department,
        "verdict": change.verdict,
    }


async def list_changes(
    work: Work, backtest_id: int, *, verdict: str = "", old: str | None = None, new: str | None = None, after: int = 0
) -> Sequence[Any]:
    """Changed cases this person may see, by id, one more than a page; `old` and `new` are categories ("": review)."""
    c = BacktestChange
    where = [c.case_id > after]
    if verdict:
        where.append(c.verdict == verdict)
    for wished, sure, category in ((old, c.before_sure, c.before_category), (new, c.after_sure, c.after_category)):
        if wished is not None:
            where.append(~sure if wished == "" else (sure & (category == wished)))
    query = _changes(work, backtest_id).where(*where).order_by(c.case_id).limit(CHANGES_PAGE + 1)
    rows: Sequence[Any] = (await work.session.execute(query)).all()
    return rows


def _changes(work: Work, backtest_id: int) -> Select[Any]:
    c = BacktestChange
    return (
        select(*c.__table__.columns, Case.number, Case.summary, Case.confidential, literal(1).label("one"))
        .join(Case, Case.id == c.case_id)
        .where(c.backtest_id == backtest_id, condition(work.actor, Permission.CASE_READ))
    )


async def changed_case(work: Work, backtest_id: int, number: str) -> tuple[Any, PastCase] | None:
    """One changed case, as in the list, and what it is replayed from; None where there is none for this person."""
    change = (await work.session.execute(_changes(work, backtest_id).where(Case.number == number))).one_or_none()
    if change is None:
        return None
    return change, _past_case((await work.session.execute(_past().where(Case.id == change.case_id))).one())
