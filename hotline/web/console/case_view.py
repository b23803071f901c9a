"""A case as its page shows it: everything worded, masked, and only what this person may do."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Final

from hotline.accounts.permissions import Permission, allows
from hotline.cases.case_file import CaseFile
from hotline.cases.details import DISPOSITION_LABELS, Disposition
from hotline.cases.effects_clocks import is_paused
from hotline.cases.handling import offered
from hotline.cases.lifecycle import ACTION_LABELS, ENDS, STATUS_LABELS, Action, Status
from hotline.cases.models import Case
from hotline.cases.queries import Event
from hotline.cases.rights import facts_of
from hotline.i18n import _, mark
from hotline.privacy.masking import mask_name, mask_number, mask_text
from hotline.telephony.calls import CHANNEL_LABELS
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.console.clock_views import badge, clock_views, whose_time
from hotline.web.console.reasons import why_view
from hotline.web.console.timeline import timeline_lines
from hotline.work import Work

STAGES: Final = (
    (mark("Taken"), frozenset({Status.RECEIVED}), "opened_at"),
    (mark("Routed"), frozenset({Status.REVIEW, Status.ROUTED}), "routed_at"),
    (mark("Accepted"), frozenset({Status.ACCEPTED}), "accepted_at"),
    (mark("Resolved"), frozenset({Status.RESOLVED}), "resolved_at"),
    (mark("Called back"), frozenset({Status.FOLLOWED_UP}), None),
    (mark("Closed"), ENDS, "ended_at"),
)
NEXT_FIRST: Final[tuple[Action, ...]] = (
    Action.ACCEPT,
    Action.RESOLVE,
    Action.ROUTE,
    Action.FOLLOW_UP,
    Action.CLOSE,
    Action.CO_ANSWER,
    Action.GRANT_EXTENSION,
    Action.SUPERVISE,
)
"""Which of the offered actions is the next step; the others keep the order of the lifecycle table."""
DECISIONS: Final = frozenset(Action) - {Action.NOTE, Action.URGE}


def case_context(
    work: Work, file: CaseFile, *, shown: dict[str, str] | None = None, kind: str = "all"
) -> dict[str, Any]:
    """The context of `console/case.html` but for related cases and forms that came back with mistakes."""
    case = file.case
    by_rules = next((row for row in file.decisions if row.actor_name is None), None)
    evidence = by_rules.decision["evidence"] if by_rules else []
    marked = [(item["start"], item["end"], item["rule"]) for item in evidence]
    unit = by_rules.decision.get("unit") if by_rules else None
    if unit and unit.get("start") is not None:
        marked.append((unit["start"], unit["end"], _("Employer")))
    return {
        "case": _head(work, file, marked),
        "stages": _stages(case),
        "clocks": clock_views(work, case),
        "caller": SimpleNamespace(
            name=mask_name(file.caller.name),
            number=mask_number(file.caller.number),
            extension="",
            can_reveal=allows(work.actor, Permission.CASE_REVEAL, facts_of(case)),
            shown=shown or {},
        ),
        "calls": [_repeat(row) for row in file.repeats],
        "why": _why(work, file, by_rules),
        "timeline": _timeline(work, file.events, kind),
        "timeline_chips": _timeline_chips(case.number, kind),
        "actions": _actions(work, case),
    }


def _repeat(row: Any) -> SimpleNamespace:
    caller = " ".join(part for part in (mask_name(row.caller_name), mask_number(row.caller_number)) if part)
    said = f"{caller or _('anonymous')} ({row.number})"
    return SimpleNamespace(at=row.opened_at, channel_label=_(CHANNEL_LABELS[row.channel]), caller=said)


def _head(work: Work, file: CaseFile, marked: Sequence[tuple[int, int, str]]) -> SimpleNamespace:
    case, policy = file.case, work.policy
    merged = file.merged_into
    return SimpleNamespace(
        number=case.number,
        version=str(case.version),
        status=case.status.value,
        status_label=_(STATUS_LABELS[case.status]),
        category_label=labels.category_name(policy, case.category),
        group_label=labels.group_name(policy, case.category),
        department_label=labels.department_path(policy, case.department) if case.department else "",
        urgent=case.urgency != "normal",
        urgency_label=_(labels.URGENCY_LABELS.get(case.urgency, case.urgency)),
        difficulty_label=_(labels.DIFFICULTY_LABELS.get(case.difficulty, case.difficulty)),
        channel_label=_(CHANNEL_LABELS[case.channel]),
        confidential=case.confidential,
        supervised=case.supervised,
        due=_badge(work, case),
        opened_at=case.opened_at,
        taken_by=file.taken_by or "",
        handler=file.handler or "",
        employer=mask_text(case.employer),
        place=mask_text(case.place),
        people="" if case.people is None else words.count(case.people),
        amount_owed="" if case.amount_owed is None else words.money(case.amount_owed),
        wish_label=labels.wish_name(case.wish),
        pieces=words.pieces(mask_text(file.narrative), marked),
        co_handlers=[labels.department_path(policy, code) for code in case.co_handlers],
        disposition_label=_(DISPOSITION_LABELS[Disposition(case.disposition)]) if case.disposition else "",
        merged_into=SimpleNamespace(number=merged, href=f"/cases/{merged}") if merged else None,
        lead=SimpleNamespace(number=file.lead, href=f"/cases/{file.lead}") if file.lead else None,
        linked=[_linked(row) for row in file.linked],
        is_open=case.ended_at is None,
    )


def _linked(row: Any) -> SimpleNamespace:
    return SimpleNamespace(
        number=row.number, href=f"/cases/{row.number}", status_label=_(STATUS_LABELS[row.status]), summary=row.summary
    )


def _badge(work: Work, case: Case) -> words.DueBadge:
    if case.due_at is None:
        return words.DueBadge("none", _(STATUS_LABELS[case.status]))
    if is_paused(case, work.now):
        return words.DueBadge(
            "none", _("clock paused until {when} at the latest", when=words.when(case.paused_until, work.now))
        )
    return badge(work, case.due_at, whose_time(case))


def _stages(case: Case) -> list[SimpleNamespace]:
    now_at = next(at for at, (_label, statuses, _when) in enumerate(STAGES) if case.status in statuses)
    return [
        SimpleNamespace(
            label=_(label),
            state="done" if at < now_at or case.ended_at else "now" if at == now_at else "todo",
            at=getattr(case, moment) if moment and at <= now_at else None,
        )
        for at, (label, _statuses, moment) in enumerate(STAGES)
    ]


def _why(work: Work, file: CaseFile, by_rules: Any) -> SimpleNamespace | None:
    """What the rules said first, with every reason, and what people have changed since."""
    if by_rules is None:
        return None
    why = why_view(work.policy, by_rules.decision)
    why.at = by_rules.at
    why.changes = [_change(work, row) for row in file.decisions if row.actor_name is not None]
    return why


def _change(work: Work, row: Any) -> SimpleNamespace:
    text = _(
        "decided: {category} → {department}",
        category=labels.category_name(work.policy, row.category) or "—",
        department=labels.department_path(work.policy, row.department) if row.department else "—",
    )
    return SimpleNamespace(at=row.at, actor=row.actor_name, text=text, reason=mask_text(row.reason or ""))


def _timeline(work: Work, events: Sequence[Event], kind: str) -> list[SimpleNamespace]:
    shown = []
    for event in events:
        moved = "moved" in event.details
        what = "note" if event.action in {Action.NOTE, Action.URGE} and not moved else "decision"
        if kind not in {"all", what}:
            continue
        shown.append(
            SimpleNamespace(
                at=event.at,
                actor=event.actor_name or "",
                action_label=_("Date moved by the calendar") if moved else _(ACTION_LABELS[event.action]),
                kind=what,
                lines=timeline_lines(work, event),
                said=mask_text(event.reason or ""),
            )
        )
    return shown


def _timeline_chips(number: str, kind: str) -> list[dict[str, Any]]:
    kinds = (("all", _("All")), ("decision", _("Decisions")), ("note", _("Notes")))
    return [
        {"label": label, "href": f"/cases/{number}?show={code}#timeline", "count": None, "current": kind == code}
        for code, label in kinds
    ]


def _actions(work: Work, case: Case) -> list[SimpleNamespace]:
    may_do = offered(work.actor, case, work.now)
    ordered = [action for action in NEXT_FIRST if action in may_do]
    ordered += [action for action in may_do if action not in ordered]
    return [SimpleNamespace(code=a.value, label=_(ACTION_LABELS[a])) for a in ordered]
