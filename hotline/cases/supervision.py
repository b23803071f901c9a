"""What others were asked on a case: who helps until when, and which instructions wait for a report.

`new_task` and `settle` are pure, so that the demo's past is made by the same rules; `keep_tasks` does the same to the
database, and asks it nothing where a step leaves the tasks of a case alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hotline.cases import details as d
from hotline.cases.effects_supervision import answer_by
from hotline.cases.models import Case
from hotline.cases.task_models import CoHandling, Instruction
from hotline.cases.task_queries import open_co_handlings, open_instructions
from hotline.work import Work


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom and what a case waited for before a step."""

    awaited: frozenset[str]
    report_on: date | None

    @classmethod
    def on(cls, case: Case) -> Waiting:
        """As it stands now."""
        return cls(frozenset(case.co_awaited), case.report_on)


def new_task(work: Work, case: Case, details: d.Details) -> CoHandling | Instruction | None:
    """The task this step gives somebody, if it gives any."""
    if isinstance(details, d.CoHandle):
        due = answer_by(work, details.department, details.by_on)
        return CoHandling(
            case_id=case.id,
            department=details.department,
            asked_at=work.now,
            asked_by_id=work.actor.account_id,
            asked=details.reason,
            due_at=due.due_at,
            why=due.to_json(),
            released=False,
        )
    if isinstance(details, d.Supervise):
        return Instruction(
            case_id=case.id, at=work.now, by_id=work.actor.account_id, words=details.text, by_on=details.by_on
        )
    return None


def settle(work: Work, case: Case, details: d.Details, tasks: Iterable[CoHandling | Instruction]) -> None:
    """End those of these tasks that are not waited for any longer."""
    by = work.actor.account_id
    for task in tasks:
        if isinstance(task, Instruction):
            if task.reported_at is None and case.report_on is None and task.by_on is not None:
                task.reported_at, task.reported_by_id, task.report = work.now, by, details.why
        elif task.ended_at is None and task.department not in case.co_awaited:
            task.ended_at, task.ended_by_id, task.words = work.now, by, details.why
            task.released = not isinstance(details, d.CoAnswer)


async def keep_tasks(work: Work, case: Case, details: d.Details, was: Waiting) -> None:
    """Write down what this step, just taken, gives others to do, and what it settles."""
    if not was.awaited <= {*case.co_awaited}:
        settle(work, case, details, await open_co_handlings(work.session, case.id))
    if was.report_on is not None and case.report_on is None:
        settle(work, case, details, await open_instructions(work.session, case.id))
    if (task := new_task(work, case, details)) is not None:
        work.session.add(task)
