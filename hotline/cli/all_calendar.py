"""Every command of `hotline calendar`: looking, which needs little, and importing, which stands on the service."""

from __future__ import annotations

import click

from hotline.cli.when_given import WhenGiven

COMMANDS = {
    "explain": "hotline.cli.calendar:explain",
    "show": "hotline.cli.calendar:show",
    "import": "hotline.cli.calendar_import:import_file",
}


@click.group(cls=WhenGiven, places=COMMANDS)
def calendar() -> None:
    """Working days: public holidays and the weekend days worked in exchange for them."""
