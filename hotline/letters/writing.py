"""Writing letters: drafted, signed off, served, answered, withdrawn; each leaves a trace and stands in its case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor, Permission, allows
from hotline.accounts.roles import Role
from hotline.cases.effects_clocks import is_late
from hotline.cases.handling import notice_facts
from hotline.cases.lifecycle import IN_HANDS, Action
from hotline.cases.models import Case, CaseEvent
from hotline.cases.queries import get_case
from hotline.cases.words import Line, Words
from hotline.documents.letter_texts import TO_EMPLOYERS, LetterKind
from hotline.errors import Changed, Conflict, Invalid, Mistake, NotAllowed
from hotline.i18n import mark
from hotline.letters.filling import case_values, day_of, employer_values, numbered, reply_by, written
from hotline.letters.models import Letter, LetterState
from hotline.letters.store import OneLetter, get_letter, is_written_to, keep_receipt, next_serials
from hotline.privacy.masking import mask_text
from hotline.storage.notices import announce
from hotline.work import Work, leave_trace

ACTIONS: Final = ("sign", "serve", "answer", "withdraw", "receive")


class NewLetter(BaseModel):
    """A letter to the employer of a case: whom it goes to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: Annotated[str, Field(pattern=r"^\d{4}-\d{6,18}$")]
    employer: Annotated[Line, Field(min_length=2)]


class SignOff(BaseModel):
    """Signing off; a letter of recommendation needs the authority it goes to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    authority: Line = ""


class Served(BaseModel):
    """The day a letter on paper reached its addressee."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    served_on: date


class Answered(BaseModel):
    """What was answered, and when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answered_on: date
    words: Words


class Withdrawal(BaseModel):
    """Why a letter is withdrawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Words


def offered(actor: Actor, one: OneLetter) -> tuple[str, ...]:
    """What this person may do with this letter now, of `ACTIONS`."""
    state, letter = one.letter.state, one.letter
    ways = {
        "sign": state is LetterState.DRAFT and _signs(actor, one),
        "serve": state is LetterState.SIGNED and _writes(actor, one),
        "answer": state is LetterState.SENT and (_writes(actor, one) or _is_addressee(actor, letter)),
        "withdraw": state is not LetterState.WITHDRAWN
        and state is not LetterState.ANSWERED
        and (_writes(actor, one) if state is LetterState.DRAFT else _signs(actor, one)),
        "receive": letter.sent_at is not None and state is not LetterState.WITHDRAWN and _is_addressee(actor, letter),
    }
    return tuple(action for action in ACTIONS if ways[action])


def _signs(actor: Actor, one: OneLetter) -> bool:
    """A lead signs letters to employers in cases of their own; everything else is the supervisor's."""
    if actor.role is not Role.SUPERVISOR and one.letter.kind not in TO_EMPLOYERS:
        return False
    return _has(actor, Permission.LETTERS_SIGN, one)


def _writes(actor: Actor, one: OneLetter) -> bool:
    if actor.role is not Role.SUPERVISOR and one.letter.kind not in TO_EMPLOYERS:
        return False
    return _has(actor, Permission.LETTERS_WRITE, one)


def _has(actor: Actor, permission: Permission, one: OneLetter) -> bool:
    if one.facts is not None:
        return allows(actor, permission, one.facts)
    return actor.role is Role.SUPERVISOR


def _is_addressee(actor: Actor, letter: Letter) -> bool:
    return letter.department is not None and letter.department in actor.departments


