"""From kinds of refusal to HTTP: problems (RFC 9457) for machines, a page that says what to do for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from hotline.clock import SHANGHAI
from hotline.errors import Changed, Conflict, Invalid, Mistake, NotAllowed, NotFound, Refusal, Unavailable
from hotline.i18n import _, mark
from hotline.web.bodies import TooLarge, TooSlow, Unreadable
from hotline.web.forms import NoJson, WrongMediaType

STATUS: Final[dict[type[Refusal], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Changed: HTTPStatus.PRECONDITION_FAILED,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    WrongMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NoJson: HTTPStatus.BAD_REQUEST,
    Unreadable: HTTPStatus.BAD_REQUEST,
    TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}

TITLES: Final[dict[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: mark("This request cannot be read"),
    HTTPStatus.UNAUTHORIZED: mark("Please sign in"),
    HTTPStatus.FORBIDDEN: mark("This is not yours to do"),
    HTTPStatus.NOT_FOUND: mark("There is no such page"),
    HTTPStatus.METHOD_NOT_ALLOWED: mark("This address does not take that"),
    HTTPStatus.REQUEST_TIMEOUT: mark("This took too long to arrive"),
    HTTPStatus.CONFLICT: mark("Somebody was faster, or it has moved on"),
    HTTPStatus.PRECONDITION_FAILED: mark("It was changed in the meantime"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: mark("This is too large"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: mark("This kind of content is not taken"),
    HTTPStatus.UNPROCESSABLE_ENTITY: mark("Some things need correcting"),
    HTTPStatus.TOO_MANY_REQUESTS: mark("Too many attempts"),
    HTTPStatus.INTERNAL_SERVER_ERROR: mark("Something went wrong on our side"),
    HTTPStatus.SERVICE_UNAVAILABLE: mark("Not available just now"),
}


def status_of(refusal: Refusal) -> HTTPStatus:
    """The HTTP status of a refusal: that of its nearest kind in the table."""
    for kind in type(refusal).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def words(message: str, params: dict[str, Any]) -> str:
    """A message in the reader's language; times in it are written for people, msgids in it are translated."""
    return _(message, **{key: _shown(value) for key, value in params.items()})


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return _(value) if isinstance(value, str) else value


def say(mistake: Mistake) -> str:
    """A mistake in the reader's language."""
    return words(mistake.message, mistake.params)


def title(status: int) -> str:
    """The heading for a status in the reader's language."""
    return _(TITLES.get(HTTPStatus(status), TITLES[HTTPStatus.INTERNAL_SERVER_ERROR]))


def problem(
    status: int, detail: str, *, mistakes: tuple[Mistake, ...] = (), headers: Mapping[str, str] | None = None
) -> web.Response:
    """An answer for machines: `application/problem+json` with every mistake named."""
    body: dict[str, Any] = {"type": "about:blank", "title": title(status), "status": int(status), "detail": detail}
    if mistakes:
        body["errors"] = [{"field": mistake.field, "detail": say(mistake)} for mistake in mistakes]
    return web.Response(
        status=status,
        text=json.dumps(body, ensure_ascii=False),
        content_type="application/problem+json",
        headers=headers,
    )


def refuse(refusal: Refusal) -> web.Response:
    """A refusal as a problem for machines."""
    mistakes = refusal.mistakes if isinstance(refusal, Invalid) else ()
    headers = {"Retry-After": str(refusal.retry_after)} if isinstance(refusal, Unavailable) else {}
    return problem(status_of(refusal), words(refusal.message, refusal.params), mistakes=mistakes, headers=headers)
