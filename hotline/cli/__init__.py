"""The command `hotline`.

What a command stands on is read when the command is given: a service that starts waits for none of the others.
"""

from __future__ import annotations

from typing import Final

import click

from hotline import __version__
from hotline.cli.when_given import WhenGiven

COMMANDS: Final = {
    "serve": "hotline.cli.serving:serve",
    "demo": "hotline.cli.serving:demo",
    "migrate": "hotline.cli.running:migrate",
    "doctor": "hotline.cli.running:doctor",
    "check-config": "hotline.cli.configuration:check_config",
    "account": "hotline.cli.people:account",
    "token": "hotline.cli.people:token",
    "rules": "hotline.cli.all_rules:rules",
    "registry": "hotline.cli.registry:registry",
    "calendar": "hotline.cli.all_calendar:calendar",
    "figures": "hotline.cli.figures:figures",
    "reminders": "hotline.cli.reminders:reminders",
}
"""Where each command stands."""


@click.group(cls=WhenGiven, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hotline")
def main() -> None:
    """The service behind a trade union's workers' hotline.

    Every command finds its database by --home, HOTLINE_HOME or HOTLINE_DATABASE_URL.
    """
