"""One draft or version: is it in order, what it changes, a text to try, its backtests; publishing and giving up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, may
from hotline.cases.words import Line, Words
from hotline.errors import Conflict, Invalid, Mistake, NotAllowed, NotFound
from hotline.i18n import _, mark
from hotline.policy import Policy
from hotline.routing.engine import decide
from hotline.routing.ruleset import RuleSetTable
from hotline.rulebook import backtest_queries, queries, versions
from hotline.rulebook.backtests import may_backtest
from hotline.rulebook.checking import Fault, find_faults
from hotline.rulebook.differences import difference
from hotline.rulebook.in_force import InForce, with_rules
from hotline.rulebook.models import RuleSetRow, State
from hotline.rulebook.writing import write_rules
from hotline.web.console.backtest_views import backtest_line
from hotline.web.console.forms import refused, whole_number
from hotline.web.console.rule_views import (
    difference_view,
    fault_view,
    note_words,
    rule_line,
    state_words,
    tried_view,
)
from hotline.web.forms import form_values, read_query, read_values
from hotline.web.keys import TRANSACTION, WORK
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import status_of
from hotline.work import Work


class Against(BaseModel):
    """Which rule set this one is compared with; by default the one in force, for that one the one before."""

    model_config = ConfigDict(extra="forbid")

    against: Annotated[int | None, Field(ge=1, lt=2**60)] = None


class TextToTry(BaseModel):
    """A text to try: nothing of it is stored."""

    model_config = ConfigDict(extra="ignore")

    text: Words
    place: Line = ""
    employer: Line = ""


async def show(request: web.Request) -> web.Response:
    """GET /rules/sets/{id}: a draft or a version."""
    return await rule_set_page(request)


async def show_version(request: web.Request) -> web.Response:
    """GET /rules/versions/{version}: to the rule set a case names."""
    row = await versions.get_version(request[WORK], request.match_info["version"])
    return redirect(request, "rule_set", id=str(row.id))


async def try_text(request: web.Request) -> web.Response:
    """POST /rules/sets/{id}/try: what it says about a text, and what the version in force says."""
    work, values = request[WORK], await form_values(request)
    row = await versions.get_rule_set(work, id_of(request))
    try:
        wish = read_values(values, TextToTry)
        here = InForce(row.id, row.version, table_of(row))
        ready = await asyncio.to_thread(with_rules, work.policy, here)
    except Invalid as problem:
        return await rule_set_page(request, 422, tried_values=values, tried_mistakes=refused(problem))
    sides = [_tried(policy, wish, work.now) for policy in (work.policy, ready)]
    return await rule_set_page(request, tried_values=values, tried=sides)


def _tried(policy: Policy, wish: TextToTry, now: datetime) -> SimpleNamespace:
    """As if the call came now: rules may ask for the hour."""
    decision = decide(policy.routing, wish.text, place=wish.place, employer=wish.employer, at=now)
    return tried_view(policy, wish.text, decision)


async def publish(request: web.Request) -> web.Response:
    """POST /rules/sets/{id}/publish: a draft comes into force."""
    values = await form_values(request)
    return await _done(request, _publish(request, values), _("Published. It is in force everywhere within a second."))


async def _publish(request: web.Request, values: Mapping[str, str]) -> None:
    if not values.get("seen"):
        raise Invalid(Mistake("", mark("Please look at the difference and at the backtest, and say so.")))
    revision = whole_number(values.get("revision", "")) or 0
    instead_of = values.get("instead_of", "")
    await versions.publish(request[WORK], id_of(request), revision=revision, instead_of=instead_of)


async def publish_again(request: web.Request) -> web.Response:
    """POST /rules/sets/{id}/publish-again: an earlier version comes back into force."""
    values = await form_values(request)
    act = versions.publish_again(
        request[WORK],
        id_of(request),
        reason=values.get("reason", ""),
        instead_of=values.get("instead_of", ""),
    )
    return await _done(request, act, _("In force again, everywhere within a second."), values)


async def discard(request: web.Request) -> web.Response:
    """POST /rules/sets/{id}/discard: a draft is given up."""
    revision = whole_number((await form_values(request)).get("revision", "")) or 0
    act = versions.discard_draft(request[WORK], id_of(request), revision=revision)
    return await _done(request, act, _("The draft is discarded. It can still be read."))


async def _done(
    request: web.Request, act: Awaitable[object], said: str, values: Mapping[str, str] | None = None
) -> web.Response:
    try:
        await act
    except (Invalid, Conflict, NotAllowed) as problem:
        await request[TRANSACTION].rollback()
        status = status_of(problem)
        return await rule_set_page(request, status, mistakes=refused(problem), values=values or {})
    return redirect(request, "rule_set", id=request.match_info["id"], flash=Flash(said))


def id_of(request: web.Request) -> int:
    """The id in the address."""
    return int(request.match_info["id"])


def table_of(row: RuleSetRow) -> RuleSetTable:
    """The content as a table; it was checked when it was stored."""
    return RuleSetTable.model_validate(row.content)


def faults_of(row: RuleSetRow, policy: Policy) -> tuple[str, list[Fault]]:
    """The content as text, and everything that keeps it from coming into force."""
    text = write_rules(table_of(row))
    return text, find_faults(row.content, policy, text=text)


async def rule_set_page(request: web.Request, status: int = 200, **context: Any) -> web.Response:
    """The page of a draft or version."""
    work = request[WORK]
    row = await versions.get_rule_set(work, id_of(request))
    active = await queries.active_version(work.session)
    other = await _other(request, row, active)
    table = table_of(row)
    _text, faults = await asyncio.to_thread(faults_of, row, work.policy)
    sees_all = may_backtest(work.actor)
    tests = await backtest_queries.list_backtests(work.session, row.id) if sees_all else ()
    shown: dict[str, Any] = {
        "path": address(request, "rule_set", id=str(row.id)),
        "set": await _view(work, row),
        "active": {"id": active[0], "version": active[1]} if active else None,
        "faults": [fault_view(work.policy, fault, table) for fault in faults],
        "rules": [rule_line(work.policy, rule) for rule in table.rule],
        "against": None if other is None else {"id": other.id, "version": other.version},
        "difference": None if other is None else difference_view(work.policy, difference(table_of(other), table)),
        "may_backtest": sees_all,
        "backtests": [backtest_line(one, work.now) for one in tests],
        "ready": active is not None
        and await backtest_queries.was_backtested(work.session, row.content, against_id=active[0]),
        "values": {},
        "mistakes": {},
        "tried": [],
        "tried_values": {},
        "tried_mistakes": {},
    }
    return await page(request, "console/rule_set.html", status, **{**shown, **context})


async def _other(request: web.Request, row: RuleSetRow, active: tuple[int, str] | None) -> RuleSetRow | None:
    """What it is compared with: what the address says, else the version in force, else what it was based on."""
    try:
        wished = read_query(request, Against).against
    except Invalid:
        raise NotFound(mark("There is no such rule set.")) from None
    if wished is None:
        wished = row.based_on_id if active is None or active[0] == row.id else active[0]
    if wished is None or wished == row.id:
        return None
    return await versions.get_rule_set(request[WORK], wished)


async def _view(work: Work, row: RuleSetRow) -> SimpleNamespace:
    names = await queries.names_of(work.session, [*row.edited_by, *filter(None, (row.created_by_id,))])
    draft = row.state is State.DRAFT
    mine = draft and await versions.has_written(work, row)
    publishes = may(work.actor, Permission.RULES_PUBLISH)
    return SimpleNamespace(
        id=row.id,
        version=row.version,
        state_label=state_words(row.state),
        in_force=row.state is State.ACTIVE,
        draft=draft,
        note=note_words(row.note),
        writers=_(", ").join(names.get(one, "?") for one in row.edited_by) or "hotline",
        created_at=row.created_at,
        changed_at=row.changed_at,
        revision=row.revision,
        activations=await queries.list_activations(work.session, row.id),
        may_write=draft and may(work.actor, Permission.RULES_WRITE),
        may_publish=draft and publishes and not mine,
        is_mine=draft and publishes and mine,
        may_publish_again=publishes and row.state is State.SUPERSEDED,
    )
