"""What others were asked on a case, what the worker is to be told, and what a sample found: as the page shows it."""

from __future__ import annotations

from datetime import datetime, time
from types import SimpleNamespace
from typing import Any, Final

from hotline.accounts.permissions import Permission, allows
from hotline.accounts.roles import Role
from hotline.cases.case_file import CaseFile
from hotline.cases.effects_supervision import may_report
from hotline.cases.lifecycle import ENDS, Action
from hotline.cases.rights import facts_of
from hotline.cases.task_queries import Checked, Helped, Instructed
from hotline.clock import SHANGHAI
from hotline.i18n import _, mark
from hotline.privacy.masking import mask_text
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.console.explaining import explained
from hotline.work import Work

TOLD_OF: Final = {
    Action.GRANT_EXTENSION: mark("Tell the worker: more time was granted"),
    Action.REFUSE_EXTENSION: mark("Tell the worker: more time was not granted"),
}


def supervised_context(work: Work, file: CaseFile) -> dict[str, Any]:
    """The context of `console/_supervised.html`."""
    case = file.case
    noting = allows(work.actor, Permission.CASE_NOTE, facts_of(case)) and case.status not in ENDS
    told = next((event for event in reversed(file.events) if event.details.get("told")), None)
    return {
        "to_tell": _to_tell(work, file) if case.to_tell else None,
        "can_tell": noting,
        "told": SimpleNamespace(at=told.at, by=told.actor_name or "") if told and not case.to_tell else None,
        "instructions": [_instruction(work, one, ended=case.status in ENDS) for one in file.instructions],
        "can_report": noting and may_report(case, work.actor),
        "helpers": [_helper(work, one) for one in file.co_handlings],
        "checks": [_check(one) for one in file.checks],
        "awaited": [(code, labels.department_path(work.policy, code)) for code in _awaited(work, file)],
    }


def _to_tell(work: Work, file: CaseFile) -> SimpleNamespace:
    case = file.case
    granted = case.to_tell == Action.GRANT_EXTENSION
    new_date = words.when(case.resolve_by, work.now) if granted and case.resolve_by else ""
    said = _(TOLD_OF[Action(case.to_tell or "")])
    return SimpleNamespace(said=_("{said}, now until {when}", said=said, when=new_date) if new_date else said)


def _awaited(work: Work, file: CaseFile) -> list[str]:
    """The departments a form may name: for who helps the own ones, for who decides all."""
    awaited = file.case.co_awaited
    return awaited if work.actor.role is Role.SUPERVISOR else [one for one in awaited if one in work.actor.departments]


def _instruction(work: Work, one: Instructed, *, ended: bool) -> SimpleNamespace:
    badge = None
    if one.by_on is not None and one.reported_at is None and not ended:
        badge = words.due(datetime.combine(one.by_on, time(23, 59, 59), SHANGHAI), work.now)
    return SimpleNamespace(
        at=one.at,
        by=one.by or "",
        words=mask_text(one.words),
        by_on="" if one.by_on is None else words.on(one.by_on, work.now),
        badge=badge,
        reported_at=one.reported_at,
        reported_by=one.reported_by or "",
        report=mask_text(one.report or ""),
    )


def _helper(work: Work, one: Helped) -> SimpleNamespace:
    return SimpleNamespace(
        department=labels.department_path(work.policy, one.department),
        asked_at=one.asked_at,
        asked_by=one.asked_by or "",
        asked=mask_text(one.asked),
        due_at=one.due_at,
        badge=words.due(one.due_at, work.now) if one.ended_at is None else None,
        why=explained(one.why),
        ended_at=one.ended_at,
        ended_by=one.ended_by or "",
        words=mask_text(one.words or ""),
        released=one.released,
    )


def _check(one: Checked) -> SimpleNamespace:
    found = labels.points_found(one.points)
    return SimpleNamespace(at=one.at, by=one.by or "", points=found, remark=mask_text(one.remark))
