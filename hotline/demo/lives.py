"""One case from its call on, moved by the service's own rules: what the demo shows can therefore have happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor
from hotline.cases import details as d
from hotline.cases.corrections import SORTING, correction_at_intake
from hotline.cases.effects import EFFECTS
from hotline.cases.effects_clocks import after_step, before_step
from hotline.cases.effects_supervision import after
from hotline.cases.grams import desk_marks, grams, normal
from hotline.cases.handling import change_by_person, move, offered
from hotline.cases.intake import open_case, propose
from hotline.cases.lifecycle import Action, Status, step_for
from hotline.cases.models import CallRecord, Case, CaseDecision, CaseEvent, CaseText, Correction, CorrectionKind
from hotline.cases.store import DIGITS
from hotline.cases.supervision import new_task, settle
from hotline.cases.task_models import CoHandling, Instruction
from hotline.clock import SHANGHAI
from hotline.policy import Policy
from hotline.privacy.masking import mask_text
from hotline.privacy.models import TrailEntry
from hotline.routing.decision import Decision
from hotline.telephony.calls import Call
from hotline.work import Work

_NO_SESSION: Final = cast("AsyncSession", None)
"""What steps do to a case needs no database; only storing it does."""
_LEAST: Final = timedelta(seconds=20)
ADDRESS: Final = "127.0.0.1"


class NotYetError(Exception):
    """The step would lie in the future: the case stands open today."""


@dataclass(slots=True)
class Life:
    """A case and every row that belongs to it; `at` is when it was last touched, `now` the present."""

    policy: Policy
    now: datetime
    case: Case
    text: CaseText
    call: CallRecord
    decision: Decision
    at: datetime
    decisions: list[CaseDecision] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    trail: list[TrailEntry] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    co_handlings: list[CoHandling] = field(default_factory=list)
    instructions: list[Instruction] = field(default_factory=list)

    def filed_text(self) -> CaseText:
        """The words, to be found on the desks on which the case lies now."""
        marks = desk_marks(self.case.department, self.case.co_handlers)
        return CaseText(
            case_id=self.case.id,
            narrative=self.text.narrative,
            searched=self.text.searched,
            grams=[*grams(self.text.searched), *marks],
        )

    def step(self, who: Actor, details: d.Details, *, at: datetime, into: Case | None = None) -> None:
        """Let this person take this step at that time, or a moment after the last one.

        Raises `NotYetError` when that is still to come, `RuntimeError` when the service would refuse it.
        """
        at = max(at, self.at + _LEAST)
        if at > self.now:
            raise NotYetError
        step = step_for(self.case.status, details.action, who.role, details.outcome)
        if step is None or details.action not in offered(who, self.case, at):
            msg = f"{who.login} is not offered {details.action} at {self.case.status}"
            raise RuntimeError(msg)
        work = _work(self.policy, who, at)
        was = {"category": self.case.category, "department": self.case.department}
        before_step(work, self.case, leaves=step.target is not None)
        recorded = EFFECTS[details.action](work, self.case, details)
        after_step(work, self.case, details)
        after(self.case, details, recorded)
        if into is not None:
            self.case.merged_into_id = into.id
        self.events.append(move(work, self.case, step, details, recorded))
        if details.action in {Action.ROUTE, Action.HAND_OVER}:
            self.decisions.append(change_by_person(work, self.case, details, was))
        self._correct(work, details, was)
        self._keep_tasks(work, details)
        self._write_down(who, at, f"case.{details.action.value}", {})
        self.at = at

    def begin(self, who: Actor, first: d.Details) -> None:
        """Take the first step, as intake does; raises `RuntimeError` when the service would refuse it."""
        step = step_for(self.case.status, first.action, who.role, first.outcome)
        if step is None:
            msg = f"a case cannot begin with {first.action}"
            raise RuntimeError(msg)
        work = _work(self.policy, who, self.at)
        recorded = EFFECTS[first.action](work, self.case, first)
        self.events.append(move(work, self.case, step, first, recorded))
        was = {"category": self.decision.category, "department": self.decision.department}
        elsewhere = self.case.status is Status.ROUTED and self.case.department != self.decision.department
        if elsewhere or self.case.category != self.decision.category:
            self.decisions.append(change_by_person(work, self.case, first, was))
            self.corrections.append(correction_at_intake(work, self.case, first, self.decision))
        self._write_down(who, self.at, "call.take", {"first": first.action.value})

    def _keep_tasks(self, work: Work, details: d.Details) -> None:
        """Keep what this step gives others to do, as `cases.supervision.keep_tasks` does in the database."""
        settle(work, self.case, details, [*self.co_handlings, *self.instructions])
        task = new_task(work, self.case, details)
        if isinstance(task, CoHandling):
            self.co_handlings.append(task)
        elif task is not None:
            self.instructions.append(task)

    def _correct(self, work: Work, details: d.Details, was: dict[str, str | None]) -> None:
        """Keep what this step corrects, as `cases.corrections.keep_correction` does in the database."""
        case, rules = self.case, {"category": self.decision.category, "department": self.decision.department}
        became = {"category": case.category, "department": case.department}
        given_back = [one for one in self.corrections if one.kind is CorrectionKind.RETURNED and not one.to_category]
        if isinstance(details, d.Return):
            made = self._correction(work, details, CorrectionKind.RETURNED, was, {"category": None, "department": None})
            made.instead, made.reason_code = details.department, details.reason_code.value
        elif isinstance(details, d.HandOver):
            self._correction(work, details, CorrectionKind.HANDED_OVER, was, became)
        elif details.action in SORTING and case.category is not None:
            for one in given_back:
                one.to_category, one.to_department = case.category, case.department
            elsewhere = case.status is Status.ROUTED and case.department != rules["department"]
            if not given_back and (elsewhere or case.category != rules["category"]):
                self._correction(work, details, CorrectionKind.REROUTED, rules, became)

    def _correction(
        self,
        work: Work,
        details: d.Details,
        kind: CorrectionKind,
        before: dict[str, str | None],
        after: dict[str, str | None],
    ) -> Correction:
        made = Correction(
            case_id=self.case.id,
            case_version=self.case.version,
            at=work.now,
            kind=kind,
            rule_set=self.decision.rule_set,
            from_category=before["category"],
            from_department=before["department"],
            to_category=after["category"],
            to_department=after["department"],
            reason=details.why,
            by_id=work.actor.account_id,
        )
        self.corrections.append(made)
        return made

    def _write_down(self, who: Actor, at: datetime, act: str, details: dict[str, Any]) -> None:
        self.trail.append(
            TrailEntry(
                at=at,
                actor_id=who.account_id,
                actor=who.login,
                act=act,
                case_id=self.case.id,
                subject=self.case.number,
                reason=None,
                details=details,
                address=ADDRESS,
                request_id="",
            )
        )


def _work(policy: Policy, who: Actor, at: datetime) -> Work:
    return Work(session=_NO_SESSION, policy=policy, actor=who, now=at)


def life_of(policy: Policy, who: Actor, call: Call, *, case_id: int, at: datetime, now: datetime) -> Life:
    """A case as it is when `who` has taken this call at `at` and not taken a step yet."""
    work = _work(policy, who, at)
    decision = propose(work, call)
    case = open_case(work, call, decision)
    case.id = case_id
    case.number = f"{at.astimezone(SHANGHAI).year}-{case_id:0{DIGITS}d}"
    return Life(
        policy=policy,
        now=now,
        case=case,
        text=_text(case, call),
        call=_record(case, call),
        decision=decision,
        at=at,
        decisions=[_by_the_rules(case, decision)],
    )


def _text(case: Case, call: Call) -> CaseText:
    searched = "\n".join(normal(mask_text(part)) for part in (call.narrative, call.employer, call.place))
    return CaseText(case_id=case.id, narrative=call.narrative, searched=searched)


def _record(case: Case, call: Call) -> CallRecord:
    return CallRecord(
        case_id=case.id,
        at=case.opened_at,
        caller_number=call.caller_number.normal,
        caller_extension=call.caller_number.extension,
        caller_name=call.caller_name,
        name_grams=grams(normal(call.caller_name)),
    )


def _by_the_rules(case: Case, decision: Decision) -> CaseDecision:
    return CaseDecision(
        case_id=case.id,
        at=case.opened_at,
        actor_id=None,
        category=decision.category,
        department=decision.department,
        reason=None,
        decision=decision.to_json(),
    )
