"""Looking at rules: what do they say, are they in order, how good are they, and what would be learned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from hotline.cli.configuration import policy_of, with_config
from hotline.cli.ground import err, out, told_plainly, with_home
from hotline.cli.rules_used import policy_used
from hotline.errors import Invalid, Mistake
from hotline.i18n import _, mark, pick
from hotline.policy import Policy
from hotline.routing import learning
from hotline.routing.classify import classify
from hotline.routing.engine import decide
from hotline.routing.evaluation import Evaluation, errors_table, evaluate
from hotline.routing.examples import circumstances_told
from hotline.routing.labelled import read_labelled
from hotline.routing.rulefile import RuleFile, load_rule_file

_FILE = click.Path(dir_okay=False, path_type=Path)
_FIGURES = ("accuracy_all", "coverage", "accuracy_routed", "primary_accuracy_all", "primary_accuracy_routed")

with_rules = click.option(
    "--rules", "rules_file", type=_FILE, default=None, help="Another rule file instead of the union's routing.toml."
)


@click.group()
def rules() -> None:
    """Routing rules."""


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        params = {"reason": problem.strerror or type(problem).__name__}
        raise Invalid(Mistake(str(path), mark("The file cannot be written: {reason}."), params)) from None


def _rule_file(config: Path | None, path: Path | None) -> RuleFile:
    """The union's own rules, or those of another file."""
    policy = policy_of(config)
    if path is None:
        return RuleFile(policy.routing.ruleset, policy.groups, policy.categories)
    return load_rule_file(path, groups=policy.groups, categories=policy.categories)


@rules.command("check")
@click.argument("file", type=_FILE, required=False)
@with_config
@told_plainly
def check(file: Path | None, config: Path | None) -> None:
    """Say whether FILE (or the union's routing.toml) is in order: every mistake with its line, nothing else."""
    found = _rule_file(config, file).rules
    out.print(
        _(
            "The rules are in order: rule set {rules}, {words} words.",
            rules=found.version,
            words=len(found.words),
        ),
        soft_wrap=True,
    )


@rules.command("try")
@click.argument("text")
@click.option("--place", default="", help="Where it happened.")
@click.option("--employer", default="", help="Against whom.")
@click.option("--people", type=click.IntRange(1), default=None, help="How many are affected.")
@click.option("--json", "as_json", is_flag=True, help="The decision as the API gives it.")
@with_rules
@with_config
@with_home
@told_plainly
def try_text(
    text: str,
    place: str,
    employer: str,
    people: int | None,
    rules_file: Path | None,
    config: Path | None,
    home: Path | None,
    *,
    as_json: bool,
) -> None:
    """Say what the rules in force make of TEXT, and why. Without a database, or with --config, those of the file.

    With --rules FILE only the matter is decided, not the department. Nothing is stored.
    """
    if rules_file is None:
        policy, whose = policy_used(config, home)
        click.echo(whose, err=True)
        decision = decide(policy.routing, text, place=place, employer=employer, people=people)
        names = {code: pick(each.name, each.name_en) for code, each in policy.categories.items()}
    else:
        policy = policy_of(config)
        found = load_rule_file(rules_file, groups=policy.groups, categories=policy.categories)
        decision = classify(found.rules, text, facts=circumstances_told(text))
        names = {code: pick(each.name, each.name_en) for code, each in found.categories.items()}
    said = decision.to_json()
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    _print_decision(policy, names, said)


def _print_decision(policy: Policy, names: dict[str, str], said: dict[str, Any]) -> None:
    category = said["category"]
    department = policy.departments.get(said["department"]) if said["department"] else None
    rows = [
        (_("Outcome"), said["outcome"]),
        (_("Category"), f"{names[category]} ({category})" if category else "—"),
        (_("Department"), f"{pick(department.name, department.name_en)} ({department.code})" if department else "—"),
        (_("Urgency"), said["urgency"]),
        (_("Score"), _("{score}, ahead by {margin}", score=_best(said), margin=f"{said['margin']:g}")),
        (_("Otherwise"), said["runner_up"] or "—"),
        (_("Rule set"), said["rule_set"]),
    ]
    for label, value in rows:
        out.print(f"{label}: {value}", markup=False, soft_wrap=True)
    for item in said["evidence"]:
        place = f"{item['start']}–{item['end']}"
        out.print(f"  {item['weight']:+g}  {item['word']}  [{item['rule']}]  {place}", markup=False, soft_wrap=True)
    for item in said["reasons"]:
        out.print(f"  [{item['rule']}]  {_(item['reason'], **item['params'])}", markup=False, soft_wrap=True)


