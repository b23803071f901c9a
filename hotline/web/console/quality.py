"""Quality samples (质检): a day's sample, a few points to each case, and how often each point was met."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.cases.lifecycle import STATUS_LABELS
from hotline.cases.quality import COUNTED_DAYS, POINT_LABELS, QualityPoint, count_points, judge, sample_of
from hotline.cases.words import MaybeWords
from hotline.clock import SHANGHAI
from hotline.errors import Conflict, Invalid
from hotline.i18n import _
from hotline.privacy.masking import mask_text
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.console.forms import refused
from hotline.web.forms import form_values, read_query, read_values
from hotline.web.keys import KEEP, WORK
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import status_of
from hotline.work import Work, leave_trace

DAYS_SHOWN: Final = 7
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]


class QualityQuery(BaseModel):
    """Of which day; of yesterday when none is named."""

    model_config = ConfigDict(extra="forbid")

    on: Day | None = None


class Verdict(BaseModel):
    """What was found of one case: each point yes, no or not judged."""

    model_config = ConfigDict(extra="forbid")

    on: Day
    narrative: Literal["yes", "no"] | None = None
    category: Literal["yes", "no"] | None = None
    answer: Literal["yes", "no"] | None = None
    tone: Literal["yes", "no"] | None = None
    called_back: Literal["yes", "no"] | None = None
    remark: MaybeWords = ""

    def points(self) -> dict[QualityPoint, bool]:
        """The points that were judged."""
        given = {point: getattr(self, point.value) for point in QualityPoint}
        return {point: said == "yes" for point, said in given.items() if said is not None}


async def show(request: web.Request) -> web.Response:
    """GET /quality: the sample of a day; leaves a trace."""
    return await _page(request, read_query(request, QualityQuery).on or _yesterday(request[WORK]))


async def submit(request: web.Request) -> web.Response:
    """POST /quality/{number}: keep what was found, and go on with the day's sample."""
    work, number, values = request[WORK], request.match_info["number"], await form_values(request)
    on = _yesterday(work)
    try:
        verdict = read_values(values, Verdict)
        on = verdict.on
        await judge(work, number, on, verdict.points(), verdict.remark)
    except (Invalid, Conflict) as problem:
        await work.session.rollback()
        request[KEEP] = True  # nothing but the trace of having read the sample
        about = SimpleNamespace(number=number, values=values, mistakes=refused(problem))
        return await _page(request, on, status=status_of(problem), about=about)
    answer = redirect(request, "quality", flash=Flash(_("{number}: the sample is judged.", number=number)))
    answer.headers["Location"] += f"?on={on.isoformat()}"
    return answer


def _yesterday(work: Work) -> date:
    return work.now.astimezone(SHANGHAI).date() - timedelta(days=1)


async def _page(
    request: web.Request, on: date, *, status: int = 200, about: SimpleNamespace | None = None
) -> web.Response:
    work, here = request[WORK], address(request, "quality")
    sample = await sample_of(work, on)
    counts = await count_points(work, _yesterday(work))
    await leave_trace(work, "quality.read", details={"found": len(sample)})
    rows = [_row(work, row) for row in sample]
    limits = work.policy.supervision
    return await page(
        request,
        "console/quality.html",
        status,
        path=here,
        on=on.isoformat(),
        on_label=words.on(on, work.now),
        chips=_chips(here, on, work),
        rows=rows,
        judged=sum(row.judged for row in rows),
        points=[(point.value, _(label)) for point, label in POINT_LABELS.items()],
        counts=[
            SimpleNamespace(
                label=_(POINT_LABELS[one.point]), met=one.met, judged=one.judged, share=words.share(one.met, one.judged)
            )
            for one in counts
        ],
        counted_days=COUNTED_DAYS,
        share=limits.share,
        at_least=limits.at_least,
        about=about if about and any(row.number == about.number for row in rows) else None,
        mistakes=about.mistakes if about else {},
    )


def _row(work: Work, row: Any) -> SimpleNamespace:
    check = row.QualityCheck
    return SimpleNamespace(
        number=row.number,
        href=f"/cases/{row.number}",
        status_label=_(STATUS_LABELS[row.status]),
        category_label=labels.category_name(work.policy, row.category) or _("Not sorted yet"),
        department=labels.department_path(work.policy, row.department) if row.department else "",
        summary=mask_text(row.summary),
        ended_at=row.ended_at,
        judged=check is not None,
        judged_by=row.judged_by or "",
        judged_at=check.at if check else None,
        mine=check is None or check.by_id == work.actor.account_id,
        values=_values(check.points, check.remark) if check else {},
        found=labels.points_found(check.points) if check else [],
        remark=mask_text(check.remark) if check else "",
    )


def _values(points: Mapping[str, bool], remark: str) -> dict[str, str]:
    return {**{code: "yes" if met else "no" for code, met in points.items()}, "remark": remark}


def _chips(here: str, on: date, work: Work) -> list[dict[str, Any]]:
    days = [_yesterday(work) - timedelta(days=n) for n in range(DAYS_SHOWN)]
    return [
        {
            "label": words.on(day, work.now),
            "href": f"{here}?on={day.isoformat()}",
            "count": None,
            "current": day == on,
        }
        for day in days
    ]
