"""换届备案: an election is filed, the next one gets its date, and what was urged is answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, update

from hotline.accounts.models import Account
from hotline.cases.words import MaybeWords
from hotline.documents.letter_texts import LetterKind
from hotline.documents.paper import in_words
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.letters.filling import day_of
from hotline.letters.models import Letter, LetterState
from hotline.registry.models import Organisation, OrganisationChange
from hotline.registry.queries import get_organisation
from hotline.registry.store import hold_register, tell_everybody
from hotline.reminders.models import ElectionFiling
from hotline.work import Work, leave_trace

FIRST_DAY: Final = date(1949, 1, 1)
LONGEST_YEARS: Final = 10
"""A term of office lasts three or five years (工会法, 中国工会章程); more than ten is a mistake of typing."""


class Filing(BaseModel):
    """When the election was held, and when the next one is due."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    held_on: date
    next_election_on: date
    note: MaybeWords = ""


async def file_election(work: Work, code: str, asked: Filing) -> Organisation:
    """File it: the date of the next election moves on, and letters about this one are answered. Raises `Invalid`."""
    mistakes = [*_mistakes(asked, day_of(work.now))]
    if mistakes:
        raise Invalid(*mistakes)
    await hold_register(work.session, wait=False)
    union = await get_organisation(work.session, code, lock=True)
    was = union.next_election_on
    union.next_election_on, union.updated_at = asked.next_election_on, work.now
    union.version += 1
    work.session.add_all(
        [
            ElectionFiling(
                organisation_id=union.id,
                held_on=asked.held_on,
                next_election_on=asked.next_election_on,
                was_due_on=was,
                note=asked.note,
                filed_at=work.now,
                filed_by_id=work.actor.account_id,
            ),
            OrganisationChange(
                organisation_id=union.id,
                at=work.now,
                actor_id=work.actor.account_id,
                batch_id=None,
                before={"next_election_on": was.isoformat() if was else None},
                after={"next_election_on": asked.next_election_on.isoformat()},
            ),
        ]
    )
    await _answer_letters(work, union.id, asked)
    await tell_everybody(work.session, code)
    await leave_trace(work, "registry.file_election", subject=code)
    await work.session.flush()
    return union


def _mistakes(asked: Filing, today: date) -> list[Mistake]:
    found = []
    if not FIRST_DAY <= asked.held_on <= today:
        found.append(Mistake("held_on", mark("An election is filed once it has been held.")))
    latest = asked.held_on.year + LONGEST_YEARS
    if not (asked.held_on < asked.next_election_on and asked.next_election_on.year <= latest):
        found.append(Mistake("next_election_on", mark("The next election is later than this one, within ten years.")))
    return found


async def _answer_letters(work: Work, union_id: int, asked: Filing) -> None:
    open_ones = (Letter.organisation_id == union_id, Letter.kind == LetterKind.TERM_URGE)
    await work.session.execute(
        update(Letter)
        .where(*open_ones, Letter.state == LetterState.SENT)
        .values(
            state=LetterState.ANSWERED,
            answered_at=work.now,
            answered_on=day_of(work.now),
            answer=f"换届备案：{in_words(asked.held_on)}已换届。",
            version=Letter.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


async def filings_of(work: Work, union_id: int) -> Sequence[Any]:
    """The elections that were filed for an organisation, newest first, with who filed them."""
    query = (
        select(ElectionFiling, Account.name.label("filed_by"))
        .outerjoin(Account, Account.id == ElectionFiling.filed_by_id)
        .where(ElectionFiling.organisation_id == union_id)
    )
    return (await work.session.execute(query.order_by(ElectionFiling.id.desc()).limit(20))).all()