def _best(said: dict[str, Any]) -> str:
    return f"{said['scores'][0]['score']:g}" if said["scores"] else "0"


@rules.command("evaluate")
@click.argument("file", type=_FILE)
@with_rules
@click.option("--errors", type=_FILE, default=None, help="Write the texts that came out wrong to this file, with why.")
@click.option("--json", "as_json", is_flag=True, help="The same figures as JSON.")
@with_config
@told_plainly
def evaluate_file(
    file: Path, rules_file: Path | None, errors: Path | None, config: Path | None, *, as_json: bool
) -> None:
    """Measure the rules on labelled texts: FILE has text<TAB>label[<TAB>second] on each line, in UTF-8.

    A label is a category or a group, by code or name; as soon as one label is a group, predictions are groups. The
    second label is as right as the first one (“-” for none); a text no rule knows a word of is wrong.

    "Routed" are the texts whose score and lead reach threshold and margin of the rule set, whether the matter is the
    union's or outside its duties; the others would be looked at by a person.
    """
    found = _rule_file(config, rules_file)
    texts = read_labelled(file, meanings=found.meanings)
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(_("Deciding"), total=len(texts))
        result = evaluate(found.rules, texts, found.meanings, told=lambda more: progress.advance(task, more))
    if errors is not None:
        _write(errors, errors_table(result.judged))
    if as_json:
        click.echo(json.dumps(result.to_json(), ensure_ascii=False, indent=2))
        return
    _print_figures(result)


def _print_figures(result: Evaluation) -> None:
    """Plain lines: what reads them may be a program."""
    said = result.to_json()
    for name in _FIGURES:
        click.echo(f"{name} {said[name]:.4f}")
    click.echo(f"texts {said['texts']}, routed {said['routed']}, unknown {said['unknown']}")
    click.echo("\nprecision  recall  texts  predicted  label")
    for each in said["classes"]:
        shares = f"{each['precision']:9.4f}  {each['recall']:6.4f}"
        click.echo(f"{shares}  {each['texts']:5}  {each['predicted']:9}  {each['label']}")
    click.echo("\ntexts  label → predicted")
    wrong = [(count, *pair) for pair, count in result.confusion().items() if pair[0] != pair[1]]
    for count, label, predicted in sorted(wrong, key=lambda row: (-row[0], row[1:])):
        click.echo(f"{count:5}  {label} → {predicted}")


@rules.command("learn")
@click.argument("file", type=_FILE)
@click.option("--words", type=click.IntRange(1, 2000), default=100, show_default=True, help="At most, for each label.")
@click.option("-o", "--output", type=_FILE, required=True, help="Where the rules go, as TOML.")
@click.option(
    "--accuracy",
    type=click.FloatRange(0.5, 1.0),
    default=learning.ACCURACY,
    show_default=True,
    help="Of the texts that would be routed, how many must have been right on texts held back.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The order in which texts are looked at.")
@told_plainly
def learn_file(file: Path, words: int, output: Path, accuracy: float, seed: int) -> None:
    """Learn a readable rule set from labelled texts: FILE has text<TAB>label on each line, in UTF-8.

    The rules stand alone, with the labels as their categories: look at them with “rules evaluate FILE --rules RULES”
    and “rules try TEXT --rules RULES”. The same texts and seed give the same rules. Second labels are not learned from.
    """
    texts = read_labelled(file)
    _write(output, "")  # what cannot be written should be known before minutes of learning
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(_("Learning"), total=learning.STEPS)
        found = learning.learn(texts, words=words, accuracy=accuracy, seed=seed, told=lambda: progress.advance(task))
    _write(output, found.toml)
    held = found.held_out
    click.echo(f"held_out_accuracy_all {held.accuracy_all:.4f}")
    click.echo(f"held_out_coverage {held.coverage:.4f}")
    click.echo(f"held_out_accuracy_routed {held.accuracy_routed:.4f}")
