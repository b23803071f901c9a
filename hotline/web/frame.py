"""What surrounds every answer: the request's id, the headers that protect a browser, and the log line."""

from __future__ import annotations

import asyncio
import time
from typing import Final
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from hotline.web.keys import REQUEST_ID, SETTINGS

log = structlog.get_logger("hotline.requests")

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": without it a browser names no origin even for our own forms, and over plain http nothing else.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
"""A request's id has no digits: the log would take some of them for a telephone number and mask them."""
GONE_AWAY: Final = 499
"""What is logged when the browser has left before the answer."""
NO_STORE: Final = "no-store"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the protecting headers on every answer, errors and streams included."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", NO_STORE)
    response.headers["X-Request-ID"] = request.get(REQUEST_ID, "")
    response.headers.pop("Server", None)
    if request.app[SETTINGS].secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"


@web.middleware
async def outermost(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Name the request and log one line about it: no query string, no referrer, no body."""
    request[REQUEST_ID] = uuid4().hex.translate(_LETTERS)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request[REQUEST_ID])
    began = time.perf_counter()
    status = 500
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        status = answer.status
        raise
    except (asyncio.CancelledError, ConnectionResetError):
        status = GONE_AWAY
        raise
    else:
        status = response.status
        return response
    finally:
        resource = request.match_info.route.resource
        log.info(
            "request",
            method=request.method,
            route=resource.canonical if resource is not None else "unknown",
            status=status,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
        )
