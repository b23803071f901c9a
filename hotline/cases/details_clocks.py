"""What the actions about clocks ask for: first contact, waiting for the worker, another kind or difficulty."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hotline.cases.details_base import WithPossibleReason, WithReason, WithText
from hotline.cases.lifecycle import Action
from hotline.cases.words import Code

MOST_DAYS_OF_WAITING = 10
USUAL_DAYS_OF_WAITING = 5


class Contact(WithText):
    """Write down that the worker has been spoken with for the first time, and what was said."""

    action = Action.CONTACT


class Wait(WithReason):
    """Wait for what only the worker can bring: the clock of resolution stands still, for so many days at the most."""

    action = Action.WAIT
    days: Annotated[int, Field(ge=1, le=MOST_DAYS_OF_WAITING)] = USUAL_DAYS_OF_WAITING


class Resume(WithPossibleReason):
    """The worker has brought it: the clock runs again."""

    action = Action.RESUME


class Reclassify(WithReason):
    """Change the kind of matter or its difficulty; the dates are counted anew from where they began."""

    action = Action.RECLASSIFY
    category: Code | None = None
    difficulty: Annotated[str | None, Field(pattern="^(normal|hard|complex)$")] = None
