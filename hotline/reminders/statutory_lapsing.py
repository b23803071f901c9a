"""Little time left: who has the case is told when a period of the law comes under thirty days.

That the case becomes urgent is done by `cases.statutory_hurry`, day and night; this is the line in the inbox. Only that
counts the days as the law does: while an obstacle goes on, the last day in the row is too early.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final

from sqlalchemy import DateTime, Select, Time, cast, func, literal, select

from hotline.cases.models import Case
from hotline.cases.statutory_models import WatchedClock
from hotline.clock import SHANGHAI
from hotline.reminders.duty import After, Duty, Round, Told, about_case, in_order, untold
from hotline.reminders.models import Audience, ObjectKind, Step

_BEGINS: Final = func.timezone(
    SHANGHAI.key, WatchedClock.ends_on + cast(literal(time.min), Time), type_=DateTime(timezone=True)
)
"""When the last day begins: the date in the key of the reminder."""


def _find(_now: Round, after: After | None, most: int) -> Select[Any]:
    query = (
        select(WatchedClock, _BEGINS.label("order_at"), Case)
        .join(Case, Case.id == WatchedClock.case_id)
        .where(
            WatchedClock.ended_at.is_(None),
            WatchedClock.ends_on.is_not(None),
            WatchedClock.hurried_at.is_not(None),
            Case.ended_at.is_(None),
            untold(ObjectKind.STATUTORY_CLOCK, Step.LAPSES_SOON, WatchedClock.id, _BEGINS),
        )
    )
    return in_order(query, _BEGINS, WatchedClock, after, most)


def _tell(_now: Round, row: Any) -> Sequence[Told]:
    case: Case = row.Case
    clock: WatchedClock = row.WatchedClock
    audience = Audience.PERSON if case.handler_id else Audience.DEPARTMENT if case.department else Audience.SUPERVISORS
    begins: datetime = row.order_at
    return [
        Told(
            step=Step.LAPSES_SOON,
            due_at=begins,
            audience=audience,
            recipient_id=case.handler_id if audience is Audience.PERSON else None,
            department=case.department if audience is Audience.DEPARTMENT else None,
            case_id=case.id,
            facts={**about_case(case), "kind": clock.kind.value},
        )
    ]


DUTY = Duty(Step.LAPSES_SOON, ObjectKind.STATUTORY_CLOCK, WatchedClock, _find, _tell)
