"""What each action asks for: one model an action, the same for the form on the page and the body in the API."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hotline.cases.details_base import Details, WithPossibleReason, WithReason, WithText
from hotline.cases.details_clocks import Contact, Reclassify, Resume, Wait
from hotline.cases.details_supervision import CallBack, CoAnswer, CoHandle, CoRelease, Note, Supervise
from hotline.cases.lifecycle import Action, FollowUp
from hotline.cases.words import Code, Line, MaybeWords, Words
from hotline.i18n import mark

__all__ = [
    "DETAILS", "CallBack", "CoAnswer", "CoHandle", "CoRelease", "Contact", "Details", "Note", "Reclassify", "Resume",
    "Supervise", "Wait",
]  # fmt: skip
"""Besides what stands here: the models of `details_clocks` and `details_supervision`: every action in one place."""


class ReturnReason(StrEnum):
    """Why a department returns a case."""

    WRONG_DEPARTMENT = "wrong_department"
    WRONG_CATEGORY = "wrong_category"
    MISSING_FACTS = "missing_facts"
    NOT_UNION_MATTER = "not_union_matter"
    DUPLICATE = "duplicate"


class Disposition(StrEnum):
    """How a matter ended."""

    SATISFIED_CLAIM = "satisfied_claim"
    PARTLY = "partly"
    MEDIATED = "mediated"
    AIDED = "aided"
    ADVISED = "advised"
    UNFOUNDED = "unfounded"
    NO_COOPERATION = "no_cooperation"
    OTHER = "other"


RETURN_REASON_LABELS = {
    ReturnReason.WRONG_DEPARTMENT: mark("Not this department"),
    ReturnReason.WRONG_CATEGORY: mark("Another kind of matter"),
    ReturnReason.MISSING_FACTS: mark("Facts are missing"),
    ReturnReason.NOT_UNION_MATTER: mark("Not a union matter"),
    ReturnReason.DUPLICATE: mark("Already on file"),
}

DISPOSITION_LABELS = {
    Disposition.SATISFIED_CLAIM: mark("Claim met"),
    Disposition.PARTLY: mark("Claim met in part"),
    Disposition.MEDIATED: mark("Mediated"),
    Disposition.AIDED: mark("Aid given"),
    Disposition.ADVISED: mark("Advised"),
    Disposition.UNFOUNDED: mark("Unfounded"),
    Disposition.NO_COOPERATION: mark("Worker did not go on"),
    Disposition.OTHER: mark("Other result"),
}

FOLLOW_UP_LABELS = {
    FollowUp.SATISFIED: mark("Satisfied"),
    FollowUp.UNSATISFIED: mark("Not satisfied"),
    FollowUp.UNREACHABLE: mark("Not reached"),
}

MOST_EXTENSION_DAYS = 5
Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
People = Annotated[int, Field(ge=1, le=1_000_000)]
CaseNumber = Annotated[str, Field(pattern=r"^\d{4}-\d{6,}$", max_length=20)]


class Route(WithPossibleReason):
    """Give the case to a department. Empty codes take the proposal of the rules; a person's choice needs no more."""

    action = Action.ROUTE
    category: Code | None = None
    department: Code | None = None
    urgency: Annotated[str | None, Field(pattern="^(normal|urgent|critical)$")] = None
    difficulty: Annotated[str | None, Field(pattern="^(normal|hard|complex)$")] = None


class Queue(WithPossibleReason):
    """Let somebody look at it before it is routed."""

    action = Action.QUEUE


class Answer(Details):
    """Answer on the spot."""

    action = Action.ANSWER
    answer: Words
    category: Code | None = None

    @property
    def why(self) -> str | None:
        """The answer given."""
        return self.answer


class Refer(Details):
    """Name the place outside the union that can help."""

    action = Action.REFER
    refer_to: Annotated[Line, Field(min_length=1)]
    advice: MaybeWords = ""
    category: Code | None = None

    @property
    def why(self) -> str | None:
        """The advice given."""
        return self.advice or None


class Recall(WithPossibleReason):
    """Take a case back before the department has accepted it."""

    action = Action.RECALL


class Accept(Details):
    """The department takes the case into its hands."""

    action = Action.ACCEPT


class Return(WithReason):
    """Give the case back to the desk, with a reason and, if known, who should have it instead."""

    action = Action.RETURN
    reason_code: ReturnReason
    department: Code | None = None


class HandOver(WithReason):
    """Give the case to another department."""

    action = Action.HAND_OVER
    department: Code
    category: Code | None = None


class Resolve(Details):
    """Say how it ended and what was done."""

    action = Action.RESOLVE
    disposition: Disposition
    done: Words
    money_recovered: Money | None = None
    people_helped: People | None = None

    @property
    def why(self) -> str | None:
        """What was done."""
        return self.done


class Close(WithPossibleReason):
    """End the case."""

    action = Action.CLOSE


class Reopen(WithReason):
    """Take up an ended case again."""

    action = Action.REOPEN


class Withdraw(WithReason):
    """The worker does not want it pursued."""

    action = Action.WITHDRAW


class Merge(WithPossibleReason):
    """The same matter is on file already: go on there."""

    action = Action.MERGE
    into: CaseNumber


class AskExtension(WithReason):
    """Ask for more working days before the time is up."""

    action = Action.ASK_EXTENSION
    days: Annotated[int, Field(ge=1, le=MOST_EXTENSION_DAYS)]


class GrantExtension(WithPossibleReason):
    """Give the working days that were asked for."""

    action = Action.GRANT_EXTENSION


class RefuseExtension(WithReason):
    """Do not give the working days that were asked for."""

    action = Action.REFUSE_EXTENSION


class Urge(WithText):
    """Remind the department."""

    action = Action.URGE


class Link(WithPossibleReason):
    """One matter of many people: the lead case stands for all, and each goes on to its own call-back."""

    action = Action.LINK
    into: CaseNumber


class Unlink(WithPossibleReason):
    """The case stands for itself again."""

    action = Action.UNLINK


DETAILS: dict[Action, type[Details]] = {
    model.action: model
    for model in (
        Route, Queue, Answer, Refer, Recall, Accept, Return, HandOver, Resolve, CallBack, Close, Reopen, Withdraw,
        Merge, Note, AskExtension, GrantExtension, RefuseExtension, Urge, Supervise, CoHandle, CoAnswer, CoRelease,
        Link, Unlink, Contact, Wait, Resume, Reclassify,
    )
}  # fmt: skip
