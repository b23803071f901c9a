"""Looking at the configuration: is it right, and what would the rules say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from hotline.cli.ground import err, out, told_plainly, with_home
from hotline.cli.rules_used import policy_used
from hotline.errors import Invalid
from hotline.i18n import _, pick
from hotline.policy import Policy, load_policy
from hotline.routing.engine import decide
from hotline.settings import load_settings

with_config = click.option(
    "--config",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder with categories.toml, departments.toml, routing.toml and the others.",
)


def _policy(config: Path | None) -> Policy:
    return load_policy(config or load_settings().config)


@click.command("check-config")
@with_config
@told_plainly
def check_config(config: Path | None) -> None:
    """Read the whole configuration, run every rule's examples, and name each mistake."""
    try:
        policy = _policy(config)
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


@click.group()
def rules() -> None:
    """Routing rules."""


@rules.command("try")
@click.argument("text")
@click.option("--place", default="", help="Where it happened.")
@click.option("--employer", default="", help="Against whom.")
@click.option("--people", type=click.IntRange(1), default=None, help="How many are affected.")
@click.option("--json", "as_json", is_flag=True, help="The decision as the API gives it.")
@with_config
@with_home
@told_plainly
def try_text(
    text: str,
    place: str,
    employer: str,
    people: int | None,
    config: Path | None,
    home: Path | None,
    *,
    as_json: bool,
) -> None:
    """Say what the rules in force make of TEXT, and why. Without a database, or with --config, those of the file."""
    policy, whose = policy_used(config, home)
    click.echo(whose, err=True)
    decision = decide(policy.routing, text, place=place, employer=employer, people=people)
    said = decision.to_json()
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    _print_decision(policy, said)


def _print_decision(policy: Policy, said: dict[str, Any]) -> None:
    category = policy.categories.get(said["category"]) if said["category"] else None
    department = policy.departments.get(said["department"]) if said["department"] else None
    rows = [
        (_("Outcome"), said["outcome"]),
        (_("Category"), f"{pick(category.name, category.name_en)} ({category.code})" if category else "—"),
        (_("Department"), f"{pick(department.name, department.name_en)} ({department.code})" if department else "—"),
        (_("Urgency"), said["urgency"]),
        (_("Score"), _("{score}, ahead by {margin}", score=_best(said), margin=f"{said['margin']:g}")),
        (_("Otherwise"), said["runner_up"] or "—"),
        (_("Rule set"), said["rule_set"]),
    ]
    for label, value in rows:
        out.print(f"{label}: {value}", markup=False)
    for item in said["evidence"]:
        place = f"{item['start']}–{item['end']}"
        out.print(f"  {item['weight']:+g}  {item['word']}  [{item['rule']}]  {place}", markup=False)


def _best(said: dict[str, Any]) -> str:
    return f"{said['scores'][0]['score']:g}" if said["scores"] else "0"
