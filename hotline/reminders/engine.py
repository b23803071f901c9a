"""The engine: asks every duty, in batches, and writes each line once, with its letter, in one transaction.

However many processes run this, and wherever one of them is stopped or killed: a line is new or it is not, which the
unique key of `reminders` decides, and what follows from it is committed with it or not at all. A process that is
stopped with a batch in hand loses it after some seconds (the server ends its transaction), and the others go on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_leave
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.roles import Role
from hotline.cases.handling import notice_facts
from hotline.cases.models import Case, CaseEvent
from hotline.deadlines.reminding import in_working_hours
from hotline.letters.filling import day_of, numbered, reply_by, written
from hotline.letters.models import Letter
from hotline.letters.store import next_serials
from hotline.letters.writing import letter_event
from hotline.policy import Policy
from hotline.reminders import (
    case_criticism,
    case_due_soon,
    case_not_accepted,
    case_overdue,
    letters_served,
    letters_unanswered,
    statutory_lapsing,
    terms,
)
from hotline.reminders.duty import After, Duty, Round, Told
from hotline.reminders.models import Reminder, Step
from hotline.storage.database import Database
from hotline.storage.notices import announce_all

DUTIES: Final = (
    case_due_soon.DUTY,
    case_not_accepted.DUTY,
    case_overdue.DUTY,
    case_criticism.DUTY,
    statutory_lapsing.DUTY,
    terms.NOTICE,
    terms.URGE,
    letters_unanswered.DUTY,
    letters_served.DUTY,
)
"""Everything that has a date. A duty of another part is a file beside these and a line here."""
BATCH: Final = 100
MOST: Final = 5000
"""Of one duty in one round; the next round goes on."""
STOPPED_AFTER: Final = "15s"
"""How long a process may hold a batch without a word before the server takes it back."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a round has written."""

    told: dict[Step, int]
    letters: int = 0

    @property
    def total(self) -> int:
        """How many objects somebody was told of."""
        return sum(self.told.values())


