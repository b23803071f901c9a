"""Rule sets as versions from the command line: what there is, out as a file, in as a draft, backtested, published.

What somebody answers for is done in the name of an account (`--by`), so that the second pair of eyes is a second one
here too. Whoever sits at the machine holds the database anyway; the trail names the account, without an address.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import clock
from hotline.accounts.asking import AtTheMachine, find_account
from hotline.accounts.key_queries import ties_of
from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor
from hotline.cli.ground import err, out, settings_for, told_plainly, wait_for, with_home
from hotline.clock import SHANGHAI
from hotline.errors import Conflict, Invalid, Mistake, NotFound
from hotline.i18n import _, mark
from hotline.migrations.ready import ready_database
from hotline.policy import Policy, load_policy
from hotline.registry.index import load_units
from hotline.routing.reading import read_toml
from hotline.routing.ruleset import ConfigurationError, RuleSetTable
from hotline.rulebook import backtest_queries, queries, versions
from hotline.rulebook.backtests import start_backtest
from hotline.rulebook.checking import Fault, faults_in, find_faults
from hotline.rulebook.in_force import bring_into_force
from hotline.rulebook.models import PROGRESS_LABELS, STATE_LABELS, Backtest, RuleSetRow, State
from hotline.rulebook.models import Progress as HowFar
from hotline.rulebook.replaying import run
from hotline.rulebook.writing import write_rules
from hotline.settings import Settings
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.web.show import full, share
from hotline.work import Work

_T = TypeVar("_T")
_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_DAY: Final = click.DateTime(["%Y-%m-%d"])
by_whom = click.option("--by", "login", required=True, help="Login of the account that answers for it.")
which = click.argument("rule_set", metavar="VERSION")


def _settings(home: Path | None) -> tuple[Settings, Policy]:
    settings = settings_for(home, log_level="warning")
    return settings, load_policy(settings.config)


def _look(home: Path | None, question: Callable[[AsyncSession, Policy], Awaitable[_T]]) -> _T:
    """Ask the database of this home, started for it when it does not run."""
    settings, policy = _settings(home)

    async def ask() -> _T:
        async with ready_database(settings) as database, database.transaction() as session:
            await bring_into_force(session, policy, settings.config, now=clock.now())
            return await question(session, policy)

    return wait_for(ask())


def _act(home: Path | None, login: str, act: Callable[[Work], Awaitable[_T]]) -> _T:
    """Do one act in one transaction in the name of this account."""

    async def work_on(session: AsyncSession, policy: Policy) -> _T:
        return await act(Work(session, policy, await _actor(session, policy, login), clock.now()))

    return _look(home, work_on)


async def _actor(session: AsyncSession, policy: Policy, login: str) -> Actor:
    account = await find_account(AtTheMachine(session, clock.now()), login)
    if account.disabled_at is not None:
        raise Conflict(mark("The account {login} is disabled. Name another one."), login=login)
    below = policy.departments.below(account.department) if account.department else frozenset[str]()
    units, names = await _against(session, policy, account)
    return Actor(
        account.id, account.login, account.name, account.role, account.department, below,
        conflicts=units, conflict_names=names,
    )  # fmt: skip


async def _against(session: AsyncSession, policy: Policy, account: Account) -> tuple[frozenset[int], frozenset[str]]:
    """Whom this person has to do with, as everywhere else; the register is read for who may have to do with anybody."""
    ties = [tie.organisation_id for tie in await ties_of(session, account.id)]
    if not ties and account.department is None:
        return frozenset(), frozenset()
    return policy.with_units(await load_units(session)).routing.links.against(account.department, ties)


async def _named(session: AsyncSession, rule_set: str | None) -> RuleSetRow:
    """The rule set of this version or number; the one in force for none."""
    if rule_set is None:
        found = await queries.active_row(session)
    elif rule_set.isascii() and rule_set.isdigit():
        found = await queries.rule_set_by_id(session, int(rule_set))
    else:
        found = await queries.rule_set_by_version(session, rule_set)
    if found is None:
        raise NotFound(mark("There is no such rule set. Look what there is: hotline rules versions."))
    return found


@click.command("versions")
@with_home
@told_plainly
def list_versions(home: Path | None) -> None:
    """List drafts and versions, newest first."""

    async def ask(session: AsyncSession, _policy: Policy) -> Any:
        return await queries.list_rule_sets(session)

    table = Table(_("Number"), _("Version"), _("State"), _("Written by"), _("Published by"), _("When"), box=None)
    for row in _look(home, ask):
        published = (row.publisher or "hotline", full(row.published_at)) if row.published_at else ("", "")
        table.add_row(str(row.id), row.version, _(STATE_LABELS[row.state]), row.writer or "hotline", *published)
    out.print(table)


@click.command("export")
@click.argument("rule_set", metavar="[VERSION]", required=False)
@click.option("-o", "--output", type=_FILE, default=None, help="The file to write; standard output unless given.")
@with_home
@told_plainly
def export_rules(rule_set: str | None, output: Path | None, home: Path | None) -> None:
    """Write VERSION (a version or number; default: the one in force) as TOML."""

    async def ask(session: AsyncSession, _policy: Policy) -> str:
        return write_rules(RuleSetTable.model_validate((await _named(session, rule_set)).content))

    written = _look(home, ask)
    if output is None:
        click.echo(written, nl=False)
    else:
        output.write_text(written, encoding="utf-8")


@click.command("import")
@click.argument("file", type=_FILE)
@by_whom
@click.option("--note", default="", help="What is changed, and why.")
@with_home
@told_plainly
def import_rules(file: Path, login: str, note: str, home: Path | None) -> None:
    """Make a draft of FILE. Says what still keeps it from being published."""
    read_toml(file)  # too large, another encoding, no TOML at all: told before anything is started
    text = file.read_text(encoding="utf-8-sig")

    async def act(work: Work) -> tuple[RuleSetRow, list[Fault]]:
        draft = await versions.import_draft(work, text, note=note, file=file.name)
        return draft, find_faults(draft.content, work.policy, text=text)

    try:
        draft, faults = _act(home, login, act)
    except ConfigurationError as problem:
        raise Invalid(
            *(_with_line(fault, file.name) for fault in faults_in(problem.mistakes, text, file=file.name))
        ) from None
    out.print(_("Draft {number}: {version}", number=draft.id, version=draft.version), soft_wrap=True)
    for fault in faults:
        mistake = _with_line(fault, file.name)
        err.print(f"{mistake.field}: {_(mistake.message, **mistake.params)}", markup=False, soft_wrap=True)


def _with_line(fault: Fault, file: str) -> Mistake:
    where = file if fault.line is None else f"{file}:{fault.line}"
    named = f"{where}: rule {fault.rule}" if fault.rule else where
    return Mistake(named, fault.mistake.message, fault.mistake.params)


@click.command("publish")
@which
@by_whom
@click.option("--reason", default="", help="Why an earlier version is to be in force again.")
@with_home
@told_plainly
def publish_rules(rule_set: str, login: str, reason: str, home: Path | None) -> None:
    """Bring a draft into force, by another account than those who wrote it, or an earlier VERSION again."""

    async def act(work: Work) -> str:
        row, active = await _named(work.session, rule_set), await _named(work.session, None)
        if row.state is State.DRAFT:
            await versions.publish(work, row.id, revision=None, instead_of=active.version)
        else:
            await versions.publish_again(work, row.id, reason=reason, instead_of=active.version)
        return row.version

    out.print(_("In force: {version}", version=_act(home, login, act)), soft_wrap=True)


@click.command("backtest")
@which
@by_whom
@click.option("--since", type=_DAY, default=None, help="Only cases opened from this day on.")
@click.option("--until", type=_DAY, default=None, help="Only cases opened up to this day.")
@click.option("--json", "as_json", is_flag=True, help="What was found as JSON.")
@with_home
@told_plainly
def backtest_rules(
    rule_set: str, login: str, since: datetime | None, until: datetime | None, home: Path | None, *, as_json: bool
) -> None:
    """Replay past cases through VERSION and the version in force, and compare with how each case ended."""
    settings, policy = _settings(home)

    async def work_on() -> Backtest:
        async with ready_database(settings) as database:
            backtest = await _start(database, policy, settings, rule_set, login, _begin(since), _begin(until, days=1))
            await _watched(database, backtest, settings)
            async with database.transaction() as session:
                ended = await backtest_queries.backtest_by_id(session, backtest)
            if ended is None or ended.result is None:
                raise Conflict(mark("The backtest has ended without a result: {state}."), state=_ended(ended))
            return ended

    ended = wait_for(work_on())
    if as_json:
        click.echo(json.dumps(ended.result, ensure_ascii=False, indent=2))
    else:
        _print_result(ended, ended.result or {})


def _ended(backtest: Backtest | None) -> str:
    return PROGRESS_LABELS[HowFar.FAILED if backtest is None else backtest.state]


def _begin(day: datetime | None, *, days: int = 0) -> datetime | None:
    return None if day is None else day.replace(tzinfo=SHANGHAI) + timedelta(days=days)


async def _start(
    database: Database,
    policy: Policy,
    settings: Settings,
    rule_set: str,
    login: str,
    since: datetime | None,
    until: datetime | None,
) -> int:
    """Start a backtest and claim it for this process. Raises `Conflict` when another one runs."""
    async with database.transaction() as session:
        await bring_into_force(session, policy, settings.config, now=clock.now())
        work = Work(session, policy, await _actor(session, policy, login), clock.now())
        row = await _named(session, rule_set)
        started = await start_backtest(work, row.id, since=since, until=until)
        await backtest_queries.give_up_dead(session, now=clock.now())
        if await backtest_queries.claim(session, now=clock.now(), backtest_id=started.id) is None:
            raise Conflict(mark("Another backtest is running. Please wait until it has ended."))
        return started.id


async def _watched(database: Database, backtest: int, settings: Settings) -> None:
    patient = Database(database.url, pool_size=2, command_seconds=PATIENT_SECONDS)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task(_("Past cases"), total=None)
            await run(
                patient,
                backtest,
                settings.config,
                told=lambda done, total: bar.update(task, completed=done, total=total),
            )
    finally:
        await patient.close()


def _print_result(backtest: Backtest, result: dict[str, Any]) -> None:
    cases = result["cases"]
    table = Table("", backtest.against, backtest.version, box=None)
    sides = result["before"], result["after"]
    table.add_row(_("Coverage"), *(share(side["sure"], cases) for side in sides))
    table.add_row(_("Accuracy"), *(share(side["right"], side["sure"]) for side in sides))
    table.add_row(_("Rightly routed by itself"), *(share(side["right"], cases) for side in sides))
    out.print(table)
    out.print(
        _(
            "{cases} cases, {changed} decided differently: {gained} gained, {lost} lost",
            **{key: result[key] for key in ("cases", "changed", "gained", "lost")},
        ),
        soft_wrap=True,
    )
    for move in result["moves"]:
        ends = " → ".join(move[end] or _("review queue") for end in ("from", "to"))
        out.print(f"  {move['n']:>6}  {ends}  +{move['gained']} −{move['lost']}", markup=False, soft_wrap=True)
    dead = [rule["rule"] for rule in result["rules"] if not rule["hits"]]
    if dead:
        out.print(f"{_('Never spoke:')} {', '.join(dead)}", markup=False, soft_wrap=True)


COMMANDS: Final = (list_versions, export_rules, import_rules, backtest_rules, publish_rules)
