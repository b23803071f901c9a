"""The way in: who asks, may they, one transaction, commit before the answer leaves. Every route goes through here."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import clock
from hotline.accounts.permissions import Actor, Permission, demand
from hotline.accounts.sessions import actor_of
from hotline.accounts.tokens import actor_of_token
from hotline.errors import Invalid, NotAllowed, Refusal
from hotline.i18n import LANGUAGES, language, mark
from hotline.settings import Settings
from hotline.storage.kept_answers import SentTwiceAtOnce
from hotline.web.bodies import FORMS, close_files, receive
from hotline.web.forms import CSRF_FIELD
from hotline.web.keys import DATABASE, KEEP, REQUEST_ID, RULES, SETTINGS, TRANSACTION, VISIT, WORK, Visit
from hotline.web.page import problem_page, redirect
from hotline.web.refusals import problem, refuse, say, status_of, words
from hotline.work import Work

log = structlog.get_logger(__name__)

LANGUAGE_COOKIE: Final = "hotline_language"
CSRF_HEADER: Final = "X-CSRF-Token"
SAFE: Final = frozenset({"GET", "HEAD"})
ERROR: Final = 400


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table of routes. A machine's route takes a bearer token and answers refusals as problems.

    `largest` is how many bytes it takes where that is more than everywhere else: who may not is turned away first.
    """

    method: str
    path: str
    handler: Handler
    permission: Permission
    name: str
    machine: bool = False
    streams: bool = False
    largest: int = 0


class PleaseSignIn(Refusal):
    """Nobody is signed in, or the session has ended."""


class ChooseAPassword(NotAllowed):
    """Somebody else has chosen the password: first comes an own one."""


def cookie_name(settings: Settings) -> str:
    """What the cookie of a session is called: over https a name no other host and no page over http can set."""
    return "__Host-hotline_session" if settings.secure else "hotline_session"


def keep_session(request: web.Request, answer: web.Response, token: str) -> None:
    """Give the browser the key of its session."""
    settings = request.app[SETTINGS]
    answer.set_cookie(
        cookie_name(settings),
        token,
        max_age=int(settings.session_life.total_seconds()),
        httponly=True,
        secure=settings.secure,
        samesite="Lax",
        path="/",
    )


def must_change_password(actor: Actor) -> bool:
    """Whether this person at a screen may do nothing but choose a password: all rights are withheld until then."""
    return actor.session_id is not None and actor.scopes is not None


def endpoint(route: Route) -> Handler:
    """The handler which the router gets: lets people in, opens the transaction, turns refusals into answers."""

    async def enter(request: web.Request) -> web.StreamResponse:
        if route.largest:
            request = request.clone(client_max_size=route.largest)
        request[VISIT] = Visit()
        language.set(_language(request))
        try:
            return await _answer_at_last(route, request)
        except PleaseSignIn as refusal:
            return await _ask_to_sign_in(route, request, refusal)
        except ChooseAPassword as refusal:
            if _reads_a_page(request):
                return redirect(request, "my_account")
            return await _refusal_page(request, refusal)
        except Refusal as refusal:
            if route.machine or "application/json" in request.headers.get("Accept", ""):
                return refuse(refusal)
            return await _refusal_page(request, refusal)
        finally:
            close_files(request)

    return enter


async def _answer_at_last(route: Route, request: web.Request) -> web.StreamResponse:
    """Answer; when the same request was answered elsewhere at the same moment, give that answer."""
    try:
        return await _answer(route, request)
    except SentTwiceAtOnce:
        return await _answer(route, request)


async def _answer(route: Route, request: web.Request) -> web.StreamResponse:
    if route.method not in SAFE and not route.machine:
        _check_origin(request)
    if route.largest:
        async with request.app[DATABASE].transaction() as session:
            await _recognise(route, request, session)
    if route.method not in SAFE:
        await receive(request, machine=route.machine, large=route.largest)
    async with request.app[DATABASE].transaction() as session:
        request[TRANSACTION] = session
        await _let_in(route, request, session)
        if not route.streams:
            response = await route.handler(request)
            if response.status >= ERROR and not request.get(KEEP):
                await session.rollback()
            return response
    return await route.handler(request)


async def _let_in(route: Route, request: web.Request, session: AsyncSession) -> None:
    await _recognise(route, request, session)
    if route.permission is not Permission.EVERYBODY and route.method not in SAFE and not route.machine:
        await _check_csrf(request)


