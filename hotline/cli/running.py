"""Around the service: migrate, doctor."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from hotline import migrations
from hotline.cli.ground import out, settings_for, told_plainly, wait_for, with_home
from hotline.doctor.checks import examine
from hotline.doctor.findings import Expected, Finding, Level
from hotline.errors import Invalid
from hotline.i18n import _
from hotline.migrations.ready import ready_database
from hotline.policy import load_policy
from hotline.settings import Settings
from hotline.storage.embedded import running_server
from hotline.storage.postgres_files import default_home

PICTURE = {Level.OK: ("✓", "green"), Level.WARNING: ("!", "yellow"), Level.ERROR: ("✗", "red")}


@click.command()
@with_home
@told_plainly
def migrate(home: Path | None) -> None:
    """Bring the database to the schema of this version."""
    settings = settings_for(home)

    async def run() -> None:
        async with ready_database(settings):
            out.print(_("The database has schema {head}.", head=migrations.head()))

    wait_for(run())


@click.command()
@with_home
@told_plainly
def doctor(home: Path | None) -> None:
    """Examine server, schema, disk, clock and configuration, and say what to do. Exits with 1 on an error."""
    settings = settings_for(home)
    findings = wait_for(_examine(settings))
    table = Table(show_header=False, box=None, pad_edge=False)
    for finding in findings:
        sign, colour = PICTURE[finding.level]
        table.add_row(f"[{colour}]{sign}[/]", _(finding.name), _words(finding))
    out.print(table)
    if any(finding.level is Level.ERROR for finding in findings):
        raise SystemExit(1)


def _words(finding: Finding) -> str:
    said = _(finding.what, **finding.params)
    return f"{said} {_(finding.advice, **finding.params)}" if finding.advice else said


async def _examine(settings: Settings) -> list[Finding]:
    expected = Expected(head=migrations.head(), pool_size=settings.pool_size)

    def problem() -> str | None:
        try:
            load_policy(settings.config)
        except Invalid as found:
            return "; ".join(f"{mistake.field}: {_(mistake.message, **mistake.params)}" for mistake in found.mistakes)
        return None

    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        return await examine(url, config_problem=problem, home=None, expected=expected)
    home = settings.home or default_home()
    async with running_server(home) as server:
        return await examine(server.url, config_problem=problem, home=home, expected=expected)
