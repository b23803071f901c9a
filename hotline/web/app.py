"""The application: what it holds, how it starts, how it stops."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from hotline import clock
from hotline.accounts.attempts import prune_attempts
from hotline.accounts.codes import prune_codes
from hotline.accounts.sessions import prune_sessions
from hotline.calendars.queries import CHANNEL as CALENDAR_CHANNEL
from hotline.cases.drafts import prune_drafts
from hotline.documents.press import Press
from hotline.errors import Refusal
from hotline.i18n import _, mark
from hotline.policy import Policy
from hotline.registry.imports import prune_imports
from hotline.reports.drawings import Drawings
from hotline.reports.files import Turns
from hotline.reports.running import see_to_figures
from hotline.rulebook.backtest_queries import CHANNEL as BACKTESTS_CHANNEL
from hotline.rulebook.queries import CHANNEL as RULES_CHANNEL
from hotline.rulebook.running import see_to_backtests
from hotline.settings import Settings
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.storage.kept_answers import prune_answers
from hotline.storage.listener import Listener
from hotline.storage.notices import prune_notices
from hotline.web.calendar_in_force import begin_with_calendar, follow_calendar
from hotline.web.entrance import endpoint
from hotline.web.frame import add_headers, outermost
from hotline.web.hurrying import hurry
from hotline.web.jobs import Jobs
from hotline.web.keys import (
    COUNTS,
    DATABASE,
    DEMO,
    DRAWINGS,
    JOBS,
    LEARNT,
    LISTENER,
    PRESS,
    RULES,
    SETTINGS,
    TEMPLATES,
    VISIT,
    WORK,
    WORKBOOKS,
    Counts,
    Rules,
    Visit,
)
from hotline.web.learnt import Learnt
from hotline.web.monthly import see_to_monthly
from hotline.web.page import problem_page
from hotline.web.pages import STATIC, load_environment
from hotline.web.refusals import problem
from hotline.web.register import follow_register
from hotline.web.reminding import remind
from hotline.web.routes import ROUTES
from hotline.web.rules_in_force import begin_with_rules, follow_rules
from hotline.web.watching import watch

log = structlog.get_logger(__name__)

LARGEST_BODY: Final = 1024 * 1024
PRUNE_EVERY_SECONDS: Final = 600.0
KEPT_ADDRESSES: Final = 512
"""Addresses kept ready: every page prints the same dozen."""
ONE_YEAR: Final = "public, max-age=31536000, immutable"


def make_app(settings: Settings, database: Database, policy: Policy, *, home: Path | None = None) -> web.Application:
    """The application on a migrated database; `home` keeps compiled templates from one start to the next.

    Raises `jinja2.TemplateError` for a broken template.
    """
    app = web.Application(middlewares=[outermost, strangers], client_max_size=LARGEST_BODY)
    app[SETTINGS] = settings
    app[DATABASE] = database
    app[LISTENER] = Listener(database.url)
    app[RULES] = Rules(policy)
    app[COUNTS] = Counts()
    app[DRAWINGS] = Drawings()
    app[PRESS] = Press()
    app[WORKBOOKS] = Turns()
    app[DEMO] = []
    app[JOBS] = Jobs()
    app[LEARNT] = Learnt()
    for route in ROUTES:
        app.router.add_route(route.method, route.path, endpoint(route), name=route.name)
        if route.method == "GET" and not route.streams:
            app.router.add_route("HEAD", route.path, endpoint(route))
    app.router.add_get("/health", health, name="health")
    app.router.add_static("/static/", STATIC, name="static")
    app[TEMPLATES] = load_environment(lru_cache(KEPT_ADDRESSES)(partial(_address, app)), home=home)
    app.on_response_prepare.append(add_headers)
    app.on_response_prepare.append(_keep_static)
    app.cleanup_ctx.append(follow_register)
    app.cleanup_ctx.append(_background)
    app.on_shutdown.append(_end_streams)
    app.on_shutdown.append(_end_jobs)
    return app


def _address(app: web.Application, name: str, **parts: str) -> str:
    return str(app.router[name].url_for(**parts))


async def health(request: web.Request) -> web.Response:
    """GET /health: whether the database answers and the rules on disk are the ones in force. No account needed."""
    try:
        await request.app[DATABASE].ping()
    except Refusal:
        return web.json_response({"status": "database away"}, status=503, headers={"Retry-After": "2"})
    rules = "in force" if request.app[RULES].problem is None else "the last good ones: the files have mistakes"
    return web.json_response({"status": "well", "rules": rules})


@web.middleware
async def strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what no route answers (404, 405, 413) and what went wrong (500) in the same words as everything else."""
    request[VISIT] = Visit()
    try:
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status < web.HTTPBadRequest.status_code:
            raise
        headers = {"Allow": answer.headers["Allow"]} if "Allow" in answer.headers else {}
        return await _problem(request, answer.status, headers)
    except (asyncio.CancelledError, ConnectionResetError):
        raise
    except Exception as problem:
        if isinstance(problem, OSError) and problem.errno == errno.ENAMETOOLONG:
            return await _problem(request, 404, {})  # asked for below /static/
        log.exception("unexpected")
        return await _problem(request, 500, {})


