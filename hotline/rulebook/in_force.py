"""The version in force: the file at the very first start, from then on the active row, compiled into the policy."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.errors import Mistake
from hotline.i18n import mark
from hotline.policy import Policy, default_config
from hotline.routing.compiled import compile_rules
from hotline.routing.engine import RULES_FILE
from hotline.routing.reading import read_toml
from hotline.routing.ruleset import ConfigurationError, RuleSetTable
from hotline.rulebook.checking import read_content
from hotline.rulebook.models import FIRST_VERSIONS_NOTE, RuleSetRow
from hotline.rulebook.queries import active_row, keep_first
from hotline.rulebook.writing import plain

NO_LONGER_FITS = mark(
    "This rule set is in force, but no longer fits the configuration. Put back into categories.toml what it names, or "
    "import a rule set that fits (hotline rules import) and publish it (hotline rules publish)."
)


@dataclass(frozen=True, slots=True)
class InForce:
    """The version in force as it is stored."""

    id: int
    version: str
    table: RuleSetTable


def with_rules(policy: Policy, rules: InForce) -> Policy:
    """The policy with these rules in the place of its own."""
    if policy.routing.ruleset.version == rules.version:
        return policy
    # The version is the row's: a newer program may count a new key into the hash of the very same content.
    compiled = dataclasses.replace(compile_rules(rules.table, policy.categories), version=rules.version)
    return dataclasses.replace(policy, routing=dataclasses.replace(policy.routing, ruleset=compiled))


def read_row(row: RuleSetRow, policy: Policy) -> InForce:
    """The rule set of this row. Raises `ConfigurationError`, with what to do, when it does not fit the categories."""
    where = f"rule set {row.version}"
    try:
        return InForce(row.id, row.version, read_content(row.content, policy.categories, file=where))
    except ConfigurationError as problem:
        raise ConfigurationError(*problem.mistakes, Mistake(where, NO_LONGER_FITS)) from None


def refit(rules: InForce, policy: Policy) -> Policy:
    """This policy, whose categories may have changed, with the rules in force. Raises `ConfigurationError`."""
    where = f"rule set {rules.version}"
    try:
        read_content(plain(rules.table), policy.categories, file=where)
    except ConfigurationError as problem:
        raise ConfigurationError(*problem.mistakes, Mistake(where, NO_LONGER_FITS)) from None
    return with_rules(policy, rules)


async def find_in_force(session: AsyncSession, policy: Policy) -> InForce | None:
    """The version in force, None where none has been stored yet. Raises `ConfigurationError`."""
    row = await active_row(session)
    return None if row is None else read_row(row, policy)


async def bring_into_force(session: AsyncSession, policy: Policy, folder: Path | None, *, now: datetime) -> InForce:
    """The version in force; at the very first start the rules of `folder` (default: those that ship) become it.

    Raises `ConfigurationError` when what is stored no longer fits the categories.
    """
    row = await active_row(session)
    if row is None:
        table = first_table(policy, folder)
        version = policy.routing.ruleset.version
        await keep_first(session, version=version, content=plain(table), note=FIRST_VERSIONS_NOTE, now=now)
        row = await active_row(session)
    if row is None:
        raise LookupError("The first version has just been stored and is not there.")
    return read_row(row, policy)


def first_table(policy: Policy, folder: Path | None) -> RuleSetTable:
    """The rules of the configuration as a table; they have been checked when the policy was loaded."""
    content = read_toml((folder or default_config()) / RULES_FILE)
    return read_content(content, policy.categories, file=RULES_FILE)
