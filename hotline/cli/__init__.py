"""The command `hotline`.

What a command stands on is read when the command is given: a service that starts waits for none of the others.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from hotline import __version__

COMMANDS: Final = {
    "serve": "hotline.cli.serving:serve",
    "demo": "hotline.cli.running:demo",
    "migrate": "hotline.cli.running:migrate",
    "doctor": "hotline.cli.running:doctor",
    "check-config": "hotline.cli.configuration:check_config",
    "account": "hotline.cli.people:account",
    "token": "hotline.cli.people:token",
    "rules": "hotline.cli.all_rules:rules",
    "registry": "hotline.cli.registry:registry",
    "reminders": "hotline.cli.reminders:reminders",
}
"""Where each command stands."""


class _WhenGiven(click.Group):
    """A group whose commands are looked for when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as the library asks
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as the library asks
        module, _colon, name = COMMANDS.get(cmd_name, "").partition(":")
        command: click.Command | None = getattr(import_module(module), name) if module else None
        return command


@click.group(cls=_WhenGiven, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hotline")
def main() -> None:
    """The service behind a trade union's workers' hotline.

    Every command finds its database by --home, HOTLINE_HOME or HOTLINE_DATABASE_URL.
    """
