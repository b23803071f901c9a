"""What the rules could learn from corrections: words with what they would do, for a person to take or leave."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Final

from aiohttp import web

from hotline.accounts.permissions import Permission
from hotline.cases.rights import condition
from hotline.policy import default_config
from hotline.routing.engine import RULES_FILE
from hotline.routing.reading import read_toml
from hotline.routing.ruleset import RuleSetTable, read_rules
from hotline.routing.suggest import FEWEST_CALLERS, Suggestion
from hotline.rulebook.suggestions import find_suggestions
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.keys import SETTINGS, WORK
from hotline.web.page import page
from hotline.work import Work, leave_trace

MOST_SHOWN: Final = 60


async def show(request: web.Request) -> web.Response:
    """GET /rules/suggestions: computed anew each time; leaves a trace, for narratives were read."""
    work = request[WORK]
    table = await asyncio.to_thread(rules_in_force, request)
    visible = condition(work.actor, Permission.CASE_READ)
    found = await find_suggestions(work.session, visible, table=table, categories=work.policy.categories, now=work.now)
    await leave_trace(work, "rules.suggest", details={"found": len(found)})
    return await page(
        request,
        "console/suggestions.html",
        suggestions=[_view(work, one) for one in found[:MOST_SHOWN]],
        rule_set=table.version(),
        fewest=FEWEST_CALLERS,
    )


def rules_in_force(request: web.Request) -> RuleSetTable:
    """The rules as they can be written: those of the file."""
    folder = request.app[SETTINGS].config or default_config()
    categories = request[WORK].policy.categories
    return read_rules(read_toml(folder / RULES_FILE), file=RULES_FILE, categories=categories)


def _view(work: Work, one: Suggestion) -> SimpleNamespace:
    return SimpleNamespace(
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
