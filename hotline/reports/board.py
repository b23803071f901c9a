"""What a supervisor sees first: how the open cases stand, by department and by age, and what needs a decision now.

The board is a desk: whoever reads it may open every case it counts, so small numbers are shown as they are. What is
made to be handed on, the resolution times, hides them (`small_cells`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import chain, pairwise
from statistics import median
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Double,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.cases.lifecycle import Action, Status
from hotline.cases.models import Case, CaseEvent
from hotline.clock import SHANGHAI
from hotline.i18n import mark
from hotline.reports.facts import ASIDE, UNRESOLVED

MOST_DECISIONS: Final = 20
RECENT_DAYS: Final = 30
AGES: Final = (2, 7, 15, 30)
"""Upper ends of the bands of age in days; the last band has none."""

_DAY: Final = timedelta(days=1)
_TO_ROUTE: Final = Case.status.in_((Status.RECEIVED, Status.REVIEW))
_WAITING: Final = Case.status == Status.ROUTED
_IN_HAND: Final = Case.status == Status.ACCEPTED
_TO_CALL_BACK: Final = Case.status == Status.RESOLVED
_ON_A_DESK: Final = Case.status.in_((*sorted(UNRESOLVED), Status.RESOLVED))
_COUNTS: Final = ("review", "waiting", "in_hand", "call_backs", "due_soon", "over")

DEFINITIONS: Final = {
    "opened_today": mark("Calls taken since midnight; beside it yesterday until the same time of day."),
    "open": mark("Cases to be routed, waiting for acceptance or in hand."),
    "over": mark(
        "Cases whose next step (routing, acceptance, resolution, call-back) should have been taken before now."
    ),
    "due_soon": mark("Cases whose next step is due within 24 hours."),
    "call_backs": mark("Resolved cases whose worker is to be called back."),
    "resolved": mark("Cases resolved in the last 30 days, whenever they were opened, and how long half of them took."),
}


class DecisionKind(StrEnum):
    """Why a case stands on the list of what needs a decision now."""

    EXTENSION = "extension"
    RETURNED = "returned"
    NOT_ACCEPTED = "not_accepted"
    SUPERVISED = "supervised"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the open cases of one department stand; a total, or the hotline's own desk, has None for a department."""

    department: str | None
    review: int = 0
    waiting: int = 0
    in_hand: int = 0
    call_backs: int = 0
    due_soon: int = 0
    over: int = 0
    ages: tuple[int, ...] = (0,) * (len(AGES) + 1)
    """Unresolved cases by days since the call: up to 2, 7, 15, 30, and more."""
    resolved: int = 0
    """In the last 30 days."""
    median: float | None = None
    """Hours the half of these took at most."""

    @property
    def open(self) -> int:
        """Unresolved cases."""
        return self.review + self.waiting + self.in_hand


