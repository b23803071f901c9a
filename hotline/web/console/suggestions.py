"""What the rules could learn from corrections: words with what they would do, for a person to take or leave."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, may
from hotline.cases.rights import condition
from hotline.cases.words import Code
from hotline.i18n import _
from hotline.routing.phrases import LONGEST, SHORTEST
from hotline.routing.ruleset import RuleSetTable
from hotline.routing.suggest import FEWEST_CALLERS, HEAVIEST, Suggestion
from hotline.rulebook.in_force import first_table
from hotline.rulebook.suggestions import find_suggestions
from hotline.rulebook.taking import take_suggestion
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.forms import form_values, read_values
from hotline.web.keys import RULES, SETTINGS, WORK
from hotline.web.page import page, redirect
from hotline.web.pages import Flash
from hotline.work import Work, leave_trace

MOST_SHOWN: Final = 60


async def show(request: web.Request) -> web.Response:
    """GET /rules/suggestions: computed anew each time; leaves a trace, for narratives were read."""
    work = request[WORK]
    table = await rules_in_force(request)
    visible = condition(work.actor, Permission.CASE_READ)
    policy = work.policy
    found = await find_suggestions(
        work.session, visible, table=table, categories=policy.categories, units=policy.routing.units, now=work.now
    )
    await leave_trace(work, "rules.suggest", details={"found": len(found)})
    return await page(
        request,
        "console/suggestions.html",
        suggestions=[_view(work, one) for one in found[:MOST_SHOWN]],
        can_take=may(work.actor, Permission.RULES_WRITE),
        rule_set=table.version(),
        fewest=FEWEST_CALLERS,
    )


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
