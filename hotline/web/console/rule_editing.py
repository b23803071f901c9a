"""Writing in a draft: one rule as a form, or all of them as TOML; every mistake beside what was typed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, may
from hotline.errors import Conflict, Invalid, Mistake, NotFound
from hotline.i18n import _, mark
from hotline.registry.fields import KINDS
from hotline.routing.ruleset import ConfigurationError, RuleSetTable, RuleTable
from hotline.rulebook import versions
from hotline.rulebook.checking import LARGEST_TEXT, faults_in, read_content, read_text
from hotline.rulebook.models import RuleSetRow, State
from hotline.web.console import labels
from hotline.web.console.forms import joined, refused, whole_number
from hotline.web.console.rule_forms import (
    BETWEEN,
    EXAMPLE,
    FORM_KEYS,
    HOURS_EXAMPLE,
    PATTERN_EXAMPLE,
    fits_form,
    form_of,
    other_keys,
    rule_of,
    with_rule,
    without_rule,
)
from hotline.web.console.rule_set import faults_of, id_of, rule_set_page, table_of
from hotline.web.console.rule_views import fault_view, key_label, state_words
from hotline.web.forms import form_values, read_query
from hotline.web.keys import TRANSACTION, WORK
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import status_of

DRAFT = "draft"


class WhichRule(BaseModel):
    """Which rule of the draft; none for a new one."""

    model_config = ConfigDict(extra="forbid")

    rule: Annotated[str, Field(max_length=64)] = ""


async def show_text(request: web.Request) -> web.Response:
    """GET /rules/sets/{id}/text: the whole rule set as TOML."""
    row = await versions.get_rule_set(request[WORK], id_of(request))
    text, faults = await asyncio.to_thread(faults_of, row, request[WORK].policy)
    return await _text_page(
        request, row, text, faults=[fault_view(request[WORK].policy, fault, None) for fault in faults]
    )


async def save_text(request: web.Request) -> web.Response:
    """POST /rules/sets/{id}/text: the whole rule set as it was typed."""
    work, values = request[WORK], await form_values(request)
    text = values.get("text", "").replace("\r\n", "\n")
    revision = whole_number(values.get("revision", "")) or 0
    row = await versions.get_rule_set(work, id_of(request))
    try:
        table = await asyncio.to_thread(read_text, text, work.policy.categories)
        await versions.edit_draft(work, row.id, table, revision=revision)
    except ConfigurationError as problem:
        found = await asyncio.to_thread(faults_in, problem.mistakes, text)
        faults = [fault_view(work.policy, fault, None) for fault in found]
        return await _text_page(request, row, text, 422, faults=faults, revision=revision)
    except Conflict as problem:
        await request[TRANSACTION].rollback()
        row = await versions.get_rule_set(work, id_of(request))
        return await _text_page(request, row, text, status_of(problem), revision=revision, mistakes=refused(problem))
    return redirect(request, "rule_set", id=str(row.id), flash=Flash(_("Saved.")))


async def _text_page(
    request: web.Request, row: RuleSetRow, text: str, status: int = 200, **context: Any
) -> web.Response:
    shown: dict[str, Any] = {
        "path": address(request, "rule_set.text", id=str(row.id)),
        "set": {"id": row.id, "version": row.version, "state": state_words(row.state)},
        "draft": _may_write(request, row),
        "revision": row.revision,
        "values": {"text": text},
        "most": LARGEST_TEXT,
        "faults": [],
        "mistakes": {},
    }
    return await page(request, "console/rule_text.html", status, **{**shown, **context})


async def show_rule(request: web.Request) -> web.Response:
    """GET /rules/sets/{id}/rule?rule=…: the form of a rule, empty for a new one."""
    row = await versions.get_rule_set(request[WORK], id_of(request))
    try:
        wished = read_query(request, WhichRule).rule
    except Invalid:
        raise NotFound(_NO_RULE) from None
    old = _rule(table_of(row), wished)
    values = form_of(old) if old else {"urgency": "normal", "difficulty": "normal"}
    return await _rule_page(request, row, old, values)


_NO_RULE = mark("There is no such rule in this rule set.")


def _rule(table: RuleSetTable, wished: str) -> RuleTable | None:
    found = next((rule for rule in table.rule if rule.id == wished), None)
    if wished and found is None:
        raise NotFound(_NO_RULE)
    return found


async def save_rule(request: web.Request) -> web.Response:
    """POST /rules/sets/{id}/rule: a rule changed, or added (`old` empty)."""
    values = await form_values(request)
    row = await versions.get_rule_set(request[WORK], id_of(request))
    old = _rule(table_of(row), values.get("old", ""))
    try:
        rule = rule_of(values, {} if old is None else other_keys(old))
        content = with_rule(table_of(row), rule, instead_of=values.get("old", ""))
        await _edit(request, row, content, values)
    except ConfigurationError as problem:
        return await _rule_page(request, row, old, values, 422, mistakes=_by_field(problem))
    except (Invalid, Conflict) as problem:
        await request[TRANSACTION].rollback()
        row = await versions.get_rule_set(request[WORK], id_of(request))
        return await _rule_page(request, row, old, values, status_of(problem), mistakes=refused(problem))
    return redirect(request, "rule_set", id=str(row.id), flash=Flash(_("The rule {rule} is saved.", rule=rule["id"])))


def _by_field(problem: ConfigurationError) -> dict[str, str]:
    """Mistakes by the field whose key they name, else of the whole form."""
    return joined([Mistake(_field(one), one.message, one.params) for one in problem.mistakes], fields=FORM_KEYS)


def _field(mistake: Mistake) -> str:
    """The field a mistake of the rule set belongs to: that of the key it names, or of the word or pattern."""
    key = str(mistake.params.get("key", ""))
    if key.startswith("script."):
        return key.replace(".", "_")
    key = key.split(".", maxsplit=1)[0]
    named = next((field for param, field in _NAMES.items() if param in mistake.params), "")
    return key or named


_NAMES = {"pattern": "patterns", "word": "words", "weight": "words", "code": "category"}


async def _edit(request: web.Request, row: RuleSetRow, content: Mapping[str, Any], values: Mapping[str, str]) -> None:
    work, revision = request[WORK], whole_number(values.get("revision", "")) or 0
    table = await asyncio.to_thread(read_content, content, work.policy.categories, file=DRAFT)
    await versions.edit_draft(work, row.id, table, revision=revision)


async def remove_rule(request: web.Request) -> web.Response:
    """POST /rules/sets/{id}/remove: a rule is taken out."""
    values = await form_values(request)
    row = await versions.get_rule_set(request[WORK], id_of(request))
    try:
        rule = _rule(table_of(row), values.get("rule", ""))
        if rule is None:
            raise NotFound(_NO_RULE)
        await _edit(request, row, without_rule(table_of(row), rule.id), values)
    except (Invalid, Conflict) as problem:
        await request[TRANSACTION].rollback()
        return await rule_set_page(request, status_of(problem), mistakes=refused(problem))
    return redirect(request, "rule_set", id=str(row.id), flash=Flash(_("The rule {rule} is taken out.", rule=rule.id)))


def _may_write(request: web.Request, row: RuleSetRow) -> bool:
    return row.state is State.DRAFT and may(request[WORK].actor, Permission.RULES_WRITE)


async def _rule_page(
    request: web.Request,
    row: RuleSetRow,
    old: RuleTable | None,
    values: Mapping[str, str],
    status: int = 200,
    **context: Any,
) -> web.Response:
    policy = request[WORK].policy
    shown: dict[str, Any] = {
        "path": address(request, "rule_set.rule", id=str(row.id)),
        "set": {"id": row.id, "version": row.version, "may_write": _may_write(request, row)},
        "old": old.id if old else "",
        "revision": values.get("revision") or str(row.revision),
        "values": values,
        "mistakes": {},
        "names": {key: key_label(key) for key in FORM_KEYS} | {"id": _("Name of the rule")},
        "example": EXAMPLE,
        "pattern_example": PATTERN_EXAMPLE,
        "hours_example": HOURS_EXAMPLE,
        "comma": BETWEEN,
        "form": old is None or fits_form(old),
        "others": [f"{key_label(key)} = {value}" for key, value in (other_keys(old) if old else {}).items()],
        "categories": labels.category_options(policy),
        "urgencies": labels.options(dict(labels.URGENCY_LABELS)),
        "difficulties": labels.options(dict(labels.DIFFICULTY_LABELS)),
        "channels": labels.channel_options(),
        "kinds": [(kind.code, kind.label) for kind in KINDS],
    }
    return await page(request, "console/rule.html", status, **{**shown, **context})
