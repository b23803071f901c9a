"""What a duty is: one question, and what is written about each answer. Each duty stands in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.letters.models import Letter
from hotline.policy import Policy
from hotline.reminders.models import Audience, ObjectKind, Reminder, Step
from hotline.storage.base import fixed


@dataclass(frozen=True, slots=True)
class Round:
    """One look at everything that has a date.

    `leads` are the departments that have a lead of their own, `staffed` those in which anybody works.
    """

    policy: Policy
    now: datetime
    leads: Collection[str] = frozenset()
    staffed: Collection[str] = frozenset()

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    def leading(self, department: str) -> str:
        """The department whose leads are told about this one: itself, or the next one above that has any."""
        path = self.policy.departments.path(department)
        return next((one.code for one in reversed(path) if one.code in self.leads), department)


@dataclass(frozen=True, slots=True)
class After:
    """Where the batch before ended: the place of its last row in the order of the question."""

    at: Any
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line for one inbox, with the letter that goes with it, if any.

    `letter` is made and, where `signed`, numbered and sent in the same transaction, once the line is known to be new.
    """

    step: Step
    due_at: datetime
    audience: Audience
    recipient_id: int | None = None
    department: str | None = None
    case_id: int | None = None
    organisation_id: int | None = None
    letter_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    letter: Letter | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """Something somebody must be told when a date comes.

    `find` asks which objects are due: it selects the object as an entity first, then `order_at`, in the order of
    `order_at` and id, so many at most, and leaves out those that were told. `tell` says, for one row, what to write;
    the first line counts: the others are written with it.
    """

    step: Step
    kind: ObjectKind
    locks: Any
    find: Callable[[Round, After | None, int], Select[Any]]
    tell: Callable[[Round, Any], Sequence[Told]]


def untold(kind: ObjectKind, step: Step, object_id: Any, due_at: Any) -> ColumnElement[bool]:
    """That nobody was told of this step of an object for this date yet.

    As a value, not as EXISTS: looked up row by row in the unique index. What PostgreSQL makes a join of depends on what
    it knows of a table that grows while it is asked, and took seconds where this takes milliseconds.
    """
    told = aliased(Reminder)
    same = (told.object_kind == kind, told.object_id == object_id, told.step == step, told.due_at == due_at)
    return select(told.id).where(*same).limit(fixed(1)).scalar_subquery().is_(None)


def in_order(query: Any, at: Any, of: Any, after: After | None, most: int) -> Select[Any]:
    """The next rows of a question in the order of a date and an id, each locked; what others hold is passed over."""
    if after is not None:
        query = query.where(or_(at > after.at, and_(at == after.at, of.id > after.id)))
    ordered: Select[Any] = query.order_by(at, of.id).limit(fixed(most))
    return ordered.with_for_update(of=of, skip_locked=True, key_share=True)


def about_case(case: Case) -> dict[str, Any]:
    """What a line in an inbox says of a case."""
    return {"number": case.number, "category": case.category or ""}
