"""What the rules say, worded for the operator who is listening."""

from __future__ import annotations

from types import SimpleNamespace

from hotline.i18n import _, pick
from hotline.routing.decision import Decision
from hotline.routing.questions import missing_facts
from hotline.telephony.calls import Call
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.console.paths import path_words
from hotline.web.console.units import how_found, unit_path
from hotline.work import Work


def proposal_view(work: Work, call: Call, decision: Decision) -> SimpleNamespace:
    """The context of `console/_proposal.html`."""
    policy = work.policy
    plain = decision.to_json()
    marked = [(item.start, item.end, item.rule) for item in decision.evidence]
    if decision.unit is not None and decision.unit.start is not None and decision.unit.end is not None:
        marked.append((decision.unit.start, decision.unit.end, _("Employer")))
    others = [score for score in decision.scores if score.category != decision.category][:2]
    return SimpleNamespace(
        routed=decision.outcome == "routed",
        category_label=labels.category_name(policy, decision.category),
        group_label=labels.group_name(policy, decision.category),
        department_label=labels.department_path(policy, decision.department) if decision.department else "",
        territory=" › ".join(path_words(work, plain)),
        unit_path=unit_path(work, plain),
        unit_words=how_found(plain),
        score=f"{decision.scores[0].score:g}" if decision.scores else "0",
        margin=f"{decision.margin:g}",
        accept_by=_accept_by(work, decision),
        urgent=decision.urgency != "normal",
        urgency_label=_(labels.URGENCY_LABELS[decision.urgency]),
        difficulty_label=_(labels.DIFFICULTY_LABELS[decision.difficulty]),
        evidence=[
            SimpleNamespace(word=item.word, rule=item.rule, weight=words.weight(item.weight))
            for item in decision.evidence
        ],
        pieces=words.pieces(call.narrative, marked),
        others=[
            SimpleNamespace(label=labels.category_name(policy, score.category), score=f"{score.score:g}")
            for score in others
        ],
        missing=[_(question) for question in _missing(work, call, decision)],
        script=[pick(script.zh, script.en) for script in decision.scripts],
        rule_set=decision.rule_set,
    )


def _accept_by(work: Work, decision: Decision) -> str:
    if decision.outcome != "routed":
        return ""
    limit = work.policy.limits.find(
        group=decision.group,
        category=decision.category,
        difficulty=decision.difficulty,
        urgency=decision.urgency,
    )
    due = limit.accept_by(since=work.now, calendar=work.policy.calendar)
    return words.when(due.due_at, work.now)


def _missing(work: Work, call: Call, decision: Decision) -> tuple[str, ...]:
    category = work.policy.categories.get(decision.category) if decision.category else None
    if category is None:
        return ()
    registered = "" if decision.unit is None else decision.unit.name  # the register knows where it is
    return missing_facts(
        category,
        call.narrative,
        place=call.place or registered,
        employer=call.employer or registered,
        people=call.people,
        amount_owed=call.amount_owed,
    )
