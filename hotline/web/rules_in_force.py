"""The rules this process decides by: the version in force, within a second of its publication."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

import structlog
from aiohttp import web

from hotline import clock
from hotline.errors import Invalid, Refusal
from hotline.i18n import _
from hotline.policy import Policy
from hotline.rulebook.in_force import InForce, bring_into_force, read_row, with_rules
from hotline.rulebook.queries import active_row, active_version
from hotline.web.keys import DATABASE, RULES, SETTINGS

LOOK_SECONDS: Final = 60.0
"""Looked at even when nothing was heard: one short question."""
AGAIN_SECONDS: Final = 1.0
log = structlog.get_logger(__name__)


def told(problem: Invalid) -> str:
    """Every mistake in one line, for the top of a page."""
    return "; ".join(f"{mistake.field}: {_(mistake.message, **mistake.params)}" for mistake in problem.mistakes)


async def begin_with_rules(app: web.Application) -> None:
    """Start with the version in force; at the very first start the file becomes it.

    Raises `ConfigurationError` when the version no longer fits the categories: then there is no start.
    """
    rules = app[RULES]
    async with app[DATABASE].transaction() as session:
        found = await bring_into_force(session, rules.policy, app[SETTINGS].config, now=clock.now())
    rules.in_force, rules.policy = found, with_rules(rules.policy, found)


async def follow_rules(app: web.Application, said: asyncio.Event) -> None:
    """Put into force what is published, until cancelled. What cannot be used leaves the last good one in force."""
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await said.wait()
        said.clear()
        try:
            await look_again(app)
        except Refusal:  # the database is away: when it is back, look
            said.set()
            await asyncio.sleep(AGAIN_SECONDS)


async def look_again(app: web.Application) -> None:
    """Put the version in force into force here, unless it is already."""
    rules = app[RULES]
    async with app[DATABASE].transaction() as session:
        if (found := await active_version(session)) is None or _is_here(app, found[1]):
            return
        row = await active_row(session)
    if row is None:
        return
    policy = rules.policy
    try:
        version = await asyncio.to_thread(read_row, row, policy)
        ready = await asyncio.to_thread(with_rules, policy, version)
    except Invalid as problem:
        rules.version_problem = told(problem)
        log.warning("rule_set_refused", rule_set=row.version, mistakes=len(problem.mistakes))
        return
    _put(app, policy, version, ready)


def _is_here(app: web.Application, version: str) -> bool:
    rules = app[RULES]
    return rules.in_force is not None and rules.in_force.version == version and rules.version_problem is None


def _put(app: web.Application, read_for: Policy, version: InForce, ready: Policy) -> None:
    """From now on these rules decide; whatever else of the policy has changed meanwhile is kept."""
    rules = app[RULES]
    if rules.policy is not read_for:
        ready = with_rules(rules.policy, version)
    rules.in_force, rules.policy, rules.version_problem = version, ready, None
    log.info("rule_set_in_force", rule_set=version.version)
