"""Several cases of one matter: merged into one that goes on, or linked to a lead case while each goes on."""

from __future__ import annotations

from hotline.accounts.permissions import Permission
from hotline.cases.effects import NotNow
from hotline.cases.models import Case
from hotline.cases.queries import get_case, is_lead, lock_at_once
from hotline.cases.statutory_queries import is_watched
from hotline.errors import Invalid, Mistake, NotFound
from hotline.i18n import mark
from hotline.work import Work


async def merge_target(work: Work, case: Case, number: str) -> int:
    """The id of the case to go on with, held until the transaction ends. Raises `Invalid` or `NotNow`.

    It goes on watching the statutory clocks of this one: those of a confidential case do not get before more eyes.
    """
    itself = mark("A case cannot be merged into itself. Give the other number.")
    other = await _other(work, case, number, itself=itself)
    if case.confidential and not other.confidential and await is_watched(work.session, case.id):
        message = mark(
            "This case is confidential and has statutory clocks, which all who see case {number} would see. "
            "Link it instead, or merge the other case into this one."
        )
        raise Invalid(Mistake("into", message, {"number": number}))
    return other.id


async def lead_of(work: Work, case: Case, number: str) -> int:
    """The id of the lead case, held until the transaction ends. Raises `Invalid` or `NotNow`.

    Links have one level: a lead case is linked to none, and a case others are linked to stays their lead.
    """
    itself = mark("A case cannot be linked to itself. Give the number of the lead case.")
    lead = await _other(work, case, number, itself=itself)
    if lead.lead_id is not None:
        raise Invalid(Mistake("into", mark("Case {number} is linked to a lead case itself."), {"number": number}))
    if await is_lead(work.session, case.id):
        raise Invalid(Mistake("into", mark("Other cases are linked to this one: it is a lead case itself.")))
    return lead.id


async def _other(work: Work, case: Case, number: str, *, itself: str) -> Case:
    try:
        other = await get_case(work, number, permission=Permission.CASE_WORK)
    except NotFound:
        raise Invalid(
            Mistake("into", mark("There is no case {number} that you may work on."), {"number": number})
        ) from None
    if other.id == case.id:
        raise Invalid(Mistake("into", itself))
    # Locked without waiting: of two cases merged into each other at once, one or both are refused, never both ended.
    if not await lock_at_once(work, other):
        raise NotNow(mark("Somebody is working on case {number} this very moment. Try again."), number=number)
    if other.ended_at is not None:
        raise Invalid(Mistake("into", mark("Case {number} has ended; reopen it first."), {"number": number}))
    return other
