"""Following up: a call-back together with what follows from it, in one step of whoever calls."""

from __future__ import annotations

from hotline.cases import details as d
from hotline.cases.handling import perform
from hotline.cases.lifecycle import FollowUp
from hotline.cases.models import Case
from hotline.work import Work


async def take_step(work: Work, case: Case, details: d.Details, *, close_too: bool = False) -> None:
    """Take this step; after a call-back also the one that follows: take the case up again, or with `close_too` end it.

    The case must be locked. Raises what `perform` raises.
    """
    await perform(work, case, details)
    if not isinstance(details, d.CallBack):
        return
    if details.reopen:
        await perform(work, case, d.Reopen(reason=details.reason))
    elif close_too and (details.result is FollowUp.SATISFIED or details.reopen is False):
        await perform(work, case, d.Close(reason=details.reason))
