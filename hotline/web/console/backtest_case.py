"""One case that two rule sets decide differently: what each says, with every reason, beside how it ended."""

from __future__ import annotations

import asyncio

from aiohttp import web

from hotline.errors import NotFound
from hotline.i18n import _, mark
from hotline.policy import Policy
from hotline.privacy.masking import mask_text
from hotline.routing.decision import Decision
from hotline.rulebook import backtest_queries, backtests, versions
from hotline.rulebook.checking import read_content
from hotline.rulebook.comparing import PastCase, decided
from hotline.rulebook.in_force import InForce, with_rules
from hotline.rulebook.models import Backtest, RuleSetRow
from hotline.telephony.calls import CHANNEL_LABELS, Channel
from hotline.web import show as words
from hotline.web.console.backtest_views import change_view
from hotline.web.console.rule_set import id_of
from hotline.web.console.rule_views import tried_view
from hotline.web.keys import WORK
from hotline.web.page import address, page
from hotline.work import leave_trace


async def show(request: web.Request) -> web.Response:
    """GET /rules/backtests/{id}/changes/{number}: replayed anew, with today's register; leaves a trace."""
    work, number = request[WORK], request.match_info["number"]
    test = await backtests.get_backtest(work, id_of(request))
    found = await backtest_queries.changed_case(work, test.id, number)
    if found is None:
        raise NotFound(mark("The backtest does not name this case, or it is not yours to see."))
    change, case = found
    against = await versions.get_rule_set(work, test.against_id)
    before, after = await asyncio.to_thread(_replayed, work.policy, test, against, case)
    await leave_trace(work, "case.read", case_id=case.id, subject=number, details={"backtest": test.id})
    text = mask_text(case.narrative)
    return await page(
        request,
        "console/backtest_case.html",
        path=address(request, "backtest.changes", id=str(test.id)),
        backtest=test,
        change=change_view(work.policy, change, address(request, "case", number=number)),
        sides=[
            (_("In force"), tried_view(work.policy, text, before)),
            (_("This rule set"), tried_view(work.policy, text, after)),
        ],
        known=_known(case),
    )


def _replayed(policy: Policy, test: Backtest, against: RuleSetRow, case: PastCase) -> tuple[Decision, Decision]:
    """What the two contents say of the case, the one in force first."""
    sides = ((against.content, test.against), (test.content, test.version))
    ready = [
        with_rules(policy, InForce(0, version, read_content(content, policy.categories, file=version)))
        for content, version in sides
    ]
    return decided(ready[0].routing, case), decided(ready[1].routing, case)


def _known(case: PastCase) -> list[tuple[str, str]]:
    """What was known beside the words, as far as rules may ask for it."""
    known = (
        (_("Employer"), mask_text(case.employer)),
        (_("Place"), mask_text(case.place)),
        (_("People affected"), "" if case.people is None else words.count(case.people)),
        (_("Amount owed"), "" if case.amount_owed is None else words.money(case.amount_owed)),
        (_("Channel"), _(CHANNEL_LABELS[Channel(case.channel)])),
    )
    return [(label, value) for label, value in known if value]
