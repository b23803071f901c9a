"""My account: the password, where I am signed in, tokens for my programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, Field

from hotline.accounts import my_account, tokens
from hotline.accounts.permissions import Permission
from hotline.accounts.roles import ROLE_LABELS
from hotline.accounts.sessions import places_of
from hotline.errors import Conflict, Invalid, Mistake
from hotline.i18n import _, mark
from hotline.web.console import labels
from hotline.web.console.browsers import browser_words
from hotline.web.console.doors import own_path
from hotline.web.console.passwords import demand_the_same, differing
from hotline.web.entrance import keep_session, must_change_password
from hotline.web.forms import form_values, read_values
from hotline.web.keys import SETTINGS, TRANSACTION, WORK
from hotline.web.page import page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import say, status_of, words

TOKEN_DAYS: Final = "90"  # noqa: S105 - how long a token lasts unless something else is wished


class TokenLife(BaseModel):
    """How many days a token lasts; None for ever."""

    days: Annotated[int | None, Field(ge=1, le=3650)] = None


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
        found = _said((*problem.mistakes, *differing(values)))
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
    work = request[WORK]
    values = await form_values(request)
    scopes = [str(scope) for scope in (await request.post()).getall("scopes", [])]
    days, wrong = _life(values)
    try:
        made = await tokens.make_token(
            work,
            name=values.get("name", ""),
            scopes=scopes,
            expires_at=None if days is None else work.now + timedelta(days=days),
        )
        _demand_nothing_wrong(wrong)
    except Invalid as problem:
        typed = {"name": values.get("name", ""), "days": values.get("days", "")}
        found = _said((*wrong, *problem.mistakes))
        return await _my_page_again(request, 422, token_values=typed, token_scopes=scopes, token_mistakes=found)
    return await _my_page(request, token_once=made.token)


def _demand_nothing_wrong(wrong: tuple[Mistake, ...]) -> None:
    """Raise `Invalid` for these. Comes after the act, which names the other mistakes: the refusal takes it back."""
    if wrong:
        raise Invalid(*wrong)


def _life(values: Mapping[str, str]) -> tuple[int | None, tuple[Mistake, ...]]:
    try:
        return read_values({"days": values.get("days", "")}, TokenLife).days, ()
    except Invalid as problem:
        return None, problem.mistakes


async def end_token(request: web.Request) -> web.Response:
    """POST /tokens/{id}/end: whatever comes with this token is no longer let in."""
    values = await form_values(request)
    await tokens.end_token(request[WORK], int(request.match_info["id"]))
    answer = redirect(request, "my_account", flash=Flash(_("The token is ended.")))
    answer.headers["Location"] = own_path(values.get("next", "")) or answer.headers["Location"]
    return answer


def _said(mistakes: tuple[Mistake, ...]) -> dict[str, str]:
    return {mistake.field: say(mistake) for mistake in mistakes}


async def _my_page_again(request: web.Request, status: int, **context: Any) -> web.Response:
    """The page as it stood before, with what is wrong: nothing of the attempt may show as done."""
    await request[TRANSACTION].rollback()
    return await _my_page(request, status, **context)


async def _my_page(request: web.Request, status: int = 200, **context: Any) -> web.Response:
    work, actor = request[WORK], request[WORK].actor
    waiting = must_change_password(actor)
    shown: dict[str, Any] = {
        "account": {
            "login": actor.login,
            "name": actor.name,
            "role_label": _(ROLE_LABELS[actor.role]),
            "department_label": labels.department_path(work.policy, actor.department) if actor.department else "",
            "must_change": waiting,
        },
        "sessions": await session_views(request, actor.account_id),
        "mistakes": {},
        "tokens": [] if waiting else token_views(await tokens.list_tokens(work)),
        "token_values": {"days": TOKEN_DAYS},
        "token_scopes": [],
        "token_mistakes": {},
        "token_once": None,
        "scopes": [(scope.value, _(tokens.SCOPE_LABELS[scope])) for scope in tokens.scopes_for(actor.role)],
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


def token_views(shown: list[tokens.TokenShown]) -> list[dict[str, Any]]:
    """Tokens as pages list them."""
    labels_of = tokens.SCOPE_LABELS
    everything = [_(mark("All this account may do"))]
    return [
        {
            "id": str(token.id),
            "name": token.name,
            "scopes": everything
            if token.scopes is None
            else [_(labels_of[Permission(scope)]) for scope in token.scopes if scope in labels_of],
            "made_at": token.made_at,
            "expires_at": token.expires_at,
        }
        for token in shown
    ]
