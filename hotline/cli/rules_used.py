"""By which rules a command answers: those in force where there is a database, else those of the file."""

from __future__ import annotations

from pathlib import Path

from hotline.cli.ground import wait_for
from hotline.errors import Refusal
from hotline.i18n import _
from hotline.policy import Policy, load_policy
from hotline.registry.index import load_units
from hotline.routing.units import NO_UNITS
from hotline.rulebook.in_force import find_in_force, with_rules
from hotline.rulebook.queries import has_rule_sets
from hotline.settings import Settings, load_settings
from hotline.storage.database import Database
from hotline.storage.embedded import running_server
from hotline.storage.postgres_files import Home, default_home


def policy_used(config: Path | None, home: Path | None) -> tuple[Policy, str]:
    """The policy to answer by, and in words whose rules it has.

    A folder that is named (`--config`) is what is asked about. Otherwise the version in force decides, when a database
    is there to ask; nothing is made or migrated for the asking.
    """
    settings = load_settings(home=home)
    policy = load_policy(config or settings.config)
    if config is None:
        try:
            found = wait_for(_in_force(settings, policy))
        except Refusal:
            found = None
        if found is not None:
            return found, _("By the version in force, {version}.", version=found.routing.ruleset.version)
    return policy, _("By the rules of the file, {version}.", version=policy.routing.ruleset.version)


async def _in_force(settings: Settings, policy: Policy) -> Policy | None:
    if settings.database_url is not None:
        return await _asked(settings.database_url.get_secret_value(), policy)
    home = settings.home or default_home()
    if not Home(home).data.is_dir():
        return None
    async with running_server(home) as server:
        return await _asked(server.url, policy)


async def _asked(url: str, policy: Policy) -> Policy | None:
    database = Database(url, pool_size=1)
    try:
        async with database.transaction() as session:
            found = await find_in_force(session, policy) if await has_rule_sets(session) else None
            units = NO_UNITS if found is None else await load_units(session)
    finally:
        await database.close()
    return None if found is None else with_rules(policy, found).with_units(units)
