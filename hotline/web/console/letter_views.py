"""Letters as pages show them: worded, and only what this person may do."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Final

from hotline.accounts.permissions import Permission, allows
from hotline.cases.case_file import CaseFile
from hotline.cases.rights import facts_of
from hotline.documents.letter_texts import KIND_LABELS, TO_EMPLOYERS, LetterKind
from hotline.i18n import _, mark
from hotline.letters.filling import paper_of
from hotline.letters.models import Letter, LetterState
from hotline.letters.store import OneLetter, People, ShortLetter
from hotline.privacy.masking import mask_text
from hotline.web import show as words
from hotline.web.console.labels import department_path
from hotline.work import Work

STATE_LABELS: Final = {
    LetterState.DRAFT: mark("Draft"),
    LetterState.SIGNED: mark("Signed off"),
    LetterState.SENT: mark("Sent"),
    LetterState.ANSWERED: mark("Answered"),
    LetterState.WITHDRAWN: mark("Withdrawn"),
}


def letters_panel(work: Work, file: CaseFile) -> SimpleNamespace:
    """What the panel of letters on the page of a case shows, of a file that was asked for with `letters_beside`."""
    found = [ShortLetter(id_, LetterKind(kind), number, LetterState(state)) for id_, kind, number, state in file.beside]
    written_to = any(row.kind in TO_EMPLOYERS and row.state is not LetterState.WITHDRAWN for row in found)
    return SimpleNamespace(
        rows=[_short(row) for row in found],
        can_draft=not written_to and allows(work.actor, Permission.LETTERS_WRITE, facts_of(file.case)),
    )


def _short(letter: Letter | ShortLetter) -> SimpleNamespace:
    return SimpleNamespace(
        id=str(letter.id),
        kind_label=_(KIND_LABELS[letter.kind]),
        number=letter.number,
        state=letter.state.value,
        state_label=_(STATE_LABELS[letter.state]),
    )


def list_rows(work: Work, found: Sequence[Any]) -> list[SimpleNamespace]:
    """The rows of the list of letters."""
    return [
        SimpleNamespace(
            **vars(_short(row.Letter)),
            title=row.Letter.title,
            addressee=row.Letter.addressee,
            at=row.Letter.sent_at or row.Letter.signed_at or row.Letter.drafted_at,
            reply=_reply(work, row.Letter),
            case_number=row.case_number or "",
        )
        for row in found
    ]


def _reply(work: Work, letter: Letter) -> words.DueBadge | None:
    if letter.state is not LetterState.SENT or letter.reply_by is None:
        return None
    return words.due(letter.reply_by, work.now)


def letter_context(
    work: Work, one: OneLetter, people: People, chain: Sequence[Letter], *, actions: Sequence[str], received: bool
) -> dict[str, Any]:
    """The context of `console/letter.html` but for forms that came back with mistakes."""
    letter, paper = one.letter, paper_of(one.letter)
    shown = paper.data()
    return {
        "letter": SimpleNamespace(
            **vars(_short(letter)),
            version=str(letter.version),
            reply=_reply(work, letter),
            reply_by=letter.reply_by,
            answer=mask_text(letter.answer or ""),
            answered_on=letter.answered_on,
            reason=mask_text(letter.withdrawn_reason or ""),
            case_number=one.case.number if one.case is not None else "",
            department=department_path(work.policy, letter.department) if letter.department else "",
            needs_authority=letter.kind is LetterKind.RECOMMENDATION,
        ),
        "paper": SimpleNamespace(**shown),
        "history": _history(letter, people),
        "chain": [_short(row) for row in chain] if len(chain) > 1 else [],
        "actions": [action for action in actions if action != "receive" or not received],
        "received": received,
    }


def _history(letter: Letter, people: People) -> list[tuple[Any, str, str]]:
    """What was done with it: when, what, by whom."""
    rule = _("by rule")
    steps: list[tuple[Any, str, str]] = [(letter.drafted_at, _("Drafted"), people.drafted_by or rule)]
    if letter.signed_at is not None:
        steps.append((letter.signed_at, _("Signed off as {number}", number=letter.number), people.signed_by or rule))
    if letter.sent_at is not None:
        steps.append((letter.sent_at, _("Sent"), ""))
    steps += [(at, _("Read"), name) for name, at in people.receipts]
    if letter.answered_at is not None:
        steps.append((letter.answered_at, _("Answer filed"), ""))
    if letter.withdrawn_at is not None:
        steps.append((letter.withdrawn_at, _("Withdrawn"), people.withdrawn_by))
    return sorted(steps, key=lambda step: step[0])