async def draft_letter(work: Work, asked: NewLetter) -> Letter:
    """The first letter to an employer, as a draft. Raises `CaseNotFound`, `Conflict` when there is one already."""
    case = await get_case(work, asked.case, permission=Permission.LETTERS_WRITE, lock=True)
    _check_name("employer", asked.employer)
    if await is_written_to(work.session, case.id):
        raise Conflict(mark("There is a letter to this employer already; the next one of the ladder follows on it."))
    letter = Letter(
        kind=LetterKind.ADVICE,
        state=LetterState.DRAFT,
        field_values=employer_values(work.policy, case, employer=asked.employer, origin=work.actor.department),
        case_id=case.id,
        organisation_id=case.unit_id,
        origin=work.actor.department,
        drafted_at=work.now,
        drafted_by_id=work.actor.account_id,
        number="",
        version=1,
    )
    written(work.policy, letter, until=reply_by(work.policy, letter.kind, since=work.now))
    work.session.add(letter)
    await work.session.flush()
    await _remember(work, "letter.draft", OneLetter(letter, case))
    return letter


def _check_name(field: str, name: str) -> None:
    """Raise `Invalid` for a name with somebody's number in it, masked or not: it would stand on the letter."""
    if "*" in name or mask_text(name) != name:
        raise Invalid(Mistake(field, mark("Give the name alone, without a number: the letter never names the worker.")))


async def sign_off(work: Work, letter_id: int, asked: SignOff, *, version: int | None = None) -> Letter:
    """Give a draft its number and date; what is served in the console is sent with that. Raises `Conflict`."""
    one = await _as_read(work, letter_id, "sign", version)
    letter = one.letter
    await _check_reason(work, one)
    if letter.kind is LetterKind.CRITICISM and one.case is not None:
        letter.field_values = {**letter.field_values, **case_values(work.policy, one.case, now=work.now)}
    if letter.kind is LetterKind.RECOMMENDATION:
        if not asked.authority:
            raise Invalid(Mistake("authority", mark("Name the authority the letter goes to.")))
        _check_name("authority", asked.authority)
        letter.field_values = {**letter.field_values, "主管部门": asked.authority}
    serial = await next_serials(work.session, letter.kind, day_of(work.now))
    numbered(work.policy, letter, serial=serial, now=work.now, by=work.actor.account_id)
    await _remember(work, "letter.sign", one)
    await tell_case(work.session, one.case, letter, at=work.now, actor_id=work.actor.account_id)
    return letter


async def _check_reason(work: Work, one: OneLetter) -> None:
    """Whether what a letter was drafted for still stands. Raises `Conflict`.

    An employer's answer ends the ladder. A department that answers its 催办函 has not resolved the case by that.
    """
    letter, case = one.letter, one.case
    if letter.kind is LetterKind.CRITICISM and case is not None:
        if case.status not in IN_HANDS or case.department != letter.department:
            raise Conflict(mark("This case is no longer in the department's hands: withdraw the draft instead."))
        if not is_late(case, work.now):
            raise Conflict(mark("This case is not overdue any more: withdraw the draft instead."))
    before = await work.session.get(Letter, letter.previous_id) if letter.previous_id else None
    if before is not None and before.state is LetterState.ANSWERED and letter.kind in TO_EMPLOYERS:
        raise Conflict(mark("The letter before was answered in the meantime: withdraw this draft instead."))
    if before is not None and before.state is LetterState.WITHDRAWN:
        raise Conflict(mark("The letter before was withdrawn in the meantime: withdraw this draft instead."))


async def serve_letter(work: Work, letter_id: int, asked: Served, *, version: int | None = None) -> Letter:
    """A letter on paper has reached its addressee: from then the days to answer count. Raises `Invalid`."""
    one = await _as_read(work, letter_id, "serve", version)
    letter, today = one.letter, day_of(work.now)
    if not (letter.signed_on or today) <= asked.served_on <= today:
        raise Invalid(Mistake("served_on", mark("This is a day from the signing off until today.")))
    letter.state, letter.sent_at, letter.served_on = LetterState.SENT, work.now, asked.served_on
    since = work.now.replace(microsecond=0) - (today - asked.served_on)
    letter.reply_by = reply_by(work.policy, letter.kind, since=since)
    await _remember(work, "letter.serve", one)
    await tell_case(work.session, one.case, letter, at=work.now, actor_id=work.actor.account_id)
    return letter


