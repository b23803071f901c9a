"""Terms of office: a notice half a year before the election is due; one month before, with none filed, a 催办函.

What was never filed gets one letter for its date, however long ago that was: a date of 1986 in the register is one
letter of the superior, not one for each year.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, DateTime, Select, cast, func, select
from sqlalchemy.orm import aliased

from hotline.deadlines.reminding import add_months
from hotline.documents.letter_texts import LetterKind
from hotline.documents.paper import in_words
from hotline.letters.models import Letter, LetterState
from hotline.registry.models import Organisation
from hotline.reminders.duty import After, Duty, Round, Told, in_order, untold
from hotline.reminders.models import Audience, ObjectKind, Step

_ABOVE: Final = aliased(Organisation)
UNION_AFFAIRS: Final = "union_affairs"
"""The group of matters whose department looks after the unions of a federation."""
_SHORTER_MONTHS: Final = timedelta(days=3)
_DUE_AT: Final = func.timezone("UTC", cast(Organisation.next_election_on, DateTime()))
"""The day as the key of a reminder has it: its first moment in UTC, where no day ever began an hour late."""


def _terms(step: Step, place: After | None, most: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    query = (
        select(
            Organisation,
            Organisation.next_election_on.label("order_at"),
            _ABOVE.code.label("above_code"),
            _ABOVE.name.label("above_name"),
        )
        .outerjoin(_ABOVE, _ABOVE.code == Organisation.superior_code)
        .where(
            Organisation.ended_at.is_(None),
            Organisation.next_election_on.is_not(None),
            untold(ObjectKind.ORGANISATION, step, Organisation.id, _DUE_AT),
            *conditions,
        )
    )
    return in_order(query, Organisation.next_election_on, Organisation, place, most)


def _within(now: Round, months: int) -> list[ColumnElement[bool]]:
    """That so many months before the election have begun; the first condition is there for the index."""
    begins = Organisation.next_election_on - func.make_interval(0, months)
    return [Organisation.next_election_on <= add_months(now.today, months) + _SHORTER_MONTHS, begins <= now.today]


def _find_notice(now: Round, place: After | None, most: int) -> Select[Any]:
    steps = now.policy.reminding.term
    _bound, letter = _within(now, steps.urge_months)
    return _terms(Step.TERM_NOTICE, place, most, ~letter, *_within(now, steps.notice_months))


def _find_urge(now: Round, place: After | None, most: int) -> Select[Any]:
    return _terms(Step.TERM_URGE, place, most, *_within(now, now.policy.reminding.term.urge_months))


def _about(now: Round, row: Any) -> dict[str, Any]:
    union: Organisation = row.Organisation
    told = told_for(now, department_of(now, row.above_code, row.above_name))
    return {
        "due_at": datetime.combine(row.order_at, time(), UTC),
        "audience": Audience.DEPARTMENT if told else Audience.SUPERVISORS,
        "department": told,
        "organisation_id": union.id,
        "facts": {"code": union.code, "name": union.name, "on": row.order_at.isoformat()},
    }


def department_of(now: Round, code: str | None, name: str | None) -> str:
    """The department that is the superior organisation: by its code, else by its name, else the city's federation."""
    tree = now.policy.departments
    known = (one.code for one in tree if (code and one.organisation == code) or (name and one.name == name))
    return next(known, tree.root.code)


def told_for(now: Round, department: str) -> str | None:
    """Who is told for this department: itself, else who looks after unions there; None where nobody works in either."""
    after = (one.code for one in now.policy.departments.children(department) if UNION_AFFAIRS in one.handles)
    return next((code for code in (department, *after) if code in now.staffed), None)


def _tell_notice(now: Round, row: Any) -> Sequence[Told]:
    return [Told(step=Step.TERM_NOTICE, **_about(now, row))]


def _tell_urge(now: Round, row: Any) -> Sequence[Told]:
    about = _about(now, row)
    letter = Letter(
        kind=LetterKind.TERM_URGE,
        state=LetterState.DRAFT,
        field_values={
            "发函单位": now.policy.reminding.desk.name,
            "上级工会": row.above_name or now.policy.departments.root.name,
            "工会名称": row.Organisation.name,
            "届满日期": in_words(row.order_at),
        },
        organisation_id=row.Organisation.id,
        department=department_of(now, row.above_code, row.above_name),
        origin=about["department"],
        drafted_at=now.now,
    )
    return [Told(step=Step.TERM_URGE, letter=letter, signed=True, **about)]


NOTICE = Duty(Step.TERM_NOTICE, ObjectKind.ORGANISATION, Organisation, _find_notice, _tell_notice)
URGE = Duty(Step.TERM_URGE, ObjectKind.ORGANISATION, Organisation, _find_urge, _tell_urge)
