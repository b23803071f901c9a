"""Reminders by hand: one round, for who runs no service just now, or wants to see what it does."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hotline import clock
from hotline.cli.ground import settings_for, told_plainly, wait_for, with_home
from hotline.migrations.ready import ready_database
from hotline.policy import load_policy
from hotline.reminders.engine import run_round


@click.group()
def reminders() -> None:
    """Reminders and what follows from them."""


@reminders.command("run")
@with_home
@told_plainly
def run(home: Path | None) -> None:
    """Look once at everything that has a date, and print what was sent as JSON; nothing outside working hours."""
    settings = settings_for(home)
    policy = load_policy(settings.config)

    async def once() -> None:
        async with ready_database(settings) as database:
            done = await run_round(database, policy, now=clock.now())
        click.echo(json.dumps({"told": {step.value: n for step, n in done.told.items()}, "letters": done.letters}))

    wait_for(once())
