"""What every form of an action has: the base of the models in `cases.details`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from hotline.cases.lifecycle import Action
from hotline.cases.words import MaybeWords, Words


class Details(BaseModel):
    """Base: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    action: ClassVar[Action]

    @property
    def outcome(self) -> str | None:
        """Tells apart the steps of one action that lead to different ends."""
        return None

    @property
    def why(self) -> str | None:
        """The sentence that stands as reason in the timeline."""
        return None


class WithPossibleReason(Details):
    """A reason may be given."""

    reason: MaybeWords = ""

    @property
    def why(self) -> str | None:
        """The reason, if there is one."""
        return self.reason or None


class WithReason(WithPossibleReason):
    """A reason must be given."""

    reason: Words


class WithText(Details):
    """Something must be said."""

    text: Words

    @property
    def why(self) -> str | None:
        """What was said."""
        return self.text
