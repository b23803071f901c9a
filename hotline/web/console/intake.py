"""The page on which an operator takes a call."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Final

from aiohttp import web

from hotline.cases.callers import known_caller
from hotline.cases.calls import NewCall, call_and_step, call_of
from hotline.cases.drafts import drop_draft, get_draft, save_draft
from hotline.cases.intake import Taken, propose, take_call
from hotline.cases.lifecycle import STATUS_LABELS, Status
from hotline.errors import Invalid
from hotline.i18n import _
from hotline.privacy.masking import mask_name
from hotline.storage.kept_answers import Answer, find_answer, fingerprint, keep_answer, was_answered
from hotline.telephony.numbers import Number, NumberKind, parse_number
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.console.proposal import proposal_view
from hotline.web.console.rows import short_cases
from hotline.web.console.units import units_view
from hotline.web.forms import form_values, read_values
from hotline.web.keys import SETTINGS, WORK
from hotline.web.navigation import forget_counts
from hotline.web.page import fragment, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import say

ONCE: Final = "once"
_ONCE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BESIDE: Final = frozenset({"anonymous", "review_reason"})
_NOT_IN_CALL: Final = _BESIDE | {ONCE}
_KEPT: Final = _BESIDE | NewCall.model_fields.keys()
"""The fields of the form that are kept as a draft, and that tell one call from another."""
_TOLD: Final = ("narrative", "employer", "place", "unit", "people", "amount_owed", "wish")
"""What a proposal is made of."""
_LONGEST_DRAFT: Final = 20_000


async def show(request: web.Request) -> web.Response:
    """GET /intake: an empty form, or the draft that was left."""
    draft = await get_draft(request[WORK])
    values = draft[1] if draft else {}
    saved = words.full(draft[0])[-8:] if draft else ""
    return await _form(request, values, {}, saved=saved)


async def submit(request: web.Request) -> web.Response:
    """POST /intake: the call becomes a case; mistakes come back on the same page with everything that was typed."""
    work = request[WORK]
    values = await form_values(request)
    once = _once(values)
    asked = _fingerprint(values)
    try:
        if once and (kept := await find_answer(work.session, **_key(request, once), request=asked)) is not None:
            return redirect(request, "intake", flash=Flash(kept.body))
    except Invalid:
        said = _("This form has been sent already, with other words. If this is another call, send it once more.")
        return await _form(request, {**values, ONCE: ""}, {"narrative": said}, status=422)
    try:
        new = _read(values)
        call, first = call_and_step(new, area_code=request.app[SETTINGS].area_code)
        taken = await take_call(work, call, first)
    except Invalid as problem:
        mistakes = {mistake.field: say(mistake) for mistake in problem.mistakes}
        return await _form(request, values, mistakes, status=422)
    flash = _flash(request, taken)
    await drop_draft(work)
    if once:
        answer = Answer(303, {}, flash.text)
        await keep_answer(work.session, answer, **_key(request, once), request=asked, now=work.now)
    forget_counts(request)
    return redirect(request, "intake", flash=flash)


def _once(values: Mapping[str, str]) -> str:
    """What names this form among all that were ever shown; empty for what no page of ours has given out."""
    once = values.get(ONCE, "")
    return once if _ONCE.fullmatch(once) else ""


def _key(request: web.Request, once: str) -> dict[str, Any]:
    return {"account_id": request[WORK].actor.account_id, "key": f"intake-{once}"}


def _fingerprint(values: Mapping[str, str]) -> bytes:
    told = sorted((key, value) for key, value in values.items() if key in _KEPT and value)
    return fingerprint("POST", "/intake", repr(told).encode())


def _read(values: Mapping[str, str]) -> NewCall:
    sent = {key: value for key, value in values.items() if key not in _NOT_IN_CALL}
    if values.get("anonymous"):
        sent["caller_number"] = sent["caller_name"] = ""
    if values.get("review_reason") and values.get("action") == "queue":
        sent["reason"] = values["review_reason"]
    return read_values(sent, NewCall)


def _flash(request: web.Request, taken: Taken) -> Flash:
    work, case = request[WORK], taken.case
    href = f"/cases/{case.number}"
    if case.status is not Status.ROUTED:
        text = _("{number}: {status}", number=case.number, status=_(STATUS_LABELS[case.status]))
        return Flash(text, href=href, link_label=_("Open the case"))
    text = _(
        "{number} routed to {department}, acceptance due {when}",
        number=case.number,
        department=labels.department_path(work.policy, case.department or ""),
        when=words.when(case.accept_by, work.now),
    )
    return Flash(
        text,
        href=href,
        link_label=_("Open the case"),
        undo_action=f"{href}/recall",
        undo_label=_("Take back"),
        undo_fields={"reason": _("Taken back by the operator right after routing")},
    )


async def proposal(request: web.Request) -> web.Response:
    """POST /intake/proposal: what the rules say about what has been typed so far; nothing is stored."""
    values = await form_values(request)
    return fragment(request, "console/_proposal.html", proposal=_proposal(request, values))


def _proposal(request: web.Request, values: Mapping[str, str]) -> SimpleNamespace | None:
    told = {key: values[key] for key in _TOLD if values.get(key)}
    if "narrative" not in told:
        return None
    try:
        new = read_values(told, NewCall)
    except Invalid:
        try:
            new = read_values({"narrative": told["narrative"]}, NewCall)
        except Invalid:
            return None
    call = call_of(new, area_code=request.app[SETTINGS].area_code)
    named = not values.get("anonymous") and bool(values.get("caller_number") or values.get("caller_name"))
    return proposal_view(request[WORK], call, propose(request[WORK], call), who=named)


async def caller(request: web.Request) -> web.Response:
    """POST /intake/caller: who this is, all open cases of that number first."""
    values = await form_values(request)
    return fragment(
        request, "console/_known_caller.html", caller=await _caller(request, values.get("caller_number", ""))
    )


async def _caller(request: web.Request, raw: str) -> SimpleNamespace | None:
    if not raw.strip():
        return None
    view = SimpleNamespace(kind="", mistake="", known="", open_cases=[], earlier=[], more_earlier=0)
    try:
        number = parse_number(raw, area_code=request.app[SETTINGS].area_code)
    except Invalid as problem:
        view.mistake = " ".join(say(mistake) for mistake in problem.mistakes)
        return view
    view.kind = _kind(number)
    work = request[WORK]
    found = await known_caller(work, number.normal)
    if found is not None:
        name = mask_name(found.name) or _("name not given")
        view.known = _("{name} · {calls} calls", name=name, calls=found.calls)
        view.open_cases = short_cases(work, found.open)
        view.earlier = short_cases(work, found.ended)
        view.more_earlier = max(0, found.calls - len(found.open) - len(found.ended))
    return view


def _kind(number: Number) -> str:
    said = {
        NumberKind.MOBILE: _("Mobile"),
        NumberKind.LANDLINE: _("Landline"),
        NumberKind.SHORT: _("Short number"),
        NumberKind.FOREIGN: _("From abroad"),
    }.get(number.kind, _("Number withheld"))
    return f"{number.display} · {said}" if number.display else said


async def draft(request: web.Request) -> web.Response:
    """POST /intake/draft: keep what has been typed."""
    values = await form_values(request)
    kept = {key: value for key, value in values.items() if key in _KEPT and value}
    if sum(map(len, kept.values())) > _LONGEST_DRAFT or any("\x00" in value for value in kept.values()):
        return web.Response(status=422)
    once = _once(values)
    if once and await was_answered(request[WORK].session, **_key(request, once)):
        return web.Response(status=204)  # a draft on its way while the call was sent must not outlive it
    await save_draft(request[WORK], kept)
    return web.Response(status=204)


async def _form(
    request: web.Request, values: Mapping[str, str], mistakes: Mapping[str, str], *, status: int = 200, saved: str = ""
) -> web.Response:
    policy = request[WORK].policy
    return await page(
        request,
        "console/intake.html",
        status,
        values=values,
        mistakes=mistakes,
        channels=labels.channel_options(),
        wishes=labels.wish_options(),
        categories=labels.category_options(policy),
        departments=labels.department_options(policy),
        urgencies=labels.options(labels.URGENCY_LABELS),
        referrals=labels.referral_options(policy),
        proposal=_proposal(request, values),
        caller=await _caller(request, values.get("caller_number", "")),
        units=units_view(request[WORK], values),
        draft_saved=saved,
        once=values.get(ONCE) or secrets.token_urlsafe(12),
    )
