"""The panel of statutory clocks on the page of a case: what is watched, what may be asked, and receipts."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from hotline.accounts.permissions import Permission, allows
from hotline.cases.case_file import CaseFile
from hotline.cases.lifecycle import OPEN
from hotline.cases.rights import facts_of
from hotline.cases.statutory_models import EntryKind
from hotline.cases.statutory_offers import Offer, offers
from hotline.cases.statutory_queries import Entry, Receipt, RecordedClock
from hotline.cases.statutory_receipts import receipt_number
from hotline.deadlines.statutes import (
    ENDED_LABELS,
    INTERRUPTION_LABELS,
    SOURCE_LABELS,
    STATUTES,
    SUSPENSION_LABELS,
    InterruptionKind,
    Source,
)
from hotline.i18n import _
from hotline.privacy.masking import mask_text
from hotline.web.console.statutory_words import COUNSEL, advice, badge, day_in_full, event_label, why
from hotline.work import Work

Options = list[tuple[str, str]]


def statutory_panel(work: Work, file: CaseFile) -> SimpleNamespace:
    """The context of `console/_statutory.html`."""
    facts = facts_of(file.case)
    works = allows(work.actor, Permission.CASE_WORK, facts)
    changes = works and file.case.status in OPEN
    watched = [clock for clock in file.statutory.clocks if clock.ended_at is None]
    asked = offers(work.policy, file.case, file.narrative, watched=(one.kind for one in file.statutory.clocks))
    clocks = [_clock(work, clock) for clock in watched]
    return SimpleNamespace(
        counsel=_(COUNSEL),
        pressing=next((f"{_('Statutory clock')} {one.badge.text}" for one in clocks if one.advice), "")
        if file.case.status in OPEN
        else "",
        can_change=changes,
        can_receipt=works,
        can_name=allows(work.actor, Permission.CASE_REVEAL, facts) and bool(file.caller.name),
        clocks=clocks,
        ended=[_clock(work, clock) for clock in file.statutory.clocks if clock.ended_at is not None],
        offers=[_offer(one) for one in asked] if changes else [],
        kinds=[(kind.value, _(law.label)) for kind, law in STATUTES.items()],
        sources=_options(SOURCE_LABELS),
        ended_as=_options(ENDED_LABELS),
        receipts=[_receipt(file, one) for one in file.statutory.receipts],
        relief=[
            (str(clock.id), _(STATUTES[clock.kind].label))
            for clock in watched
            if changes and InterruptionKind.RELIEF in STATUTES[clock.kind].interruptions
        ],
        called_at=file.case.opened_at,
    )


def _options(labels: dict[Any, str], among: Iterable[Any] | None = None) -> Options:
    wanted = labels.keys() if among is None else {*among}
    return [(code.value, _(label)) for code, label in labels.items() if code in wanted]


def _offer(one: Offer) -> SimpleNamespace:
    law = STATUTES[one.kind]
    return SimpleNamespace(
        kind=one.kind.value,
        label=_(law.label),
        law=_(law.law),
        question=_("Since when does it count: {what}?", what=_(law.counted_from)),
        may_go_on=_(law.may_go_on) if law.may_go_on else "",
        words=[mask_text(word) for word in one.words],
    )


def _clock(work: Work, one: RecordedClock) -> SimpleNamespace:
    told, law = one.lapse(now=work.now, calendar=work.policy.calendar), STATUTES[one.kind]
    live = [entry for entry in one.entries if entry.withdrawn_at is None]
    trigger = next(entry for entry in live if entry.what is EntryKind.TRIGGER)
    facts = [entry for entry in live if entry.what is not EntryKind.TRIGGER]
    return SimpleNamespace(
        id=str(one.id),
        label=_(law.label),
        law=_(law.law),
        note=_(law.note),
        badge=badge(told),
        light=told.light.value,
        lapses_on=day_in_full(told.lapses_on) if told.lapses_on else "",
        suspended=told.suspended,
        why=why(one.clock, told),
        advice=advice(one.kind, told),
        may_go_on=_(law.may_go_on) if law.may_go_on else "",
        trigger={
            "trigger_on": trigger.from_on.isoformat() if trigger.from_on else "",
            "source": trigger.code,
            "words": mask_text(trigger.words),
        },
        interruptions=_options(INTERRUPTION_LABELS, law.interruptions),
        suspensions=_options(SUSPENSION_LABELS, law.suspensions),
        going_on=[_choice(one) for one in facts if one.what is EntryKind.SUSPENSION and one.until_on is None],
        candidates=[_choice(one) for one in facts if one.candidate],
        facts=[_choice(one) for one in facts],
        entries=[_entry(entry) for entry in one.entries],
        ended=_("{how}: {reason}", how=_(ENDED_LABELS[one.ended_as]), reason=mask_text(one.ended_reason or ""))
        if one.ended_as
        else "",
        ended_at=one.ended_at,
        ended_by=one.ended_by or "",
    )


def _choice(entry: Entry) -> tuple[str, str]:
    return str(entry.id), f"{_days(entry)} {event_label(entry.code)}"


def _days(entry: Entry) -> str:
    if entry.from_on is None:
        return _("still going on")
    if entry.what is not EntryKind.SUSPENSION:
        return day_in_full(entry.from_on)
    until = day_in_full(entry.until_on) if entry.until_on else _("still going on")
    return f"{day_in_full(entry.from_on)} – {until}"


def _entry(entry: Entry) -> SimpleNamespace:
    known_from = entry.what is EntryKind.TRIGGER
    label = _("Counts from; source: {source}", source=_(SOURCE_LABELS[Source(entry.code)])) if known_from else ""
    return SimpleNamespace(
        days=_days(entry),
        label=label or event_label(entry.code),
        words=mask_text(entry.words),
        candidate=entry.candidate and entry.withdrawn_at is None,
        at=entry.recorded_at,
        by=entry.recorded_by or _("the service"),
        withdrawn_at=entry.withdrawn_at,
        withdrawn_by=entry.withdrawn_by or "",
        withdrawn_reason=mask_text(_(entry.withdrawn_reason)) if entry.withdrawn_reason else "",
    )


def _receipt(file: CaseFile, one: Receipt) -> SimpleNamespace:
    return SimpleNamespace(
        id=str(one.id),
        number=receipt_number(file.case.number, one.ordinal),
        made_at=one.made_at,
        made_by=one.made_by or "",
        with_name=one.with_name,
    )
