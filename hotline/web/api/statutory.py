"""Statutory clocks as the API answers them: with the law, the steps and everything on record."""

from __future__ import annotations

from collections.abc import Iterable

from hotline.cases.statutory_queries import Entry, RecordedClock
from hotline.i18n import _
from hotline.privacy.masking import mask_text
from hotline.web.api.clock_shapes import ClockEntryShape, ClockStepShape, StatutoryShape
from hotline.web.console.statutory_words import COUNSEL, why
from hotline.work import Work


def statutory_shapes(work: Work, clocks: Iterable[RecordedClock]) -> list[StatutoryShape]:
    """The clocks of a case, those that are watched first."""
    return [_shape(work, one) for one in clocks]


def _shape(work: Work, one: RecordedClock) -> StatutoryShape:
    clock = one.clock
    told = one.lapse(now=work.now, calendar=work.policy.calendar)
    return StatutoryShape(
        id=one.id,
        kind=one.kind,
        label=_(clock.statute.label),
        law=_(clock.statute.law),
        trigger_on=clock.trigger_on,
        trigger_source=clock.trigger_source,
        lapses_on=told.lapses_on,
        days_left=told.days_left,
        light=told.light,
        suspended=told.suspended,
        provisional=told.provisional,
        explanation=why(clock, told),
        steps=[
            ClockStepShape(kind=step.kind, on=step.on, until=step.until, days=step.days, about=step.about)
            for step in told.steps
        ],
        entries=[_entry(entry) for entry in one.entries],
        ended_at=one.ended_at,
        ended_as=one.ended_as,
        ended_reason=None if one.ended_reason is None else mask_text(one.ended_reason),
        advice=_(COUNSEL),
    )


def _entry(entry: Entry) -> ClockEntryShape:
    return ClockEntryShape(
        id=entry.id,
        what=entry.what,
        code=entry.code,
        from_on=entry.from_on,
        until_on=entry.until_on,
        candidate=entry.candidate,
        words=mask_text(entry.words),
        recorded_at=entry.recorded_at,
        recorded_by=entry.recorded_by,
        withdrawn_at=entry.withdrawn_at,
        withdrawn_by=entry.withdrawn_by,
        withdrawn_reason=None if entry.withdrawn_reason is None else mask_text(entry.withdrawn_reason),
    )
