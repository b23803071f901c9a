"""What `hotline serve` does once the database answers."""

from __future__ import annotations

import functools

import click
from aiohttp import web

from hotline.cli.people import print_first_codes
from hotline.demo.filled import refuse_demonstration
from hotline.migrations.ready import migrated
from hotline.policy import Policy
from hotline.settings import Settings
from hotline.web.serve import serve


async def serve_until_told(settings: Settings, policy: Policy, url: str) -> None:
    """Serve the database at this address, which is no demonstration, until told to stop."""
    async with migrated(url, settings) as database:
        await refuse_demonstration(database)
        await print_first_codes(database, functools.partial(click.echo, err=True))
        await serve(settings, database, policy, started=_say_ready)


async def _say_ready(address: str, _app: web.Application) -> None:
    click.echo(f"ready {address}")
