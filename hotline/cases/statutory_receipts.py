"""Receipts of calls (来电回执): on paper for the worker, and on record as what may have interrupted a period.

The law speaks of asking a competent body for relief (调解仲裁法 27(2)); whether a call to the union is that depends on
local practice. So a receipt says what happened and no more, and the call is a candidate until somebody confirms it.
"""

from __future__ import annotations

from typing import Any

from hotline.accounts.permissions import Permission, allows
from hotline.cases import statutory_details as d
from hotline.cases.handling import StepRefused, case_to_work_on, notice_facts
from hotline.cases.lifecycle import OPEN, Action
from hotline.cases.models import Case
from hotline.cases.rights import facts_of
from hotline.cases.statutory import add_candidate, bring_up, clock_of
from hotline.cases.statutory_hurry import note_on
from hotline.cases.statutory_models import CallReceipt
from hotline.cases.statutory_queries import day_of, receipts_made
from hotline.deadlines.statutes import STATUTES, InterruptionKind
from hotline.errors import Invalid, Mistake, NotAllowed
from hotline.i18n import _, mark
from hotline.storage.notices import announce
from hotline.work import Work, leave_trace


async def make_receipt(work: Work, number: str, asked: d.MakeReceipt) -> CallReceipt:
    """Write a receipt of the call this case began with. Raises `Invalid`, `NotAllowed` or `StepRefused`."""
    case = await case_to_work_on(work, number)
    if not allows(work.actor, Permission.CASE_WORK, facts_of(case)):
        raise NotAllowed(mark("This case is in other hands; you may read it, but not work on it."))
    _check(work, case, asked)
    receipt = CallReceipt(
        case_id=case.id,
        ordinal=await receipts_made(work.session, case.id) + 1,
        called_at=case.opened_at,
        claimed=asked.claimed,
        with_name=asked.with_name is not None,
        reason=asked.reason or None,
        made_at=work.now,
        made_by_id=work.actor.account_id,
    )
    work.session.add(receipt)
    await work.session.flush()
    details = {"receipt": receipt.ordinal, "with_name": receipt.with_name}
    await leave_trace(
        work, "receipt.make", case_id=case.id, subject=case.number, reason=asked.reason or None, details=details
    )
    if case.status in OPEN:
        recorded: dict[str, Any] = {"receipt": receipt_number(case.number, receipt.ordinal)}
        who = work.actor.account_id
        work.session.add(note_on(case, at=work.now, actor_id=who, recorded=recorded, reason=None))
        await announce(work.session, at=work.now, kind=Action.NOTE.value, case_id=case.id, facts=notice_facts(case))
        await work.session.flush()
    if asked.clock is not None:
        await _put_on_record(work, case, receipt, asked.clock)
    return receipt


def receipt_number(case_number: str, ordinal: int) -> str:
    """The number on the paper: that of the case, and which of its receipts it is."""
    return f"{case_number}-{ordinal}"


def _check(work: Work, case: Case, asked: d.MakeReceipt) -> None:
    if asked.with_name is not None:
        if not allows(work.actor, Permission.CASE_REVEAL, facts_of(case)):
            raise NotAllowed(mark("You may read this case, but its caller is not yours to know."))
        if len(asked.reason) < 2:  # noqa: PLR2004 - as everywhere a reason is asked for
            raise Invalid(Mistake("reason", mark("Say why the name is to stand on the receipt.")))
    if asked.clock is not None and case.status not in OPEN:
        raise StepRefused(mark("This case has ended. Reopen it to watch its statutory clocks."))


async def _put_on_record(work: Work, case: Case, receipt: CallReceipt, clock_id: int) -> None:
    clock = await clock_of(work, case, clock_id)
    if InterruptionKind.RELIEF not in STATUTES[clock.kind].interruptions:
        raise Invalid(Mistake("clock", mark("This law knows no such interruption.")))
    words = _("Receipt of the call {number}", number=receipt_number(case.number, receipt.ordinal))
    on = day_of(receipt.called_at)
    add_candidate(work, clock, InterruptionKind.RELIEF, on, words=words, receipt_id=receipt.id)
    await bring_up(work, case, clock, "candidate", reason=words)
