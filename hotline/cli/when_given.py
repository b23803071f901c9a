"""A group of commands each of which is looked for when it is given: looking at a date waits for no service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from hotline.cli.reading import read


class WhenGiven(click.Group):
    """Commands by name, each as `module:name`."""

    def __init__(self, *given: Any, places: Mapping[str, str], **more: Any) -> None:
        super().__init__(*given, **more)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as the library asks
        """The names of all of them."""
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as the library asks
        """The command of this name, imported now."""
        module, _colon, name = self._places.get(cmd_name, "").partition(":")
        command: click.Command | None = getattr(read(module), name) if module else None
        return command
