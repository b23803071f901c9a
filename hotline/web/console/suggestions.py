"""What the rules could learn from corrections: words with what they would do, for a person to take or leave."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from types import SimpleNamespace
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, may
from hotline.cases.rights import condition
from hotline.cases.words import Code
from hotline.clock import SHANGHAI
from hotline.i18n import _
from hotline.routing.phrases import LONGEST, SHORTEST
from hotline.routing.ruleset import RuleSetTable
from hotline.routing.suggest import FEWEST_CALLERS, HEAVIEST, Suggestion, suggest
from hotline.rulebook.corrections import corrections_state
from hotline.rulebook.in_force import first_table
from hotline.rulebook.suggestions import learnt_from
from hotline.rulebook.taking import take_suggestion
from hotline.storage.database import Database
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.forms import form_values, read_values
from hotline.web.keys import DATABASE, JOBS, LEARNT, RULES, SETTINGS, WORK
from hotline.web.learnt import Counting
from hotline.web.page import fragment, page, redirect
from hotline.web.pages import Flash
from hotline.work import Work, leave_trace

MOST_SHOWN: Final = 60
QUICK_SECONDS: Final = 0.4
"""What is counted within this is shown at once; for longer a page is not held up."""


async def show(request: web.Request) -> web.Response:
    """GET /rules/suggestions: what has been counted, or that it is being counted; leaves a trace."""
    work, table = request[WORK], await rules_in_force(request)
    counting = await _counting(request, table)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(QUICK_SECONDS):
            await counting.ended.wait()
    found = counting.found
    await leave_trace(work, "rules.suggest", details={} if found is None else {"found": len(found)})
    return await page(
        request,
        "console/suggestions.html",
        suggestions=[_view(work, one) for one in (found or ())[:MOST_SHOWN]],
        going=not counting.ended.is_set(),
        failed=counting.failed,
        counted_when=words.when(counting.begun_at, work.now),
        can_take=may(work.actor, Permission.RULES_WRITE),
        rule_set=table.version(),
        fewest=FEWEST_CALLERS,
    )


async def progress(request: web.Request) -> web.Response:
    """GET /rules/suggestions/progress: the part of the page that moves while it is being counted."""
    counting = await _counting(request, await rules_in_force(request))
    return fragment(request, "console/_suggesting.html", going=not counting.ended.is_set())


async def _counting(request: web.Request, table: RuleSetTable) -> Counting:
    """The counting for this reader and these rules, begun where there is none: it goes on behind the answer.

    It is counted again when a correction has been added or judged, when other rules are in force, and every day.
    """
    work, learnt = request[WORK], request.app[LEARNT]
    reader = dataclasses.replace(work.actor, session_id=None, language="")  # all that decides which cases they may see
    of = reader, table.version(), await corrections_state(work.session), work.now.astimezone(SHANGHAI).date()
    counting = learnt.find(of)
    if counting is None or counting.failed:
        counting = learnt.begin(of, now=work.now)
        request.app[JOBS].start(_count(request.app[DATABASE], work, table, counting))
    return counting


async def _count(database: Database, work: Work, table: RuleSetTable, counting: Counting) -> None:
    visible = condition(work.actor, Permission.CASE_READ)
    try:
        async with database.transaction() as session:
            cases = await learnt_from(session, visible, now=work.now)
        units = work.policy.routing.units
        counting.found = await asyncio.to_thread(suggest, table, work.policy.categories, cases, units=units)
    finally:
        counting.ended.set()


async def rules_in_force(request: web.Request) -> RuleSetTable:
    """The rules in force as they can be written; before there is a version, those of the file."""
    rules = request.app[RULES]
    if rules.in_force is not None:
        return rules.in_force.table
    return await asyncio.to_thread(first_table, rules.policy, request.app[SETTINGS].config)


class Taken(BaseModel):
    """A suggestion as its row sends it."""

    model_config = ConfigDict(extra="forbid")

    category: Code
    rule: Code
    word: Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST)]
    weight: Annotated[float, Field(gt=0, le=HEAVIEST)]


async def take(request: web.Request) -> web.Response:
    """POST /rules/suggestions: the word goes into a draft of this person, which is shown next."""
    form = read_values(await form_values(request), Taken)
    known = {rule.id for rule in (await rules_in_force(request)).rule}
    suggestion = Suggestion(
        category=form.category, rule=form.rule, is_new=form.rule not in known, word=form.word, weight=form.weight,
        support=0, z=0.0,
    )  # fmt: skip
    row = await take_suggestion(request[WORK], suggestion)
    flash = Flash(_("“{word}” stands in this draft now. Try it on past cases before it is published.", word=form.word))
    return redirect(request, "rule_set", id=str(row.id), flash=flash)


def _view(work: Work, one: Suggestion) -> SimpleNamespace:
    return SimpleNamespace(
        category=one.category,
        value=f"{one.weight:g}",
        category_label=labels.category_name(work.policy, one.category),
        rule=one.rule,
        is_new=one.is_new,
        word=one.word,
        weight=words.weight(one.weight),
        support=one.support,
        z=f"{one.z:.1f}",
        gained=one.gained,
        lost=one.lost,
        tried_on=one.tried_on,
    )
