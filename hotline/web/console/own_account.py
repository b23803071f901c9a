"""My account: the password, where I am signed in, tokens for my programs."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from hotline.accounts import my_account, tokens
from hotline.accounts.roles import ROLE_LABELS
from hotline.accounts.sessions import places_of
from hotline.errors import Conflict, Invalid
from hotline.i18n import _
from hotline.web.console import labels
from hotline.web.console.browsers import browser_words
from hotline.web.console.doors import own_path
from hotline.web.console.passwords import demand_the_same, differing
from hotline.web.console.token_forms import grant, read_wish, token_context, wish_refused
from hotline.web.entrance import keep_session, must_change_password
from hotline.web.forms import form_values
from hotline.web.keys import SETTINGS, TRANSACTION, WORK
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import say, status_of, words


async def show(request: web.Request) -> web.Response:
    """GET /me: my account."""
    return await _my_page(request)


async def change_password(request: web.Request) -> web.Response:
    """POST /me/password: a new password; every session ends, and this browser goes on with a new one."""
    work, settings = request[WORK], request.app[SETTINGS]
    values = await form_values(request)
    try:
        begun = await my_account.change_password(
            work,
            current=values.get("current", ""),
            password=values.get("password", ""),
            browser=request.headers.get("User-Agent", ""),
            life=settings.session_life,
        )
        demand_the_same(values)
    except Invalid as problem:
        found = {mistake.field: say(mistake) for mistake in (*problem.mistakes, *differing(values))}
        return await _my_page_again(request, 422, mistakes=found)
    except Conflict as problem:
        return await _my_page_again(request, status_of(problem), mistakes={"": words(problem.message, problem.params)})
    after = "home" if must_change_password(work.actor) else "my_account"
    answer = redirect(request, after, flash=Flash(_("The password is changed. You are signed out everywhere else.")))
    keep_session(request, answer, begun.token)
    return answer


async def end_session(request: web.Request) -> web.Response:
    """POST /sessions/{id}/end: that browser is signed out."""
    values = await form_values(request)
    await my_account.end_session(request[WORK], request.match_info["id"])
    answer = redirect(request, "my_account", flash=Flash(_("Signed out there.")))
    answer.headers["Location"] = own_path(values.get("next", "")) or answer.headers["Location"]
    return answer


async def end_other_sessions(request: web.Request) -> web.Response:
    """POST /me/sessions/end-others: every browser but this one is signed out."""
    ended = await my_account.end_other_sessions(request[WORK])
    return redirect(request, "my_account", flash=Flash(_("Signed out elsewhere: {n}.", n=ended)))


async def make_token(request: web.Request) -> web.Response:
    """POST /me/tokens: a token, shown this one time."""
    wish = await read_wish(request)
    try:
        made = await grant(request[WORK], wish)
    except Invalid as problem:
        return await _my_page_again(request, 422, **wish_refused(wish, problem))
    return await _my_page(request, token_once=made.token)


async def end_token(request: web.Request) -> web.Response:
    """POST /tokens/{id}/end: whatever comes with this token is no longer let in."""
    values = await form_values(request)
    await tokens.end_token(request[WORK], int(request.match_info["id"]))
    answer = redirect(request, "my_account", flash=Flash(_("The token is ended.")))
    answer.headers["Location"] = own_path(values.get("next", "")) or answer.headers["Location"]
    return answer


async def _my_page_again(request: web.Request, status: int, **context: Any) -> web.Response:
    """The page as it stood before, with what is wrong: nothing of the attempt may show as done."""
    await request[TRANSACTION].rollback()
    return await _my_page(request, status, **context)


async def _my_page(request: web.Request, status: int = 200, **context: Any) -> web.Response:
    work, actor = request[WORK], request[WORK].actor
    waiting = must_change_password(actor)
    shown: dict[str, Any] = {
        "path": address(request, "my_account"),
        "end_others": address(request, "my_account.end_others"),
        "account": {
            "login": actor.login,
            "name": actor.name,
            "role_label": _(ROLE_LABELS[actor.role]),
            "department_label": labels.department_path(work.policy, actor.department) if actor.department else "",
            "must_change": waiting,
        },
        "sessions": await session_views(request, actor.account_id),
        "mistakes": {},
        "token_action": address(request, "token.make"),
        **token_context(actor.role, [] if waiting else await tokens.list_tokens(work)),
    }
    return await page(request, "console/my_account.html", status, **{**shown, **context})


async def session_views(request: web.Request, account_id: int) -> list[dict[str, Any]]:
    """Where an account is signed in, as `console/_sessions.html` lists it."""
    work = request[WORK]
    idle = request.app[SETTINGS].session_idle
    current = work.actor.session_id
    return [
        {
            "id": place.id,
            "begun_at": place.begun_at,
            "seen_at": place.seen_at,
            "address": place.address,
            "browser": browser_words(place.browser),
            "current": place.current,
        }
        for place in await places_of(work.session, account_id, now=work.now, idle=idle, current=current)
    ]
