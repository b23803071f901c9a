"""Answering a request once: the same Idempotency-Key and body get the same answer, however often they come."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from hotline.errors import Conflict, Invalid, Mistake, NotAllowed, NotFound
from hotline.i18n import mark
from hotline.storage.kept_answers import Answer, find_answer, fingerprint, keep_answer
from hotline.web.keys import WORK

HEADER: Final = "Idempotency-Key"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


async def answer_once(request: web.Request, do: Callable[[], Awaitable[Answer]]) -> web.Response:
    """Do the work and keep its answer, or give the answer kept before. Raises what `do` raises."""
    key = request.headers.get(HEADER)
    if key is None:
        return _response(await do())
    if not _KEY.fullmatch(key):
        raise Invalid(Mistake(HEADER, mark("A key has 1 to 255 visible ASCII characters without spaces.")))
    work = request[WORK]
    account_id, session = work.actor.account_id, work.session
    asked = fingerprint(request.method, request.path, await request.read())
    kept = await find_answer(session, account_id=account_id, key=key, request=asked)
    if kept is not None:
        return _response(kept)
    try:
        answer = await do()
    except (Conflict, NotAllowed, NotFound):
        # The same request may have been answered while this one waited for the row, and have taken the case out of
        # this person's hands or sight; then that is the answer.
        await session.rollback()
        kept = await find_answer(session, account_id=account_id, key=key, request=asked)
        if kept is None:
            raise
        return _response(kept)
    await keep_answer(session, answer, account_id=account_id, key=key, request=asked, now=work.now)
    return _response(answer)


def _response(answer: Answer) -> web.Response:
    return web.Response(
        status=answer.status, text=answer.body, content_type="application/json", headers=dict(answer.headers)
    )
