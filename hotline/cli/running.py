"""Around the service: demo, migrate, doctor."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Final

import click
from rich.table import Table

from hotline import migrations
from hotline.cli.ground import err, out, settings_for, told_plainly, wait_for, with_home
from hotline.demo.show import run_demo
from hotline.doctor.checks import examine
from hotline.doctor.findings import Expected, Finding, Level
from hotline.errors import Invalid
from hotline.i18n import _
from hotline.policy import load_policy
from hotline.settings import Settings
from hotline.storage.embedded import running_server
from hotline.storage.postgres_files import default_home
from hotline.web.serve import ready_database

FASTEST: Final = 20_000
PICTURE = {Level.OK: ("✓", "green"), Level.WARNING: ("!", "yellow"), Level.ERROR: ("✗", "red")}


class Speed(click.ParamType[float]):
    """How fast a clock runs: ×600, x600 or 600."""

    name = "speed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The factor; refuses what is none, or less than 1."""
        try:
            factor = float(str(value).strip().lstrip("×xX"))
        except ValueError:
            factor = 0.0
        if not 1 <= factor <= FASTEST:
            self.fail(_("This is no speed: write ×600, from ×1 to ×{most}.", most=FASTEST), param, ctx)
        return factor


@click.command()
@with_home
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port to listen on; 12351 unless set.")
@click.option("--cases", type=click.IntRange(0, 1_000_000), default=5000, show_default=True, help="Past cases to make.")
@click.option("--no-live", is_flag=True, help="No calls that keep arriving.")
@click.option("--clock", type=Speed(), default=1.0, help="×600: the clock runs so many times as fast (x600 will do).")
@told_plainly
def demo(home: Path | None, port: int | None, cases: int, *, no_live: bool, clock: float) -> None:
    """Show the product: a fictional city's union, accounts for each role, a year of past cases, calls that arrive."""
    settings = settings_for(home, port=port)
    policy = load_policy(settings.config)
    say = functools.partial(err.print, markup=False, soft_wrap=True)
    wait_for(run_demo(settings, policy, cases=cases, live=not no_live, say=say, speed=clock))


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
