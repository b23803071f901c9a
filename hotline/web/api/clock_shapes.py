"""What the API answers of clocks: due dates with their explanation, and the periods of the law."""

from __future__ import annotations

from datetime import date
from typing import Literal

from hotline.cases.statutory_models import EntryKind
from hotline.deadlines.calendar import Reason
from hotline.deadlines.lapsing import Light, StepKind
from hotline.deadlines.statutes import Ended, Kind, Source
from hotline.web.api.base_shapes import Moment, Shape


class DueShape(Shape):
    """When the case must be accepted, resolved and followed up; empty when that clock does not run."""

    accept_by: Moment | None
    resolve_by: Moment | None
    follow_up_by: Moment | None


class DayShape(Shape):
    """A day on the way to a date: why it counts or not, and the holiday it belongs to."""

    on: date
    reason: Reason
    name: str = ""
    name_en: str = ""


class ExtensionShape(Shape):
    """Working days granted on top of a limit, and when."""

    days: int
    at: Moment


class PauseShape(Shape):
    """From when until when the clock stood still, at the latest, and for what."""

    since: Moment
    until: Moment
    reason: str


class ClockShape(Shape):
    """One clock of a case: its date and how that was counted.

    `working_days` or `hours` (on the clock) are the limit, `rule` the line of deadlines.toml that decided.
    `gross_minutes` are working minutes from `since` to `stopped_at`, or until now; `net_minutes` those without pauses.
    """

    clock: Literal["review", "accept", "contact", "resolve", "follow_up"]
    due_at: Moment
    since: Moment
    stopped_at: Moment | None
    running: bool
    rule: str
    working_days: int | None
    hours: int | None
    counted: list[DayShape]
    skipped: list[DayShape]
    extensions: list[ExtensionShape]
    pauses: list[PauseShape]
    provisional: bool
    gross_minutes: int
    net_minutes: int


class ClockStepShape(Shape):
    """One line of why a clock lapses on its day; `about` is the code of the interruption or suspension it speaks of."""

    kind: StepKind
    on: date
    until: date | None
    days: int
    about: str


class ClockEntryShape(Shape):
    """A fact on record about a clock: the day it counts from, an interruption or a suspension.

    Dates are based neither on a `candidate`, which nobody has confirmed yet, nor on what was withdrawn. `id` is what
    `resume`, `take_back` and `confirm` name as `entry`.
    """

    id: int
    what: EntryKind
    code: str
    from_on: date | None
    until_on: date | None
    candidate: bool
    words: str
    recorded_at: Moment
    recorded_by: str | None
    withdrawn_at: Moment | None
    withdrawn_by: str | None
    withdrawn_reason: str | None


class StatutoryShape(Shape):
    """A statutory clock: until when, by which law, and why that day. What counsel says goes before it (`advice`)."""

    id: int
    kind: Kind
    label: str
    law: str
    trigger_on: date | None
    trigger_source: Source
    lapses_on: date | None
    days_left: int | None
    light: Light
    suspended: bool
    provisional: bool
    explanation: list[str]
    steps: list[ClockStepShape]
    entries: list[ClockEntryShape]
    ended_at: Moment | None
    ended_as: Ended | None
    ended_reason: str | None
    advice: str
