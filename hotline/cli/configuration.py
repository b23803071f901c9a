"""Looking at the configuration: is it right?"""

from __future__ import annotations

from pathlib import Path

import click

from hotline.cli.ground import err, out, told_plainly
from hotline.errors import Invalid
from hotline.i18n import _
from hotline.policy import Policy, load_policy
from hotline.settings import load_settings

with_config = click.option(
    "--config",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder with categories.toml, departments.toml, routing.toml and the others.",
)


def policy_of(config: Path | None) -> Policy:
    """The configuration in this folder, or in the one the settings name; raises `Invalid` with every mistake."""
    return load_policy(config or load_settings().config)


@click.command("check-config")
@with_config
@told_plainly
def check_config(config: Path | None) -> None:
    """Read the whole configuration, run every rule's examples, and name each mistake."""
    try:
        policy = policy_of(config)
    except Invalid:
        err.print(_("The configuration cannot be used:"), style="bold red")
        raise
    out.print(
        _(
            "The configuration is in order: {categories} categories, {departments} departments, rule set {rules}.",
            categories=len(policy.categories),
            departments=len(list(policy.departments)),
            rules=policy.routing.ruleset.version,
        )
    )