async def answer_letter(work: Work, letter_id: int, asked: Answered, *, version: int | None = None) -> Letter:
    """File the answer: the ladder ends. Raises `Invalid` for a day that cannot be."""
    one = await _as_read(work, letter_id, "answer", version)
    letter = one.letter
    if not (letter.signed_on or asked.answered_on) <= asked.answered_on <= day_of(work.now):
        raise Invalid(Mistake("answered_on", mark("This is a day from the signing off until today.")))
    letter.state, letter.answered_at = LetterState.ANSWERED, work.now
    letter.answered_on, letter.answer = asked.answered_on, asked.words
    await _remember(work, "letter.answer", one)
    return letter


async def withdraw_letter(work: Work, letter_id: int, asked: Withdrawal, *, version: int | None = None) -> Letter:
    """Withdraw it, with the reason; it stays in the file, its number is not given again."""
    one = await _as_read(work, letter_id, "withdraw", version)
    letter = one.letter
    letter.state, letter.withdrawn_at = LetterState.WITHDRAWN, work.now
    letter.withdrawn_by_id, letter.withdrawn_reason = work.actor.account_id, asked.reason
    await _remember(work, "letter.withdraw", one, reason=asked.reason)
    if letter.signed_at is not None:  # of a draft the case knows nothing
        await tell_case(work.session, one.case, letter, at=work.now, actor_id=work.actor.account_id)
    return letter


async def receive_letter(work: Work, letter_id: int) -> None:
    """Somebody of the department it is served to says that they have read it; once is enough."""
    one = await get_letter(work, letter_id)
    if "receive" not in offered(work.actor, one):
        raise NotAllowed(mark("This letter is for another department."))
    if await keep_receipt(work, letter_id):
        await _remember(work, "letter.receive", one, moves=False)


async def _as_read(work: Work, letter_id: int, action: str, version: int | None) -> OneLetter:
    """The letter, held. Raises `Changed` when it is not what was read, `NotAllowed` for who may not."""
    one = await get_letter(work, letter_id, lock=True)
    if version is not None and one.letter.version != version:
        raise Changed(mark("Somebody has worked on this letter in between. Read it again, then decide."))
    if action not in offered(work.actor, one):
        raise NotAllowed(mark("As this letter stands, this is not for you to do."))
    return one


async def _remember(work: Work, act: str, one: OneLetter, *, reason: str | None = None, moves: bool = True) -> None:
    letter = one.letter
    if moves and act != "letter.draft":
        letter.version += 1
    await leave_trace(
        work,
        act,
        case_id=letter.case_id,
        subject=letter.number or (one.case.number if one.case else ""),
        reason=reason,
        details={"letter": letter.id, "kind": letter.kind.value},
    )
    await work.session.flush()


async def tell_case(
    session: AsyncSession, case: Case | None, letter: Letter, *, at: datetime, actor_id: int | None
) -> None:
    """Write what became of a signed letter into the life of its case, which must be locked, and tell the screens."""
    if case is None:
        return
    event = letter_event(case, letter, at=at, actor_id=actor_id)
    session.add(event)
    await session.flush()
    facts = notice_facts(case)
    await announce(session, at=at, kind=event.action.value, case_id=case.id, facts=facts)


def letter_event(case: Case, letter: Letter, *, at: datetime, actor_id: int | None) -> CaseEvent:
    """The step in the life of a case that says which letter went out, or what became of it; the case stays as it is."""
    case.version += 1
    became = "withdrawn" if letter.state is LetterState.WITHDRAWN else "served" if letter.served_on else None
    urges = letter.kind is LetterKind.URGE and became is None
    told = {"id": letter.id, "kind": letter.kind.value, "number": letter.number}
    return CaseEvent(
        case_id=case.id,
        version=case.version,
        at=at,
        actor_id=actor_id,
        action=Action.URGE if urges else Action.NOTE,
        before=case.status,
        after=case.status,
        reason=None,
        details={"letter": told | ({"became": became} if became else {})},
    )
