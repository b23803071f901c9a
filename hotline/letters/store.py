"""Letters in the database: found, listed page by page, numbered without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor, CaseFacts
from hotline.cases.models import Case
from hotline.cases.rights import facts_of
from hotline.documents.letter_texts import TO_EMPLOYERS, LetterKind
from hotline.errors import NotFound
from hotline.i18n import mark
from hotline.letters.models import Letter, LetterNumber, LetterReceipt, LetterState
from hotline.letters.sight import visible
from hotline.storage.base import fixed
from hotline.work import Work

PAGE: Final = 50


class LetterNotFound(NotFound):
    """No such letter, or none this person may see: the two look the same."""


@dataclass(frozen=True, slots=True)
class OneLetter:
    """A letter with the case it is about, as this person may see it."""

    letter: Letter
    case: Case | None

    @property
    def facts(self) -> CaseFacts | None:
        """What of its case decides who may do what."""
        return None if self.case is None else facts_of(self.case)


async def next_serials(session: AsyncSession, kind: LetterKind, on: date, count: int = 1) -> int:
    """The first of so many running numbers of this kind in this year; held until the transaction ends.

    Whoever signs off at the same time waits: a transaction that is rolled back gives its numbers back.
    """
    taken = insert(LetterNumber).values(kind=kind, year=on.year, last=count)
    taken = taken.on_conflict_do_update(
        index_elements=[LetterNumber.kind, LetterNumber.year], set_={"last": LetterNumber.last + count}
    )
    last: int = (await session.execute(taken.returning(LetterNumber.last))).scalar_one()
    return last - count + 1


async def get_letter(work: Work, letter_id: int, *, lock: bool = False) -> OneLetter:
    """The letter with this id. Raises `LetterNotFound`; `lock` holds first its case, then itself."""
    query = (
        select(Letter, Case)
        .outerjoin(Case, Case.id == Letter.case_id)
        .where(Letter.id == letter_id, visible(work.actor))
    )
    row = (await work.session.execute(query)).one_or_none()
    if row is None:
        raise LetterNotFound(mark("There is no such letter, or it is not yours to see."))
    if lock:
        if row.Case is not None:
            await _held(work.session, select(Case).where(Case.id == row.Case.id))
        await _held(work.session, select(Letter).where(Letter.id == letter_id))
    return OneLetter(row.Letter, row.Case)


async def _held(session: AsyncSession, query: Select[Any]) -> None:
    await session.execute(query.with_for_update().execution_options(populate_existing=True))


class ShortLetter(NamedTuple):
    """What of a letter lists and panels name."""

    id: int
    kind: LetterKind
    number: str
    state: LetterState


def letters_beside(actor: Actor, found: Subquery) -> Select[Any]:
    """`ShortLetter` of the case that is found, as far as this person may see them, oldest first."""
    shown = func.row(Letter.id, Letter.kind, Letter.number, Letter.state)
    letters = select(shown).select_from(Letter).join(Case, Case.id == Letter.case_id)
    return letters.where(Letter.case_id == found.c.id, visible(actor)).order_by(Letter.id)


async def is_written_to(session: AsyncSession, case_id: int) -> bool:
    """Whether a letter to the employer of this case is on its way already."""
    found = select(Letter.id).where(
        Letter.case_id == case_id, Letter.kind.in_(TO_EMPLOYERS), Letter.state != LetterState.WITHDRAWN
    )
    return await session.scalar(found.limit(1)) is not None


async def list_letters(
    work: Work, *, kind: LetterKind | None = None, state: LetterState | None = None, before: int | None = None
) -> tuple[Sequence[Any], int | None]:
    """A page of letters this person may see, newest first (`Letter`, `case_number`), and where the next one begins."""
    query = select(Letter, Case.number.label("case_number")).outerjoin(Case, Case.id == Letter.case_id)
    query = query.where(visible(work.actor))
    if kind is not None:
        query = query.where(Letter.kind == kind)
    if state is not None:
        query = query.where(Letter.state == state)
    if before is not None:
        query = query.where(Letter.id < before)
    rows = (await work.session.execute(query.order_by(Letter.id.desc()).limit(fixed(PAGE + 1)))).all()
    return rows[:PAGE], rows[PAGE - 1].Letter.id if len(rows) > PAGE else None


@dataclass(frozen=True, slots=True)
class People:
    """Who has had a letter in hand: names, "" where it was the rule."""

    drafted_by: str
    signed_by: str
    withdrawn_by: str
    receipts: Sequence[tuple[str, datetime]]


async def people_of(session: AsyncSession, letter: Letter) -> People:
    """Who drafted, signed, withdrew and received this letter."""
    drafter, signer, taker = aliased(Account), aliased(Account), aliased(Account)
    query = (
        select(
            drafter.name.label("drafted_by"), signer.name.label("signed_by"), taker.name.label("withdrawn_by"),
        )
        .select_from(Letter)
        .outerjoin(drafter, drafter.id == Letter.drafted_by_id)
        .outerjoin(signer, signer.id == Letter.signed_by_id)
        .outerjoin(taker, taker.id == Letter.withdrawn_by_id)
        .where(Letter.id == letter.id)
    )  # fmt: skip
    row = (await session.execute(query)).one()
    received = (
        select(Account.name, LetterReceipt.at)
        .join(LetterReceipt, LetterReceipt.account_id == Account.id)
        .where(LetterReceipt.letter_id == letter.id)
        .order_by(LetterReceipt.at, Account.id)
    )
    receipts = [(name, at) for name, at in await session.execute(received)]
    return People(row.drafted_by or "", row.signed_by or "", row.withdrawn_by or "", receipts)


async def has_received(work: Work, letter_id: int) -> bool:
    """Whether this person has said that they have read it."""
    return await work.session.get(LetterReceipt, (letter_id, work.actor.account_id)) is not None


async def keep_receipt(work: Work, letter_id: int) -> bool:
    """Write down that this person has read it; False when that was written down before."""
    kept = insert(LetterReceipt).values(letter_id=letter_id, account_id=work.actor.account_id, at=work.now)
    return await work.session.scalar(kept.on_conflict_do_nothing().returning(LetterReceipt.at)) is not None


async def chain_of(work: Work, letter: Letter) -> Sequence[Letter]:
    """What this person may see of the same ladder, in order: each letter follows one that was not answered."""
    above = select(Letter.id, Letter.previous_id).where(Letter.id == letter.id).cte("above", recursive=True)
    above = above.union(select(Letter.id, Letter.previous_id).join(above, Letter.id == above.c.previous_id))
    below = select(Letter.id).where(Letter.id == letter.id).cte("below", recursive=True)
    below = below.union(select(Letter.id).join(below, Letter.previous_id == below.c.id))
    ids = select(above.c.id).union(select(below.c.id))
    chain = select(Letter).outerjoin(Case, Case.id == Letter.case_id).where(Letter.id.in_(ids), visible(work.actor))
    return (await work.session.scalars(chain.order_by(Letter.id))).all()


async def count_letters(session: AsyncSession) -> int:
    """How many letters there are."""
    return await session.scalar(select(func.count()).select_from(Letter)) or 0
