"""The command `hotline`."""

from __future__ import annotations

import click

from hotline import __version__
from hotline.cli.configuration import check_config
from hotline.cli.learning import suggest
from hotline.cli.people import account, token
from hotline.cli.registry import registry
from hotline.cli.rulebook import COMMANDS
from hotline.cli.rules import rules
from hotline.cli.running import demo, doctor, migrate, serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hotline")
def main() -> None:
    """The service behind a trade union's workers' hotline.

    Every command finds its database by --home, HOTLINE_HOME or HOTLINE_DATABASE_URL.
    """


for command in (serve, demo, migrate, doctor, check_config, account, token, rules, registry):
    main.add_command(command)
for command in (*COMMANDS, suggest):
    rules.add_command(command)
