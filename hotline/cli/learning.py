"""What the rules could learn, on the command line: `hotline rules suggest`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from hotline import clock
from hotline.accounts.asking import MACHINE
from hotline.cli.configuration import with_config
from hotline.cli.ground import out, settings_for, told_plainly, wait_for, with_home
from hotline.i18n import _, pick
from hotline.migrations.ready import ready_database
from hotline.policy import Policy, default_config, load_policy
from hotline.privacy.trail import record
from hotline.registry.index import load_units
from hotline.routing.suggest import Suggestion
from hotline.rulebook.in_force import bring_into_force
from hotline.rulebook.suggestions import find_suggestions
from hotline.settings import Settings


@click.command("suggest")
@click.option("--json", "as_json", is_flag=True, help="One object a word.")
@with_config
@with_home
@told_plainly
def suggest(config: Path | None, home: Path | None, *, as_json: bool) -> None:
    """Words which the corrections of the last year propose for the rules, and what they would do. Changes nothing.

    The cases are those of the database, whoever may see them; the words are such as at least three callers used, and
    no names, numbers or places.
    """
    settings = settings_for(home, log_level="warning")
    folder = config or settings.config or default_config()
    policy = load_policy(folder)
    found, version = wait_for(_found(settings, policy, folder))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    if not found:
        out.print(_("The corrections propose no word."))
        return
    out.print(_table(policy, found))
    out.print(_("Against rule set {version}", version=version), markup=False)


async def _found(settings: Settings, policy: Policy, folder: Path) -> tuple[tuple[Suggestion, ...], str]:
    now = clock.now()
    async with ready_database(settings) as database, database.transaction() as session:
        rules = await bring_into_force(session, policy, folder, now=now)
        units = await load_units(session)
        found = await find_suggestions(
            session, None, table=rules.table, categories=policy.categories, units=units, now=now
        )
        await record(
            session,
            act="rules.suggest",
            actor_id=None,
            actor=MACHINE,
            at=now,
            address="",
            request_id="",
            details={"found": len(found)},
        )
        return found, rules.version


def _table(policy: Policy, found: tuple[Suggestion, ...]) -> Table:
    table = Table(box=None)
    for heading in (_("Word"), _("Weight"), _("Speaks for"), _("Rule")):
        table.add_column(heading)
    for heading in (_("Callers"), _("Significance (z)"), _("Would be right"), _("Would be wrong"), _("Tried on")):
        table.add_column(heading, justify="right")
    for one in found:
        category = policy.categories[one.category]
        rule = f"{one.rule} ({_('new')})" if one.is_new else one.rule
        numbers = (one.support, one.z, one.gained, one.lost, one.tried_on)
        table.add_row(one.word, f"{one.weight:+g}", pick(category.name, category.name_en), rule, *map(str, numbers))
    return table
