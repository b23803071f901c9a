"""The doors: signing in and out, the first accounts, a password by a one-time code, the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from hotline import clock
from hotline.accounts import codes
from hotline.accounts.my_account import choose_language as keep_language
from hotline.accounts.my_account import sign_out as end_this_session
from hotline.accounts.roles import ROLE_LABELS
from hotline.accounts.sign_in import Refused, sign_in
from hotline.errors import Invalid
from hotline.i18n import LANGUAGES, _, mark
from hotline.web.console.passwords import demand_the_same, differing
from hotline.web.entrance import LANGUAGE_COOKIE, address_of, cookie_name, keep_session, must_change_password
from hotline.web.forms import form_values
from hotline.web.keys import DEMO, KEEP, REQUEST_ID, SETTINGS, TRANSACTION, VISIT, WORK
from hotline.web.navigation import first_place
from hotline.web.page import page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import say, words

A_YEAR: Final = 365 * 24 * 3600
_OWN_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
"""A path of this service: a browser reads `//x` and `/\\x` as another host, and leaves out tabs and line breaks."""
_TYPED_AGAIN: Final = ("login", "code", "name")
"""What is shown again after a mistake; never a password."""


async def home(request: web.Request) -> web.Response:
    """GET /: the page this person's day begins with."""
    if must_change_password(request[WORK].actor):
        return redirect(request, "my_account")
    return _see(first_place(request))


async def show_sign_in(request: web.Request) -> web.Response:
    """GET /sign-in: the door."""
    if request[VISIT].actor is not None:
        return redirect(request, "home")
    return await _door(request, {}, {}, after=own_path(request.query.get("next", "")))


async def sign_in_now(request: web.Request) -> web.Response:
    """POST /sign-in: a session, or one answer for everything that is not right."""
    values = await form_values(request)
    after = own_path(values.get("next", ""))
    result = await sign_in(
        request[TRANSACTION],
        login=values.get("login", "")[:64],
        password=values.get("password", "")[:1000],
        address=address_of(request),
        browser=request.headers.get("User-Agent", ""),
        now=clock.now(),
        request_id=request[REQUEST_ID],
        life=request.app[SETTINGS].session_life,
    )
    if isinstance(result, Refused):
        request[KEEP] = True
        answer = await _door(
            request,
            values,
            {"": words(result.message, dict(result.params))},
            after=after,
            status=422 if result.retry_at is None else 429,
        )
        if result.retry_at is not None:
            answer.headers["Retry-After"] = str(_seconds_until(result.retry_at))
        return answer
    if WORK in request:  # somebody else was signed in here: that session ends too
        await end_this_session(request[WORK])
    answer = _see("/me" if result.must_change_password else after or "/")
    keep_session(request, answer, result.token)
    return answer


def _seconds_until(at: datetime) -> int:
    return max(1, int((at - clock.now()).total_seconds()) + 1)


async def _door(
    request: web.Request, values: Mapping[str, str], mistakes: Mapping[str, str], *, after: str, status: int = 200
) -> web.Response:
    demo = [
        {"login": one.login, "password": one.password, "role_label": _(ROLE_LABELS[one.role])}
        for one in request.app[DEMO]
    ]
    return await page(
        request, "console/sign_in.html", status, values=_typed(values), mistakes=mistakes, next=after, demo=demo
    )


async def sign_out(request: web.Request) -> web.Response:
    """POST /sign-out: the session ends, and the browser forgets its key."""
    await end_this_session(request[WORK])
    answer = redirect(request, "sign_in")
    secure = request.app[SETTINGS].secure
    answer.del_cookie(cookie_name(request.app[SETTINGS]), path="/", secure=secure, httponly=True, samesite="Lax")
    return answer


async def choose_language(request: web.Request) -> web.Response:
    """POST /language: the words of every page from now on, in this browser and wherever this person signs in."""
    values = await form_values(request)
    chosen = values.get("lang", "")
    answer = _see(own_path(values.get("next", "")) or "/")
    if chosen in LANGUAGES:
        secure = request.app[SETTINGS].secure
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure, path="/"
        )
        if WORK in request:
            await keep_language(request[WORK], chosen)
    return answer


async def show_first_admin(request: web.Request) -> web.Response:
    """GET /first-administrator: where the codes printed at the start make the first two accounts."""
    return await page(request, "console/first_admin.html", values={}, mistakes={})


async def make_first_admin(request: web.Request) -> web.Response:
    """POST /first-administrator: an account for who holds the code."""
    values = await form_values(request)
    try:
        login = await codes.redeem_first_code(
            request[TRANSACTION],
            code=values.get("code", "").strip(),
            login=values.get("login", ""),
            name=values.get("name", ""),
            password=values.get("password", ""),
            **_from_here(request),
        )
        demand_the_same(values)
    except Invalid as problem:
        return await _not_yet(request, "console/first_admin.html", values, problem)
    return _now_sign_in(request, mark("The account {login} is made. Please sign in."), login)


async def show_new_password(request: web.Request) -> web.Response:
    """GET /new-password: where a one-time code chooses a password."""
    return await page(request, "console/new_password.html", values={}, mistakes={})


async def choose_new_password(request: web.Request) -> web.Response:
    """POST /new-password: the password is chosen; whatever was open with the account ends."""
    values = await form_values(request)
    try:
        login = await codes.set_password_by_code(
            request[TRANSACTION],
            code=values.get("code", "").strip(),
            password=values.get("password", ""),
            **_from_here(request),
        )
        demand_the_same(values)
    except Invalid as problem:
        return await _not_yet(request, "console/new_password.html", values, problem)
    return _now_sign_in(request, mark("The password of {login} is set. Please sign in."), login)


def _from_here(request: web.Request) -> dict[str, Any]:
    return {"now": clock.now(), "address": address_of(request), "request_id": request[REQUEST_ID]}


async def _not_yet(request: web.Request, template: str, values: Mapping[str, str], problem: Invalid) -> web.Response:
    found = {mistake.field: say(mistake) for mistake in (*problem.mistakes, *differing(values))}
    return await page(request, template, 422, values=_typed(values), mistakes=found)


def _now_sign_in(request: web.Request, message: str, login: str) -> web.Response:
    return redirect(request, "sign_in", flash=Flash(_(message, login=login)))


def _typed(values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name] for name in _TYPED_AGAIN if name in values}


def own_path(path: str) -> str:
    """The path, if it leads to a page of this service and nowhere else; else an empty string."""
    return path if _OWN_PATH.fullmatch(path) else ""


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})
