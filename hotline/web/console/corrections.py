"""Corrections: what the rules had said beside what people decided, and the supervisor's verdict on it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, may
from hotline.cases.details import RETURN_REASON_LABELS, ReturnReason
from hotline.cases.models import CorrectionKind
from hotline.cases.words import Code
from hotline.errors import Invalid
from hotline.i18n import _, mark
from hotline.privacy.masking import mask_text
from hotline.rulebook.corrections import CorrectionFilters, CorrectionKey, CorrectionPage, list_corrections, review
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.forms import Moment, form_values, read_query, read_values
from hotline.web.keys import WORK
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import say
from hotline.work import Work, leave_trace

KIND_LABELS: Final = {
    CorrectionKind.RETURNED: mark("Returned"),
    CorrectionKind.REROUTED: mark("Routed otherwise at the desk"),
    CorrectionKind.HANDED_OVER: mark("Handed over"),
    CorrectionKind.AT_INTAKE: mark("Decided otherwise while taking the call"),
}
REVIEW_LABELS: Final = {"no": mark("Not reviewed yet"), "yes": mark("Reviewed")}
_FIELDS: Final = ("kind", "reason_code", "category", "reviewed")


class CorrectionsQuery(BaseModel):
    """What narrows the list, and where the page before ended."""

    model_config = ConfigDict(extra="forbid")

    kind: CorrectionKind | None = None
    reason_code: ReturnReason | None = None
    category: Code | None = None
    reviewed: Literal["yes", "no"] | None = None
    after_at: Moment = None
    after_id: Annotated[int | None, Field(ge=1, lt=2**63)] = None


class Verdict(BaseModel):
    """Who was right."""

    model_config = ConfigDict(extra="forbid")

    right: Literal["people", "rules"]


async def show(request: web.Request) -> web.Response:
    """GET /rules/corrections: one page, newest first; leaves a trace."""
    try:
        asked = read_query(request, CorrectionsQuery, blank_is_absent=True)
    except Invalid as problem:
        mistakes = {mistake.field: say(mistake) for mistake in problem.mistakes}
        return await _page(request, dict(request.query), CorrectionPage((), None), status=422, mistakes=mistakes)
    work = request[WORK]
    after = CorrectionKey(asked.after_at, asked.after_id) if asked.after_at and asked.after_id else None
    filters = CorrectionFilters(
        asked.kind,
        asked.reason_code.value if asked.reason_code else None,
        asked.category,
        None if asked.reviewed is None else asked.reviewed == "yes",
    )
    found = await list_corrections(work, filters, after=after)
    await leave_trace(work, "correction.read", details={"found": len(found.rows)})
    return await _page(request, dict(request.query), found, later=after is not None)


async def judge(request: web.Request) -> web.Response:
    """POST /rules/corrections/{id}/review: who was right, the people or the rules."""
    verdict = read_values(await form_values(request), Verdict)
    rules_right = verdict.right == "rules"
    await review(request[WORK], int(request.match_info["id"]), rules_right=rules_right)
    said = _("Noted: the rules were right.") if rules_right else _("Noted: the rules learn from this.")
    return redirect(request, "rules.corrections", flash=Flash(said))


async def _page(
    request: web.Request,
    typed: Mapping[str, str],
    found: CorrectionPage,
    *,
    status: int = 200,
    mistakes: Mapping[str, str] | None = None,
    later: bool = False,
) -> web.Response:
    here, work = address(request, "rules.corrections"), request[WORK]
    values = {name: typed[name] for name in _FIELDS if typed.get(name)}
    first = f"{here}?{urlencode(values)}" if values else here
    follows = {**values, "after_at": found.next.at.isoformat(), "after_id": found.next.id} if found.next else {}
    return await page(
        request,
        "console/corrections.html",
        status,
        path=here,
        rows=[_view(work, row) for row in found.rows],
        values=values,
        mistakes=mistakes or {},
        kinds=labels.options({kind.value: label for kind, label in KIND_LABELS.items()}),
        reasons=labels.options({code.value: label for code, label in RETURN_REASON_LABELS.items()}),
        reviews=labels.options(REVIEW_LABELS),
        categories=labels.category_options(work.policy),
        can_judge=may(work.actor, Permission.RULES_WRITE),
        next_href=f"{here}?{urlencode(follows)}" if follows else "",
        first_href=first if later else "",
    )


def _view(work: Work, row: Any) -> SimpleNamespace:
    one, decision = row.Correction, row.decision or {}
    evidence = [item for item in decision.get("evidence", []) if item["category"] == decision.get("category")]
    return SimpleNamespace(
        id=str(one.id),
        at=one.at,
        number=row.number,
        href=f"/cases/{row.number}",
        summary=mask_text(row.summary),
        kind_label=_(KIND_LABELS[one.kind]),
        reason_label=_(RETURN_REASON_LABELS[ReturnReason(one.reason_code)]) if one.reason_code else "",
        reason=mask_text(one.reason or ""),
        by=row.by or "",
        rules=_what(work, decision.get("category"), decision.get("department")),
        evidence=[SimpleNamespace(word=item["word"], weight=words.weight(item["weight"])) for item in evidence],
        rule_set=one.rule_set,
        before=_what(work, one.from_category, one.from_department),
        after=_what(work, one.to_category, one.to_department) if one.to_category else "",
        instead=labels.department_path(work.policy, one.instead) if one.instead else "",
        verdict="" if one.rules_right is None else "rules" if one.rules_right else "people",
    )


def _what(work: Work, category: str | None, department: str | None) -> str:
    parts = [labels.category_name(work.policy, category) or _("Not sorted yet")]
    if department:
        parts.append(labels.department_path(work.policy, department))
    return " → ".join(parts)