async def _problem(request: web.Request, status: int, headers: dict[str, str]) -> web.Response:
    request.pop(WORK, None)  # its transaction is over: a navigation would count on a session nobody closes
    message = _(ADVICE.get(status, ADVICE[500]))
    if request.path.startswith("/api/"):
        return problem(status, message, headers=headers)
    answer = await problem_page(request, status, message)
    answer.headers.update(headers)
    return answer


ADVICE: Final = {
    404: mark("Check the address, or begin at the first page."),
    405: mark("This address cannot be used in this way."),
    413: mark("At most 1 MiB can be sent at once."),
    500: mark(
        "It has been written down. Please try again; if it happens again, tell the administrator the number below."
    ),
}


async def _keep_static(request: web.Request, response: web.StreamResponse) -> None:
    if request.path.startswith("/static/") and response.status == web.HTTPOk.status_code:
        response.headers["Cache-Control"] = ONE_YEAR


async def _background(app: web.Application) -> AsyncIterator[None]:
    """The rules in force to begin with; listening, watching, following the rules, backtests, tidying, while it runs."""
    rules, backtests = app[LISTENER].signal(RULES_CHANNEL), app[LISTENER].signal(BACKTESTS_CHANNEL)
    calendar = app[LISTENER].signal(CALENDAR_CHANNEL)
    await begin_with_rules(app)
    await begin_with_calendar(app)
    tasks = [
        asyncio.create_task(work)
        for work in (
            watch(app),  # first: it hears that the listener has begun
            app[LISTENER].run(),
            hurry(app),
            _tidy(app[DATABASE]),
            follow_rules(app, rules),
            follow_calendar(app, calendar),
            remind(app),
            see_to_backtests(app[DATABASE], backtests, app[SETTINGS].config),
            see_to_figures(app[DATABASE].url, lambda: app[RULES].policy.calendar),
            see_to_monthly(app[DATABASE], lambda: app[RULES].policy),
        )
    ]
    yield
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await app[DATABASE].close()


PRUNED: Final = (prune_notices, prune_answers, prune_drafts, prune_sessions, prune_attempts, prune_codes, prune_imports)


async def _tidy(database: Database) -> None:
    """Drop what has served its time: old notices, kept answers, drafts, ended sessions.

    Each by itself and with patience: after a busy day there may be more of one kind than a page would wait for.
    """
    while True:
        patient = Database(database.url, pool_size=1, command_seconds=PATIENT_SECONDS)
        for prune in PRUNED:
            try:
                async with patient.transaction() as session:
                    await prune(session, now=clock.now())
            except Refusal as refusal:
                log.warning("tidying_failed", what=prune.__name__, reason=str(refusal))
            except Exception:
                log.exception("tidying_failed", what=prune.__name__)
        await patient.close()
        await asyncio.sleep(PRUNE_EVERY_SECONDS)


async def _end_streams(app: web.Application) -> None:
    app[LISTENER].end()


async def _end_jobs(app: web.Application) -> None:
    await app[JOBS].end()
