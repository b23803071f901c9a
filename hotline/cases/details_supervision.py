"""What the actions of following up and supervising ask for: call-backs, instructions, notes, co-handling."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from hotline.cases.details_base import Details, WithReason, WithText
from hotline.cases.lifecycle import Action, FollowUp
from hotline.cases.words import Code, MaybeWords

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]
"""A day the calendar can count with."""


class CallBack(Details):
    """Say what the worker said when called back.

    Of somebody who is not satisfied, `reopen` says whether the case is taken up again at once; either way `reason` says
    why. Left out, the case waits for that decision.
    """

    action = Action.FOLLOW_UP
    result: FollowUp = Field(alias="outcome")
    words: MaybeWords = ""
    solved: bool | None = None
    in_time: bool | None = None
    reopen: bool | None = None
    reason: MaybeWords = ""

    @property
    def outcome(self) -> str | None:
        """The three results lead to different ends."""
        return self.result

    @property
    def why(self) -> str | None:
        """What the worker said."""
        return self.words or None


class Note(WithText):
    """Write something down. It can be the report an instruction asks for, or say that the worker has been told."""

    action = Action.NOTE
    reported: bool = False
    told: bool = False


class Supervise(WithText):
    """Give an instruction and keep an eye on the case; `by_on` is the day by which the department shall report."""

    action = Action.SUPERVISE
    by_on: Day | None = None


class CoHandle(WithReason):
    """Ask another department to help; the case stays where it is. Without `by_on` the usual limit counts."""

    action = Action.CO_HANDLE
    department: Code
    by_on: Day | None = None


class CoAnswer(WithText):
    """Answer what one was asked to help with, for one's own department or the one named."""

    action = Action.CO_ANSWER
    department: Code | None = None


class CoRelease(WithReason):
    """Wait no longer for a department that was asked to help."""

    action = Action.CO_RELEASE
    department: Code | None = None
