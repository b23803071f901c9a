"""Answering with a page: what every page needs is added here, once."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from aiohttp import web
from pydantic import TypeAdapter

from hotline import clock
from hotline.accounts.permissions import Permission, may
from hotline.i18n import _, language
from hotline.web.keys import RULES, SETTINGS, TEMPLATES, VISIT, WORK
from hotline.web.navigation import navigation
from hotline.web.pages import Flash, render
from hotline.web.refusals import title

FLASH_COOKIE: Final = "hotline_flash"
FLASH_SECONDS: Final = 60
_FLASH: Final = TypeAdapter(Flash)
_OF_A_CASE: Final = re.compile(r"(?:/cases/[0-9-]{1,32})?")


async def page(request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
    """A page of the console with the frame around it."""
    visit = request[VISIT]
    actor = visit.actor
    flash = _taken_flash(request)
    html = render(
        request.app[TEMPLATES],
        template,
        {
            "actor": actor,
            "may": lambda permission: actor is not None and may(actor, Permission(permission)),
            "csrf": visit.csrf,
            "lang": language.get(),
            "path": request.path,
            "nav": await navigation(request) if WORK in request else [],
            "hotline_name": _("Workers' hotline 12351"),
            "now": clock.now(),
            "flash": flash,
            "rules_problem": request.app[RULES].problem,
            **context,
        },
    )
    response = web.Response(text=html, content_type="text/html", status=status)
    if flash is not None:
        response.del_cookie(FLASH_COOKIE)
    return response


def fragment(request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
    """A piece of a page, for scripts to put in place."""
    actor = request[VISIT].actor
    html = render(
        request.app[TEMPLATES],
        template,
        {
            "actor": actor,
            "may": lambda permission: actor is not None and may(actor, Permission(permission)),
            "csrf": request[VISIT].csrf,
            "lang": language.get(),
            "path": request.path,
            "now": clock.now(),
            **context,
        },
    )
    return web.Response(text=html, content_type="text/html", status=status)


def address(request: web.Request, name: str, **parts: str) -> str:
    """The path of a route."""
    return str(request.app.router[name].url_for(**parts))


def redirect(request: web.Request, name: str, *, flash: Flash | None = None, **parts: str) -> web.Response:
    """See the page of this route next (303), with one quiet line on top when there is something to say."""
    response = web.Response(status=303, headers={"Location": address(request, name, **parts)})
    if flash is not None:
        _say_next(response, flash, secure=request.app[SETTINGS].secure)
    return response


def _say_next(response: web.Response, flash: Flash, *, secure: bool) -> None:
    """Keep one quiet line for the next page: in a cookie that scripts cannot read, with no word of a worker in it."""
    kept = {
        "text": flash.text,
        "href": flash.href,
        "link_label": flash.link_label,
        "undo_action": flash.undo_action,
        "undo_label": flash.undo_label,
        "undo_fields": dict(flash.undo_fields),
    }
    text = json.dumps(kept, ensure_ascii=True).encode().hex()
    response.set_cookie(FLASH_COOKIE, text, max_age=FLASH_SECONDS, httponly=True, samesite="Strict", secure=secure)


def _taken_flash(request: web.Request) -> Flash | None:
    """What was kept. Whoever shares this host's name can set its cookies: it may say no more than we do ourselves."""
    kept = request.cookies.get(FLASH_COOKIE)
    if not kept:
        return None
    try:
        flash = _FLASH.validate_json(bytes.fromhex(kept), strict=True)
    except ValueError:
        return None
    ours = _OF_A_CASE.fullmatch(flash.href) and (not flash.undo_action or flash.undo_action == f"{flash.href}/recall")
    return flash if ours else None


async def problem_page(request: web.Request, status: int, message: str) -> web.Response:
    """A page that says what went wrong and what to do now."""
    return await page(request, "problem.html", status, heading=title(status), message=message)
