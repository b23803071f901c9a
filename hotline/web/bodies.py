"""Receiving what was sent, before anything is held for it.

A sender who stalls must not keep a connection of the database: with as many of them as there are connections nobody
else would get one, and an account is not even needed for that. So the body comes first, and within a time.
"""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from hotline.errors import Refusal
from hotline.i18n import mark

SECONDS: Final = 20.0
"""For at most 1 MiB, on a line as slow as they come."""
LARGE_SECONDS: Final = 180.0
"""For a file of some megabytes, where a route takes one."""
FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_UPLOADED: Final = web.RequestKey("uploaded", list[web.FileField])
_CANNOT_BE_READ: Final = mark("What was sent cannot be read. Send it as UTF-8, uncompressed and whole.")


class TooSlow(Refusal):
    """The body did not arrive in time."""


class TooLarge(Refusal):
    """The body is larger than this route takes."""


class Unreadable(Refusal):
    """The body is not what it says it is."""


async def receive(request: web.Request, *, machine: bool, large: int = 0) -> None:
    """Have the whole body here; handlers then read it without waiting. Raises `TooSlow`, `TooLarge` or `Unreadable`.

    Forms of pages are taken apart, bodies for machines are left as they are. `large` is how many bytes are taken where
    that is more than everywhere else.
    """
    try:
        async with asyncio.timeout(LARGE_SECONDS if large else SECONDS):
            if machine or request.content_type not in FORMS:
                await request.read()
            elif (request.charset or "utf-8").lower() != "utf-8":
                raise Unreadable(_CANNOT_BE_READ)
            else:
                sent = await request.post()
                request[_UPLOADED] = [value for value in sent.values() if isinstance(value, web.FileField)]
    except TimeoutError:
        raise TooSlow(mark("What was sent did not arrive in time. Please send it again.")) from None
    except web.HTTPRequestEntityTooLarge:
        if not large:
            raise
        raise TooLarge(mark("At most {most} MB can be sent at once."), most=large >> 20) from None
    except (ValueError, LookupError, AssertionError, web.RequestPayloadError):
        # What the library raises for odd encodings, boundaries and parts; none of it is the service's fault.
        raise Unreadable(_CANNOT_BE_READ) from None


def close_files(request: web.Request) -> None:
    """Close what was uploaded with this request; the library does so only for a request it has made itself."""
    for file in request.get(_UPLOADED, ()):
        file.file.close()
