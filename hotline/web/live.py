"""Live streams: what moved, to the screens of those who may see it, and nothing of the rest."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any, Final

from aiohttp import web

from hotline.accounts.permissions import Actor, CaseFacts, Permission, allows
from hotline.accounts.roles import Role
from hotline.errors import Refusal
from hotline.storage.listener import END, MISSED, Heard
from hotline.storage.notices import MOST, notices_after
from hotline.web.entrance import same_actor
from hotline.web.keys import DATABASE, LISTENER, VISIT

HEARTBEAT_SECONDS: Final = 15.0
LOOK_SECONDS: Final = 5.0
"""After the end of a session nothing is told for longer than this, nor of an employer somebody is tied to by now."""
RETRY_MILLISECONDS: Final = 2000
_FOR_A_DEPARTMENT: Final = frozenset(
    {"route", "hand_over", "reopen", "urge", "supervise", "co_handle", "grant_extension", "refuse_extension"}
)
TO_DO: Final = {
    Role.OPERATOR: frozenset({"queue", "return", "resolve"}),
    Role.STAFF: _FOR_A_DEPARTMENT,
    Role.LEAD: _FOR_A_DEPARTMENT,
    Role.SUPERVISOR: frozenset({"ask_extension", "return"}),
}
"""What gives a role something to do: told by a quiet notice wherever the person is."""
LAST_ID: Final = 2**62
LONGEST_ID: Final = 19


async def stream(request: web.Request) -> web.StreamResponse:
    """GET /live: server-sent events; `Last-Event-ID` brings what was missed. Ends when the session ends."""
    visit = request[VISIT]
    actor, token = visit.actor, visit.token
    assert actor is not None  # noqa: S101 - the route asks for a permission
    assert token is not None  # noqa: S101 - likewise
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    async with request.app[LISTENER].subscription() as queue:
        with contextlib.suppress(ConnectionResetError):
            await response.prepare(request)
            await response.write(f"retry: {RETRY_MILLISECONDS}\n\n".encode())
            for heard in await _missed(request):
                await _tell(response, actor, heard)
            await _follow(request, response, actor, token, queue)
    return response


async def _follow(
    request: web.Request, response: web.StreamResponse, actor: Actor, token: str, queue: asyncio.Queue[Heard]
) -> None:
    loop = asyncio.get_running_loop()
    looked_at = loop.time()
    while True:
        try:
            # Counted from the last look and not from the last notice: on a busy day there is never a silence.
            async with asyncio.timeout(looked_at + HEARTBEAT_SECONDS - loop.time()):
                heard = await queue.get()
        except TimeoutError:
            heard = None
        if heard is END:
            return
        said = None if heard is None else what_to_tell(actor, heard)
        if heard is None or (said is not None and loop.time() >= looked_at + LOOK_SECONDS):
            known = await _still_signed_in(request, token, actor)
            if known is None:
                return
            actor, looked_at = known, loop.time()
        if heard is None:
            await response.write(b"event: ping\ndata: {}\n\n")
        else:
            await _tell(response, actor, heard)


async def _tell(response: web.StreamResponse, actor: Actor, heard: Heard) -> None:
    said = what_to_tell(actor, heard)
    if said is not None:
        number = f"id: {heard.id}\n" if heard.id else ""
        await response.write(f"{number}event: case\ndata: {json.dumps(said)}\n\n".encode())
        if said["kind"] in TO_DO.get(actor.role, ()):
            await response.write(f"event: notice\ndata: {json.dumps(said)}\n\n".encode())


def what_to_tell(actor: Actor, heard: Heard) -> dict[str, Any] | None:
    """What this person may hear of a notice; None: nothing at all.

    Who may see the case hears its number and what happened; the department a case has left hears only that, under the
    number it knew.
    """
    if heard is MISSED:
        return {"kind": "missed"}
    facts = heard.facts
    whom: dict[str, Any] = {"unit": facts.get("unit"), "employer_key": facts.get("employer_key", "")}
    helpers = frozenset(facts["co_handlers"])
    case = CaseFacts(facts["department"], facts["taken_by"], facts["confidential"], helpers, **whom)
    if allows(actor, Permission.CASE_READ, case):
        return {
            "number": facts["number"],
            "kind": heard.kind,
            "status": facts["status"],
            "version": facts.get("version", 0),
        }
    left = CaseFacts(facts["left"], facts["taken_by"], facts["confidential"], **whom)
    if facts["left"] is not None and allows(actor, Permission.CASE_READ, left):
        return {"number": facts["number"], "kind": "left"}
    return None


async def _missed(request: web.Request) -> list[Heard]:
    asked = request.headers.get("Last-Event-ID", "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > LONGEST_ID or int(asked) > LAST_ID:
        return []
    try:
        async with request.app[DATABASE].transaction() as session:
            found = await notices_after(session, int(asked))
    except Refusal:
        return [MISSED]  # the stream has begun: it can be told no other way
    if len(found) >= MOST:
        return [MISSED]  # more than that: the screen looks again
    return [Heard(notice.id, notice.kind, notice.facts) for notice in found]


async def _still_signed_in(request: web.Request, token: str, actor: Actor) -> Actor | None:
    """Who this is by now (a tie to an employer may be new), None when the session has ended.

    A database that is away ends no stream.
    """
    try:
        async with request.app[DATABASE].transaction() as session:
            return await same_actor(request, session, token)
    except Refusal:
        return actor
