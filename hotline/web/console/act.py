"""Taking a step on a case: one handler for every action of the lifecycle table."""

from __future__ import annotations

from aiohttp import web

from hotline.accounts.permissions import Permission, allows
from hotline.cases.details import DETAILS, Details
from hotline.cases.follow_up import take_step
from hotline.cases.handling import case_to_work_on, changed_since
from hotline.cases.lifecycle import ACTION_LABELS, Action
from hotline.cases.models import Case
from hotline.cases.rights import facts_of
from hotline.errors import Conflict, Invalid, NotFound
from hotline.i18n import _, mark
from hotline.web.console.case import case_page, open_case_file
from hotline.web.console.instructing import plain_values
from hotline.web.console.offers import Filled
from hotline.web.forms import VERSION_FIELD, form_values, read_values
from hotline.web.keys import KEEP, WORK
from hotline.web.navigation import forget_counts
from hotline.web.page import redirect
from hotline.web.pages import Flash
from hotline.web.refusals import say, words

CLOSE_TOO = "close"
HARMLESS = frozenset({Action.NOTE, Action.URGE})
"""Steps that are right whatever happened since the page was shown."""


async def submit(request: web.Request) -> web.Response:
    """POST /cases/{number}/{action}: take the step and see the case; mistakes and refusals come back on its page."""
    work, number = request[WORK], request.match_info["number"]
    action = _action(request.match_info["action"])
    values = await form_values(request)
    close_too = bool(values.get(CLOSE_TOO)) and action is Action.FOLLOW_UP
    try:
        meant = plain_values(action, {key: value for key, value in values.items() if key != CLOSE_TOO})
        details = read_values(meant, DETAILS[action])
        case = await take(request, number, details, values.get(VERSION_FIELD, ""), close_too=close_too)
        await work.session.flush()
    except Invalid as problem:
        await work.session.rollback()
        mistakes = {mistake.field: say(mistake) for mistake in problem.mistakes}
        file = await open_case_file(request, "case.read")
        request[KEEP] = True  # nothing but the trace of having read the case
        return await case_page(request, file, status=422, filled=Filled(action.value, values, mistakes))
    except Conflict as problem:
        await work.session.rollback()
        try:
            file = await open_case_file(request, "case.read")
        except NotFound:
            raise problem from None  # it has left this person's sight: who took it there is all there is to say
        request[KEEP] = True  # nothing but the trace of having read the case
        said = words(problem.message, problem.params)
        return await case_page(request, file, status=409, filled=Filled(action.value, values), refusal=said)
    forget_counts(request)
    return _done(request, case, action)


async def take(request: web.Request, number: str, details: Details, version: str, *, close_too: bool = False) -> Case:
    """Take this step on the case, unless the page that asks for it (`version`) is no longer true."""
    work = request[WORK]
    case = await case_to_work_on(work, number)
    if version.isascii() and version.isdigit() and version != str(case.version) and details.action not in HARMLESS:
        raise await changed_since(work, case)
    await take_step(work, case, details, close_too=close_too)
    return case


def _action(code: str) -> Action:
    try:
        return Action(code)
    except ValueError:
        raise NotFound(mark("There is no action {action}."), action=code) from None


def _done(request: web.Request, case: Case, action: Action) -> web.Response:
    """See the case again, with one quiet line; where it has left this person's sight, the first page of the day."""
    flash = Flash(_("{number}: {action} done", number=case.number, action=_(ACTION_LABELS[action])))
    if allows(request[WORK].actor, Permission.CASE_READ, facts_of(case)):
        return redirect(request, "case", number=case.number, flash=flash)
    return redirect(request, "home", flash=flash)
