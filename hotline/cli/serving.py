"""Running the service: serve, demo. The database is started first; what serves is read while it comes up."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Final

import click

from hotline.cli.ground import err, settings_for, told_plainly, wait_for, with_home
from hotline.cli.reading import read
from hotline.i18n import _
from hotline.policy import load_policy
from hotline.settings import Settings
from hotline.storage.embedded import database_address

FASTEST: Final = 20_000
with_port = click.option(
    "--port", type=click.IntRange(0, 65535), default=None, help="Port to listen on; 0 takes a free one."
)


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
@with_port
@click.option("--host", default=None, help="Address to listen on.")
@told_plainly
def serve(home: Path | None, port: int | None, host: str | None) -> None:
    """Serve pages and API until told to stop. Prints one line `ready http://…` when requests are answered."""
    _serve_by("hotline.cli.served", settings_for(home, port=port, host=host))


@click.command()
@with_home
@with_port
@click.option("--cases", type=click.IntRange(0, 1_000_000), default=5000, show_default=True, help="Past cases to make.")
@click.option("--no-live", is_flag=True, help="No calls that keep arriving.")
@click.option("--clock", type=Speed(), default=1.0, help="×600: the clock runs so many times as fast (x600 will do).")
@told_plainly
def demo(home: Path | None, port: int | None, cases: int, *, no_live: bool, clock: float) -> None:
    """Show the product: a fictional city's union, accounts for each role, a year of past cases, calls that arrive."""
    say = functools.partial(err.print, markup=False, soft_wrap=True)
    _serve_by("hotline.demo.show", settings_for(home, port=port), cases=cases, live=not no_live, say=say, speed=clock)


def _serve_by(module: str, settings: Settings, **given: Any) -> None:
    """Have this module's `serve_until_told` serve, which is read while the database comes up."""
    policy = load_policy(settings.config)

    async def run() -> None:
        async with database_address(settings, meanwhile=functools.partial(read, module)) as url:
            await read(module).serve_until_told(settings, policy, url, **given)

    wait_for(run())