async def _recognise(route: Route, request: web.Request, session: AsyncSession) -> None:
    """Who asks, and may they? Nothing of what was sent is needed for that."""
    now = clock.now()
    token = _bearer(request) if route.machine else request.cookies.get(cookie_name(request.app[SETTINGS]))
    actor = await _actor(route, request, session, token) if token else None
    request[VISIT] = Visit(actor, token, csrf_of(token) if token and actor else "")
    if actor is not None:
        if not route.machine:
            language.set(_language(request, actor))
        request[WORK] = Work(
            session=session,
            policy=request.app[RULES].policy,
            actor=actor,
            now=now,
            address=address_of(request),
            request_id=request[REQUEST_ID],
        )
    if route.permission is Permission.EVERYBODY:
        return
    if actor is None:
        raise PleaseSignIn(mark("Please sign in to go on."))
    if must_change_password(actor) and route.permission is not Permission.SELF:
        raise ChooseAPassword(mark("Please choose your own password before you go on."))
    demand(actor, route.permission)


async def _actor(route: Route, request: web.Request, session: AsyncSession, token: str) -> Actor | None:
    now, routing = clock.now(), request.app[RULES].policy.routing
    trees: dict[str, Any] = {"below": routing.departments.below, "conflicts": routing.links.against}
    if route.machine:
        return await actor_of_token(session, token, now=now, **trees)
    idle = request.app[SETTINGS].session_idle
    return await actor_of(session, token, now=now, **trees, idle=idle, touch=not route.streams)


async def same_actor(request: web.Request, session: AsyncSession, token: str) -> Actor | None:
    """Who this is by now, on a stream that has been open for a while; looking does not prolong the session."""
    routing = request.app[RULES].policy.routing
    return await actor_of(
        session,
        token,
        now=clock.now(),
        below=routing.departments.below,
        conflicts=routing.links.against,
        idle=request.app[SETTINGS].session_idle,
        touch=False,
    )


def _bearer(request: web.Request) -> str | None:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def csrf_of(token: str) -> str:
    """What forms of this session carry: known to its pages alone."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()[:32]


def _check_origin(request: web.Request) -> None:
    """Raise `NotAllowed` for a change that another site asks for in this browser's name.

    What the browser says of the site decides; over plain http it says nothing of it, and the origin decides.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        foreign = site not in {"same-origin", "none"}
    else:
        foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign:
        raise NotAllowed(mark("This request came from another site and was not carried out."))


async def _check_csrf(request: web.Request) -> None:
    sent: Any = request.headers.get(CSRF_HEADER)
    if sent is None and request.content_type in FORMS:
        sent = (await request.post()).get(CSRF_FIELD)
    if not isinstance(sent, str) or not hmac.compare_digest(
        sent.encode(errors="replace"), request[VISIT].csrf.encode()
    ):
        raise NotAllowed(mark("This page is no longer valid. Please go back, reload it and try again."))


def address_of(request: web.Request) -> str:
    """The address of the browser: what the last trusted proxy says, or the peer itself."""
    proxies = request.app[SETTINGS].trusted_proxies
    # Some proxies put a line of their own behind the one a browser has sent: the last line counts, not the first.
    said = ",".join(request.headers.getall("X-Forwarded-For", ()))
    forwarded = [part.strip() for part in said.split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies][:64]
    return (request.remote or "")[:64]


def _language(request: web.Request, actor: Actor | None = None) -> str:
    """What was chosen in this browser, else what this person has chosen elsewhere."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    if actor is not None and actor.language in LANGUAGES:
        return actor.language
    wanted = request.headers.get("Accept-Language", "")[:2].lower()
    return "en" if wanted == "en" and request.path.startswith("/api/") else LANGUAGES[0]


async def _ask_to_sign_in(route: Route, request: web.Request, refusal: Refusal) -> web.Response:
    if route.machine:
        return problem(
            401, words(refusal.message, refusal.params), headers={"WWW-Authenticate": 'Bearer realm="hotline"'}
        )
    if _reads_a_page(request):
        answer = redirect(request, "sign_in")
        if request.path != "/":
            answer.headers["Location"] += "?" + urlencode({"next": request.rel_url.raw_path_qs})
        return answer
    return await problem_page(request, 401, words(refusal.message, refusal.params))


def _reads_a_page(request: web.Request) -> bool:
    return request.method in SAFE and "text/html" in request.headers.get("Accept", "text/html")


async def _refusal_page(request: web.Request, refusal: Refusal) -> web.Response:
    message = words(refusal.message, refusal.params)
    if isinstance(refusal, Invalid):
        message = " ".join([message, *(say(mistake) for mistake in refusal.mistakes)])
    request.pop(WORK, None)
    answer = await problem_page(request, status_of(refusal), message)
    retry = getattr(refusal, "retry_after", None)
    if retry is not None:
        answer.headers["Retry-After"] = str(retry)
    return answer
