"""What each change of a statutory clock asks for: one model each, read from the forms of the case page."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from hotline.cases.words import Line, MaybeWords
from hotline.deadlines.statutes import Ended, InterruptionKind, Kind, Source, SuspensionKind

Id = Annotated[int, Field(ge=1, lt=2**63)]
Evidence = Annotated[Line, Field(min_length=2)]


class ClockDetails(BaseModel):
    """Base: unknown keys are refused. `did` names the change in the timeline and in the trail."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    did: ClassVar[str]


class Begin(ClockDetails):
    """Watch a clock; without a day the employment or the act still goes on."""

    did = "begin"
    kind: Kind
    trigger_on: date | None = None
    source: Source
    words: Line = ""


class Correct(ClockDetails):
    """The day it counts from is another one."""

    did = "correct"
    trigger_on: date | None = None
    source: Source
    words: Line = ""
    reason: Evidence


class Interrupt(ClockDetails):
    """The period starts anew."""

    did = "interrupt"
    interruption: InterruptionKind
    on: date
    words: Evidence


class Suspend(ClockDetails):
    """The worker cannot act from this day on; without a last day the obstacle still goes on."""

    did = "suspend"
    suspension: SuspensionKind
    first_on: date
    last_on: date | None = None
    words: Evidence


class EndSuspension(ClockDetails):
    """The obstacle ended on this day."""

    did = "resume"
    entry: Id
    last_on: date


class TakeBack(ClockDetails):
    """An interruption or a suspension does not hold; it stays on record."""

    did = "take_back"
    entry: Id
    reason: Evidence


class Confirm(ClockDetails):
    """A candidate counts as an interruption; who says so stands in the reason."""

    did = "confirm"
    entry: Id
    reason: Evidence


class End(ClockDetails):
    """The clock need not be watched any longer."""

    did = "end"
    ended_as: Ended
    reason: Evidence


class MakeReceipt(ClockDetails):
    """A receipt for the worker; with a `clock` the call is put on record there as a candidate for an interruption."""

    did = "receipt"
    claimed: Annotated[MaybeWords, Field(min_length=2, max_length=400)]
    with_name: Annotated[str, Field(pattern="^yes$")] | None = None
    reason: Line = ""
    clock: Id | None = None


CHANGES: dict[str, type[ClockDetails]] = {
    model.did: model for model in (Correct, Interrupt, Suspend, EndSuspension, TakeBack, Confirm, End)
}
"""What may be done to a clock that is watched, by the last part of the address."""
