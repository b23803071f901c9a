"""Running the service: serve."""

from __future__ import annotations

import functools
from pathlib import Path

import click
from aiohttp import web

from hotline.cli.ground import settings_for, told_plainly, wait_for, with_home
from hotline.cli.people import print_first_codes
from hotline.demo.filled import refuse_demonstration
from hotline.policy import load_policy
from hotline.web.serve import ready_database
from hotline.web.serve import serve as serve_until_told


async def _say_ready(address: str, _app: web.Application) -> None:
    click.echo(f"ready {address}")


@click.command()
@with_home
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port to listen on; 0 takes a free one.")
@click.option("--host", default=None, help="Address to listen on.")
@told_plainly
def serve(home: Path | None, port: int | None, host: str | None) -> None:
    """Serve pages and API until told to stop. Prints one line `ready http://…` when requests are answered."""
    settings = settings_for(home, port=port, host=host)
    policy = load_policy(settings.config)

    async def run() -> None:
        async with ready_database(settings) as database:
            await refuse_demonstration(database)
            await print_first_codes(database, functools.partial(click.echo, err=True))
            await serve_until_told(settings, database, policy, started=_say_ready)

    wait_for(run())
