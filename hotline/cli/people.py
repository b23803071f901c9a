"""People and machines from the command line: accounts, one-time codes, tokens.

Who sits at the machine holds the database anyway, so no rights are asked for; the trail says `hotline` did it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import click
from rich.table import Table

from hotline import clock
from hotline.accounts import people, tokens
from hotline.accounts.asking import AtTheMachine
from hotline.accounts.codes import CodeMade, make_first_codes, make_password_code
from hotline.accounts.permissions import Permission
from hotline.accounts.roles import ROLE_LABELS, Role
from hotline.cli.ground import out, settings_for, told_plainly, wait_for, with_home
from hotline.i18n import _
from hotline.migrations.ready import ready_database
from hotline.policy import load_policy
from hotline.storage.database import Database
from hotline.web.show import full

_T = TypeVar("_T")

with_role = click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help="What they do."
)
with_department = click.option("--department", default=None, help="Code of the department; staff and leads need one.")
of_login = click.argument("login")


def _at_the_machine(home: Path | None, act: Callable[[AtTheMachine], Awaitable[_T]]) -> _T:
    """Do one act in one transaction on the database of this home, started for it when it does not run."""
    settings = settings_for(home, log_level="warning")  # the answer is for a person or a script, not for a log

    async def run() -> _T:
        async with ready_database(settings) as database, database.transaction() as session:
            return await act(AtTheMachine(session, clock.now()))

    return wait_for(run())


def _departments(home: Path | None) -> frozenset[str]:
    return frozenset(
        department.code for department in load_policy(settings_for(home, log_level="warning").config).departments
    )


async def print_first_codes(database: Database, say: Callable[[str], None]) -> None:
    """Say a one-time code for each role that must have somebody and has nobody: to the terminal, never to the log."""
    async with database.transaction() as session:
        made = await make_first_codes(session, now=clock.now())
    if not made:
        return
    say(_("Nobody can give roles or run the accounts yet. Open /first-administrator in a browser and use these codes:"))
    for role, code in made.items():
        say(_("{role}: {code} (until {when})", role=_(ROLE_LABELS[role]), code=code.code, when=full(code.expires_at)))


def _beside(message: str) -> None:
    """Say something that is not the answer: to standard error."""
    click.echo(message, err=True)


def _hand_over(login: str, code: CodeMade) -> None:
    """The code alone on standard output, what to do with it beside it."""
    click.echo(code.code)
    _beside(
        _(
            "With this one-time code {login} chooses a password under /new-password, until {when}.",
            login=login,
            when=full(code.expires_at),
        ),
    )


@click.group()
def account() -> None:
    """Accounts of people and machines."""


@account.command("add")
@of_login
@click.option("--name", required=True, help="The name colleagues know.")
@with_role
@with_department
@click.option("--machine", is_flag=True, help="No person: comes with a token, has no password.")
@with_home
@told_plainly
def add(login: str, name: str, role: str, department: str | None, home: Path | None, *, machine: bool) -> None:
    """Make the account LOGIN and print the one-time code by which its owner chooses a password."""
    known = _departments(home)
    added = _at_the_machine(
        home,
        lambda work: people.add_account(
            work, login=login, name=name, role=Role(role), department=department, departments=known, machine=machine
        ),
    )
    if added.code is None:
        _beside(_("Account {login} is made. Give it a token: hotline token create.", login=added.login))
    else:
        _hand_over(added.login, added.code)


@account.command("list")
@with_home
@told_plainly
def show_accounts(home: Path | None) -> None:
    """List every account."""

    async def everybody(work: AtTheMachine) -> list[people.Person]:
        found: list[people.Person] = []
        after = ""
        while True:
            page = await people.list_accounts(work, after=after)
            found.extend(page.people)
            if page.next is None:
                return found
            after = page.next

    table = Table(box=None, pad_edge=False)
    for heading in (_("Account"), _("Name"), _("Role"), _("Department"), _("State")):
        table.add_column(heading, overflow="fold")
    for one in _at_the_machine(home, everybody):
        table.add_row(
            one.login, one.name, _(ROLE_LABELS[one.role]), one.department or "—", _(people.STATE_LABELS[one.state])
        )
    out.print(table)


@account.command("disable")
@of_login
@with_home
@told_plainly
def disable(login: str, home: Path | None) -> None:
    """Let LOGIN in no more: sessions, tokens and codes end at once."""
    _at_the_machine(home, lambda work: people.disable_account(work, login))
    _beside(_("{login} is let in no more.", login=login))


@account.command("enable")
@of_login
@with_home
@told_plainly
def enable(login: str, home: Path | None) -> None:
    """Let LOGIN in again, with the password it had."""
    _at_the_machine(home, lambda work: people.enable_account(work, login))
    _beside(_("{login} is let in again.", login=login))


@account.command("role")
@of_login
@with_role
@with_department
@with_home
@told_plainly
def give_role(login: str, role: str, department: str | None, home: Path | None) -> None:
    """Give LOGIN another role; what was open under the old one ends."""
    known = _departments(home)
    _at_the_machine(
        home,
        lambda work: people.give_role(work, login, role=Role(role), department=department, departments=known),
    )
    _beside(_("{login} is now: {role}.", login=login, role=_(ROLE_LABELS[Role(role)])))


@account.command("reset")
@of_login
@with_home
@told_plainly
def reset(login: str, home: Path | None) -> None:
    """Print a one-time code by which the owner of LOGIN chooses a new password."""
    _hand_over(login, _at_the_machine(home, lambda work: make_password_code(work, login)))


@click.group()
def token() -> None:
    """Tokens: keys by which programs use the API."""


@token.command("create")
@click.option("--account", "login", required=True, help="The account the token speaks for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([permission.value for permission in tokens.SCOPE_LABELS]),
    help="Something it may do; may be given several times. Without it: all the account may do.",
)
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), default=None, help="Days until it ends; for ever without it.")
@with_home
@told_plainly
def create(login: str, scopes: tuple[str, ...], name: str, days: int | None, home: Path | None) -> None:
    """Make a token and print it, alone; nobody can read it again."""

    async def make(work: AtTheMachine) -> str:
        ends = None if days is None else work.now + timedelta(days=days)
        made = await tokens.make_token(work, name=name, scopes=scopes or None, expires_at=ends, login=login)
        return made.token

    click.echo(_at_the_machine(home, make))


@token.command("list")
@click.option("--account", "login", required=True, help="The account whose tokens are meant.")
@with_home
@told_plainly
def show_tokens(login: str, home: Path | None) -> None:
    """List the tokens of an account; the tokens themselves are kept nowhere."""
    table = Table(box=None, pad_edge=False)
    for heading in (_("Number"), _("What it is for"), _("What it may do"), _("Made"), _("Ends")):
        table.add_column(heading, overflow="fold")
    for one in _at_the_machine(home, lambda work: tokens.list_tokens(work, login=login)):
        table.add_row(
            str(one.id),
            one.name,
            _may_do(one.scopes),
            full(one.made_at),
            full(one.expires_at) if one.expires_at else "—",
        )
    out.print(table)


def _may_do(scopes: tuple[str, ...] | None) -> str:
    if scopes is None:
        return _("All this account may do")
    return ", ".join(_(tokens.SCOPE_LABELS[Permission(scope)]) for scope in scopes)


@token.command("revoke")
@click.argument("number", type=click.IntRange(1, tokens.LARGEST_ID))
@with_home
@told_plainly
def revoke(number: int, home: Path | None) -> None:
    """End the token NUMBER (see `hotline token list`)."""
    _at_the_machine(home, lambda work: tokens.end_token(work, number))
    _beside(_("The token is ended."))