@dataclass(frozen=True, slots=True)
class Decision:
    """A case that needs a decision: who asked for it when (`by`, `at`), and why (`said`); `days` of an extension."""

    kind: DecisionKind
    number: str
    summary: str
    department: str | None
    category: str | None
    urgency: str
    confidential: bool
    due_at: datetime | None
    days: int | None
    said: str | None
    by: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows. `counts` says how many each kind of decision has; the list stops at 20 of each."""

    total: Standing
    departments: tuple[Standing, ...]
    opened_today: int
    opened_yesterday: int
    decisions: tuple[Decision, ...]
    counts: dict[DecisionKind, int]


_ASKED_BY: Final = {
    DecisionKind.EXTENSION: Action.ASK_EXTENSION,
    DecisionKind.RETURNED: Action.RETURN,
    DecisionKind.NOT_ACCEPTED: Action.ROUTE,
    DecisionKind.SUPERVISED: Action.SUPERVISE,
}
"""The step whose actor and reason are shown beside a case."""


_NOW: Final = bindparam("now", type_=DateTime(timezone=True))
_KINDS: Final[dict[DecisionKind, ColumnElement[bool]]] = {
    DecisionKind.EXTENSION: and_(_IN_HAND, Case.extension_asked),
    DecisionKind.RETURNED: and_(Case.status == Status.REVIEW, Case.returns > 0),
    DecisionKind.NOT_ACCEPTED: and_(_WAITING, Case.due_at < _NOW),
    DecisionKind.SUPERVISED: and_(_ON_A_DESK, Case.supervised),
}
"""Which cases need which decision."""
KEPT: Final = 64
"""Statements kept ready, as conditions are: composing one takes as long as the database takes for it."""


async def read_board(session: AsyncSession, condition: ColumnElement[bool], *, now: datetime) -> Board:
    """The board of all cases under `condition` (over `Case`) at `now`; departments in the order of their codes."""
    stock = {row.department: row for row in await session.execute(_stock(condition), {"now": now})}
    recent = {row.department: sorted(row.hours) for row in await session.execute(_recent(condition, now))}
    opened = (await session.execute(_opened(condition, now))).one()
    rows = await session.execute(_decisions(condition), {"now": now})
    desks = sorted({*stock, *recent}, key=lambda desk: (desk is None, desk or ""))
    departments = tuple(_standing(desk, stock.get(desk), recent.get(desk, [])) for desk in desks)
    return Board(
        total=_together(departments, sorted(chain.from_iterable(recent.values()))),
        departments=departments,
        opened_today=opened.today,
        opened_yesterday=opened.yesterday,
        decisions=tuple(Decision(DecisionKind(kind), *rest) for kind, *rest in rows),
        counts={kind: sum(getattr(row, kind.value) for row in stock.values()) for kind in DecisionKind},
    )


def _standing(department: str | None, stock: Any, hours: Sequence[float]) -> Standing:
    """One desk; `hours` its recently resolved cases took, the shortest first."""
    made = Standing(department, resolved=len(hours), median=median(hours) if hours else None)
    if stock is None:
        return made
    ages = tuple(getattr(stock, f"age{band}") for band in range(len(AGES) + 1))
    return replace(made, ages=ages, **{name: getattr(stock, name) for name in _COUNTS})


def _together(desks: Sequence[Standing], hours: Sequence[float]) -> Standing:
    """All desks in one."""
    counts = {name: sum(getattr(desk, name) for desk in desks) for name in _COUNTS}
    ages = tuple(sum(band) for band in zip(*(desk.ages for desk in desks), strict=True)) or Standing(None).ages
    return Standing(None, **counts, ages=ages, resolved=len(hours), median=median(hours) if hours else None)


@lru_cache(maxsize=KEPT)
def _stock(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """What lies on the desks, counted in one pass: a row a department."""
    counted = {
        "review": _TO_ROUTE,
        "waiting": _WAITING,
        "in_hand": _IN_HAND,
        "call_backs": _TO_CALL_BACK,
        "due_soon": and_(Case.due_at >= _NOW, Case.due_at < _NOW + _DAY),
        "over": Case.due_at < _NOW,
        **{kind.value: where for kind, where in _KINDS.items()},
    }
    borders = [None, *(_NOW - (days + 1) * _DAY for days in AGES), None]
    for band, (younger, older) in enumerate(pairwise(borders)):
        ends = [Case.opened_at <= younger] if younger is not None else []
        begins = [Case.opened_at > older] if older is not None else []
        counted[f"age{band}"] = and_(Case.status.in_(sorted(UNRESOLVED)), *ends, *begins)
    columns = [func.count().filter(where).label(name) for name, where in counted.items()]
    return select(Case.department, *columns).where(condition, _ON_A_DESK).group_by(Case.department)


def _recent(condition: ColumnElement[bool], now: datetime) -> Select[*tuple[Any, ...]]:
    """How many hours what was resolved lately took: a row a department.

    They are put in order where they arrive: PostgreSQL would do so twice, for the departments and for all together.
    """
    since = datetime.combine(now.astimezone(SHANGHAI).date() - (RECENT_DAYS - 1) * _DAY, time.min, SHANGHAI)
    hours = func.date_part("epoch", Case.resolved_at - Case.opened_at, type_=Double) / 3600
    return (
        select(Case.department, func.array_agg(hours).label("hours"))
        .where(condition, Case.resolved_at >= since, Case.routed_at.is_not(None), Case.status.not_in(sorted(ASIDE)))
        .group_by(Case.department)
    )


def _opened(condition: ColumnElement[bool], now: datetime) -> Select[int, int]:
    """Calls since midnight, and since yesterday's midnight until 24 hours ago."""
    midnight = datetime.combine(now.astimezone(SHANGHAI).date(), time.min, SHANGHAI)
    return select(
        func.count().filter(Case.opened_at >= midnight).label("today"),
        func.count().filter(Case.opened_at < now - _DAY).label("yesterday"),
    ).where(condition, Case.opened_at >= midnight - _DAY, Case.opened_at <= now)


@lru_cache(maxsize=KEPT)
def _decisions(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The most pressing cases of each kind, kind by kind, with who asked and why."""
    parts = [_of_kind(kind, and_(condition, where)) for kind, where in _KINDS.items()]
    found = union_all(*parts).subquery("found")
    step = (
        select(CaseEvent.reason, CaseEvent.at, CaseEvent.actor_id)
        .where(CaseEvent.case_id == found.c.id, CaseEvent.action == found.c.asked_by)
        .order_by(CaseEvent.version.desc())
        .limit(1)
        .lateral("step")
    )
    shown = [column for column in found.c if column.key not in {"place", "id", "asked_by"}]
    return (
        select(*shown, step.c.reason, Account.name, step.c.at)
        .select_from(found)
        .outerjoin(step, true())
        .outerjoin(Account, Account.id == step.c.actor_id)
        .order_by(found.c.place, found.c.due_at, found.c.id)
    )


def _of_kind(kind: DecisionKind, where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    chosen = (
        select(
            literal(kind.value).label("kind"),
            Case.number,
            Case.summary,
            Case.department,
            Case.category,
            Case.urgency,
            Case.confidential,
            Case.due_at,
            case((Case.extension_asked, Case.extension_days)).label("days"),
            Case.id,
            literal(list(DecisionKind).index(kind)).label("place"),
            literal(_ASKED_BY[kind].value).label("asked_by"),
        )
        .where(where)
        .order_by(Case.due_at, Case.id)
        .limit(MOST_DECISIONS)
    )
    return select(chosen.subquery(kind.value))
