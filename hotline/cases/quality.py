"""Quality samples (质检): of the cases that ended on a day some are drawn, the same ones whoever looks, and judged.

Points are a help for training and for the rules. They are counted by point, never by person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Float, Select, and_, cast, func, select

from hotline.accounts.models import Account
from hotline.accounts.permissions import Permission, demand
from hotline.cases.lifecycle import Status
from hotline.cases.models import Case
from hotline.cases.queries import is_number, missing_case
from hotline.cases.rights import condition
from hotline.cases.task_models import QualityCheck
from hotline.clock import SHANGHAI
from hotline.errors import Conflict, Invalid, Mistake
from hotline.i18n import mark
from hotline.work import Work, leave_trace

COUNTED_DAYS: Final = 30


class QualityPoint(StrEnum):
    """What is looked at."""

    NARRATIVE = "narrative"
    CATEGORY = "category"
    ANSWER = "answer"
    TONE = "tone"
    CALLED_BACK = "called_back"


POINT_LABELS: Final = {
    QualityPoint.NARRATIVE: mark("The narrative is complete"),
    QualityPoint.CATEGORY: mark("The category is right"),
    QualityPoint.ANSWER: mark("The answer fits the matter"),
    QualityPoint.TONE: mark("Tone and words are right"),
    QualityPoint.CALLED_BACK: mark("The worker was called back properly"),
}


@dataclass(frozen=True, slots=True)
class PointCount:
    """How often a point was met, of how often it was judged."""

    point: QualityPoint
    met: int
    judged: int


async def sample_of(work: Work, on: date) -> Sequence[Any]:
    """The sample of the cases that ended on this day: what a page shows of each, and the check, if there is one."""
    demand(work.actor, Permission.QUALITY_WORK)
    return (await work.session.execute(_sample(work, on))).all()


def _sample(work: Work, on: date) -> Select[*tuple[Any, ...]]:
    """Drawn by a hash of day and number among all that ended; of these what this person may see."""
    begin = datetime.combine(on, time.min, SHANGHAI)
    drawn_by = func.md5(func.concat(on.isoformat(), Case.number))
    ended = (
        select(Case.id, func.count().over().label("ended"), func.row_number().over(order_by=drawn_by).label("place"))
        .where(Case.ended_at >= begin, Case.ended_at < begin + timedelta(days=1), Case.status != Status.MERGED)
        .subquery("ended_then")
    )
    limits = work.policy.supervision
    share = func.ceil(cast(ended.c.ended, Float) * limits.share / 100)
    return (
        select(
            Case.id, Case.number, Case.status, Case.category, Case.department, Case.summary, Case.ended_at,
            QualityCheck, Account.name.label("judged_by"),
        )
        .join(ended, ended.c.id == Case.id)
        .outerjoin(QualityCheck, and_(QualityCheck.case_id == Case.id, QualityCheck.sampled_on == on))
        .outerjoin(Account, Account.id == QualityCheck.by_id)
        .where(ended.c.place <= func.greatest(share, limits.at_least), condition(work.actor, Permission.QUALITY_WORK))
        .order_by(ended.c.place)
    )  # fmt: skip


async def judge(work: Work, number: str, on: date, points: Mapping[QualityPoint, bool], remark: str) -> None:
    """Keep what a supervisor found; said again by the same person it replaces what was said before.

    Raises `NotFound` for a case that is not in the sample, `Conflict` for one somebody else has judged, `Invalid`
    where nothing was judged.
    """
    demand(work.actor, Permission.QUALITY_WORK)
    if not is_number(number):
        raise missing_case(number)
    await work.session.execute(select(Case.id).where(Case.number == number).with_for_update())  # one verdict at a time
    row = next((row for row in await sample_of(work, on) if row.number == number), None)
    if row is None:
        raise missing_case(number)
    if not points:
        raise Invalid(Mistake("points", mark("Judge at least one point.")))
    check = row.QualityCheck
    if check is not None and check.by_id != work.actor.account_id:
        raise Conflict(
            mark("{who} has judged this case at {at}."), who=row.judged_by or mark("the service"), at=check.at
        )
    if check is None:
        check = QualityCheck(case_id=row.id, sampled_on=on)
        work.session.add(check)
    check.at, check.by_id, check.remark = work.now, work.actor.account_id, remark
    check.points = {point.value: met for point, met in points.items()}
    await work.session.flush()
    await leave_trace(work, "quality.judge", case_id=row.id, subject=number)


async def count_points(work: Work, until: date, days: int = COUNTED_DAYS) -> list[PointCount]:
    """How often each point was met in the samples of so many days up to this one, of cases this person may see."""
    demand(work.actor, Permission.QUALITY_WORK)
    columns = []
    for point in QualityPoint:
        judged = QualityCheck.points[point.value].as_boolean()
        columns += [func.count().filter(judged), func.count().filter(judged.is_not(None))]
    query = (
        select(*columns)
        .select_from(QualityCheck)
        .join(Case, Case.id == QualityCheck.case_id)
        .where(QualityCheck.sampled_on > until - timedelta(days=days), QualityCheck.sampled_on <= until)
        .where(condition(work.actor, Permission.QUALITY_WORK))
    )
    counts = [*(await work.session.execute(query)).one()]
    return [PointCount(point, counts[2 * n], counts[2 * n + 1]) for n, point in enumerate(QualityPoint)]
