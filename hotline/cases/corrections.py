"""Where people decide otherwise than the rules: written in the transaction of the step, so that none is forgotten."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, cast, exists, insert, literal, or_, select, update

from hotline.cases import details as d
from hotline.cases.lifecycle import Action, Status
from hotline.cases.models import Case, CaseDecision, Correction, CorrectionKind
from hotline.routing.decision import Decision
from hotline.work import Work

SORTING: Final = frozenset({Action.ROUTE, Action.ANSWER, Action.REFER})
"""Steps by which somebody at the desk says what a matter is."""
_TABLE: Final = Correction.__table__.c


def correction_at_intake(work: Work, case: Case, details: d.Details, decision: Decision) -> Correction:
    """The operator's choice while the call was taken, where it is another than that of the rules."""
    return Correction(
        case_id=case.id,
        case_version=case.version,
        at=work.now,
        kind=CorrectionKind.AT_INTAKE,
        rule_set=decision.rule_set,
        from_category=decision.category,
        from_department=decision.department,
        to_category=case.category,
        to_department=case.department,
        reason=details.why,
        by_id=work.actor.account_id,
    )


async def keep_correction(work: Work, case: Case, details: d.Details, was: dict[str, str | None]) -> None:
    """Write down what this step, just taken, corrects; `was` is the category and department before it.

    A return and a hand-over always correct. Whoever sorts a case at the desk completes the return it came back with;
    without one, another choice than that of the rules is a correction of its own.
    """
    if isinstance(details, d.Return):
        given = {"instead": details.department, "reason_code": details.reason_code.value}
        await work.session.execute(_written(work, case, details, CorrectionKind.RETURNED, was, **given))
    elif isinstance(details, d.HandOver):
        became = {"to_category": case.category, "to_department": case.department}
        await work.session.execute(_written(work, case, details, CorrectionKind.HANDED_OVER, was, **became))
    elif details.action in SORTING and case.category is not None:
        await work.session.execute(_sorted(work, case, details))


def _written(
    work: Work, case: Case, details: d.Details, kind: CorrectionKind, was: dict[str, str | None], **more: Any
) -> Any:
    before = {"from_category": was["category"], "from_department": was["department"]}
    return _insert(_row(work, case, details, kind) | before | more, _by_rules(case))


def _sorted(work: Work, case: Case, details: d.Details) -> Any:
    became = {"to_category": case.category, "to_department": case.department}
    done = (
        update(Correction)
        .where(
            Correction.case_id == case.id,
            Correction.kind == CorrectionKind.RETURNED,
            Correction.to_category.is_(None),
        )
        .values(became)
        .returning(Correction.id)
        .cte("done")
    )
    another: ColumnElement[bool] = CaseDecision.category.is_distinct_from(case.category)
    if case.status is Status.ROUTED:
        another = or_(another, CaseDecision.department.is_distinct_from(case.department))
    by_rules = _by_rules(case).where(another, ~exists(select(done.c.id)))
    row = _row(work, case, details, CorrectionKind.REROUTED) | became
    proposed = {"from_category": CaseDecision.category, "from_department": CaseDecision.department}
    return _insert(row | proposed, by_rules).add_cte(done)


def _row(work: Work, case: Case, details: d.Details, kind: CorrectionKind) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "case_version": case.version,
        "at": work.now,
        "kind": kind,
        "rule_set": CaseDecision.decision["rule_set"].astext,
        "reason": details.why,
        "by_id": work.actor.account_id,
    }


def _by_rules(case: Case) -> Select[Any]:
    """What the rules decided when the call was taken."""
    first = (
        select(CaseDecision.id)
        .where(CaseDecision.case_id == case.id, CaseDecision.actor_id.is_(None))
        .order_by(CaseDecision.id)
        .limit(1)
        .scalar_subquery()
    )
    return select().select_from(CaseDecision).where(and_(CaseDecision.id == first))


def _insert(row: dict[str, Any], source: Select[Any]) -> Any:
    values = [_value(name, value) for name, value in row.items()]
    return insert(Correction).from_select([*row], source.add_columns(*values), include_defaults=False)


def _value(name: str, value: Any) -> ColumnElement[Any]:
    if isinstance(value, ColumnElement) or hasattr(value, "__clause_element__"):
        return value  # type: ignore[no-any-return]
    kind = _TABLE[name].type
    return cast(literal(value, kind), kind)
