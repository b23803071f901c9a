"""Every command of `hotline rules`: on files, on versions in the database, and on what corrections teach."""

from __future__ import annotations

from hotline.cli.learning import suggest
from hotline.cli.rulebook import COMMANDS
from hotline.cli.rules import rules

__all__ = ["rules"]

for command in (*COMMANDS, suggest):
    rules.add_command(command)