async def run_round(database: Database, policy: Policy, *, now: datetime, duties: Collection[Duty] = DUTIES) -> Done:
    """Look once at everything that has a date; outside working hours at nothing. Raises `Unavailable`."""
    if not in_working_hours(now, policy.calendar):
        return Done({})
    async with database.transaction() as session:
        looking = Round(policy, now, *await _departments_at_work(session))
    told, letters = dict.fromkeys((duty.step for duty in duties), 0), 0
    for duty in duties:
        after: After | None = None
        for _batch in range(MOST // BATCH):
            async with database.transaction() as session:
                await session.execute(text(f"set local idle_in_transaction_session_timeout = '{STOPPED_AFTER}'"))
                after, new, written_letters = await tell_batch(session, looking, duty, after)
            told[duty.step] += new
            letters += written_letters
            if after is None:
                break
    return Done(told, letters)


async def _departments_at_work(session: AsyncSession) -> tuple[frozenset[str], frozenset[str]]:
    """The departments with a lead, and those in which anybody works."""
    query = select(Account.department, func.bool_or(Account.role == Role.LEAD)).where(
        Account.department.is_not(None), Account.disabled_at.is_(None)
    )
    rows = (await session.execute(query.group_by(Account.department))).all()
    return frozenset(code for code, led in rows if led), frozenset(code for code, _led in rows)


async def tell_batch(
    session: AsyncSession, looking: Round, duty: Duty, after: After | None, *, most: int = BATCH
) -> tuple[After | None, int, int]:
    """Tell of the next objects of a duty: where they end (None: that was all), how many were new, how many letters."""
    rows = (await session.execute(duty.find(looking, after, most))).all()
    if not rows:
        return None, 0, 0
    told = [(row[0], line) for row in rows for line in duty.tell(looking, row)]
    new = await _keep_new(session, duty, told, now=looking.now)
    fresh = [(row, line) for row, line in told if (row.id, line.step, line.due_at) in new]
    letters = await _write_letters(session, looking, [(row, line) for row, line in fresh if line.letter], new)
    end = After(rows[-1].order_at, rows[-1][0].id) if len(rows) == most else None
    return end, sum(line.step is duty.step for _row, line in fresh), letters


_Key = tuple[int, Step, datetime]
_LINES: Final[Any] = Reminder.__table__
_KEEP: Final = (
    insert_or_leave(_LINES)
    .on_conflict_do_nothing(constraint="uq_reminders_once")
    .returning(_LINES.c.id, _LINES.c.object_id, _LINES.c.step, _LINES.c.due_at)
)
_LINK: Final = update(_LINES).where(_LINES.c.id == bindparam("line")).values(letter_id=bindparam("of_letter"))


async def _keep_new(
    session: AsyncSession, duty: Duty, told: Sequence[tuple[Any, Told]], *, now: datetime
) -> dict[_Key, int]:
    """Write the lines; the ids of those that are new, by object, step and date."""
    values = [
        {
            "object_kind": duty.kind,
            "object_id": row.id,
            "step": line.step,
            "due_at": line.due_at,
            "at": now,
            "audience": line.audience,
            "recipient_id": line.recipient_id,
            "department": line.department,
            "case_id": line.case_id,
            "organisation_id": line.organisation_id,
            "letter_id": line.letter_id,
            "facts": dict(line.facts),
        }
        for row, line in told
    ]
    kept = await (await session.connection()).execute(_KEEP, values)
    return {(row.object_id, row.step, row.due_at): row.id for row in kept}


async def _write_letters(
    session: AsyncSession, looking: Round, lines: Sequence[tuple[Any, Told]], new: dict[_Key, int]
) -> int:
    """Make the letters of new lines: numbered where a rule signs them, put into their cases, told to the screens."""
    if not lines:
        return 0
    policy, now = looking.policy, looking.now
    serials = await _serials(session, [line.letter for _row, line in lines if line.signed and line.letter], now)
    letters = {}
    for row, line in lines:
        letter = line.letter
        assert letter is not None  # noqa: S101 - only such lines come here
        letter.number, letter.version = "", 1
        if line.signed:
            numbered(policy, letter, serial=next(serials[letter.kind]), now=now, by=None)
        else:
            written(policy, letter, until=reply_by(policy, letter.kind, since=now))
        letters[row.id] = letter
    session.add_all(letters.values())
    await session.flush()
    links = [
        {"line": line_id, "of_letter": letters[object_id].id}
        for (object_id, step, _due), line_id in new.items()
        if object_id in letters and step is not Step.UNANSWERED
    ]
    if links:
        await (await session.connection()).execute(_LINK, links)
    await _tell_cases(session, [(row, line.letter) for row, line in lines if line.signed], now)
    return len(letters)


async def _serials(session: AsyncSession, signed: Sequence[Letter], now: datetime) -> dict[Any, Any]:
    """For each kind the numbers in a row: taken in one order, so that two rounds never wait for each other."""
    counts: dict[Any, int] = {}
    for letter in signed:
        counts[letter.kind] = counts.get(letter.kind, 0) + 1
    taken = {}
    for kind in sorted(counts):
        first = await next_serials(session, kind, day_of(now), counts[kind])
        taken[kind] = iter(range(first, first + counts[kind]))
    return taken


async def _tell_cases(session: AsyncSession, sent: Sequence[tuple[Any, Letter | None]], now: datetime) -> None:
    events: list[tuple[Case, CaseEvent]] = [
        (row, letter_event(row, letter, at=now, actor_id=None))
        for row, letter in sent
        if isinstance(row, Case) and letter is not None
    ]
    if not events:
        return
    session.add_all([event for _case, event in events])
    await session.flush()
    await announce_all(
        session, at=now, notices=[(event.action.value, case.id, notice_facts(case)) for case, event in events]
    )


async def count_reminders(session: AsyncSession) -> int:
    """How many lines there are."""
    return await session.scalar(select(func.count()).select_from(Reminder)) or 0
