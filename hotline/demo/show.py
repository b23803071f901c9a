"""The demonstration: a database of its own, filled once, then served with calls that keep arriving."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hotline import clock
from hotline.accounts.models import Account
from hotline.accounts.roles import ROLE_LABELS
from hotline.demo import store
from hotline.demo.dice import dice
from hotline.demo.fill import Progress as Stored
from hotline.demo.fill import fill
from hotline.demo.filled import is_filled
from hotline.demo.live import Bustle
from hotline.demo.people import SHOWN, password_of
from hotline.demo.register import fill_register
from hotline.i18n import _, pick
from hotline.policy import Policy
from hotline.settings import Settings
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.web.keys import DEMO, RULES, DemoAccount
from hotline.web.serve import ready_database, serve

Say = Callable[[str], None]
_LINES: Final = 5
"""How often a log without a terminal hears how far the filling is."""


async def run_demo(settings: Settings, policy: Policy, *, cases: int, live: bool, say: Say, speed: float = 1.0) -> None:
    """Start the database, fill it once, say who can sign in, and serve until told to stop.

    Prints one line `ready http://…` on standard output when requests are answered; everything else goes to `say`.
    Raises `InUse` for a database that is no demo, and what `ready_database` raises.
    """
    async with ready_database(settings) as database:
        await _filled(database, policy, cases=cases, say=say)
        async with database.transaction() as session:
            accounts = await store.accounts_in_order(session)
        for line in _people(policy, accounts):
            say(line)
        bustle: list[asyncio.Task[None]] = []

        async def started(address: str, app: Any) -> None:
            shown = [one for one in accounts if one.login in SHOWN]
            app[DEMO].extend(DemoAccount(one.login, password_of(one.login), one.role) for one in shown)
            sys.stdout.write(f"ready {address}\n")
            sys.stdout.flush()
            if live:
                going_on = Bustle(database, app[RULES], accounts, dice(clock.now().isoformat()))
                bustle.append(asyncio.create_task(going_on.go_on()))

        clock.run_fast(speed)
        try:
            await serve(_lasting(settings, speed), database, policy, started=started)
        finally:
            clock.run_fast(1)
            for task in bustle:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


def _lasting(settings: Settings, speed: float) -> Settings:
    """The settings for a clock that runs so fast: who has signed in stays for as long as people think."""
    longer = {name: int(getattr(settings, name) * speed) for name in ("session_idle_minutes", "session_hours")}
    return settings.model_copy(update=longer)


async def _filled(database: Database, policy: Policy, *, cases: int, say: Say) -> None:
    async with database.transaction() as session:
        if await is_filled(session):
            return
    say(_("Making a city's union and {cases} past cases. This is done once.", cases=cases))
    patient = Database(database.url, pool_size=2, command_seconds=PATIENT_SECONDS)
    try:
        with _progress(cases, say) as progress:
            await fill(patient, policy, cases=cases, now=clock.now(), progress=progress)
        await fill_register(patient)
    finally:
        await patient.close()


@contextmanager
def _progress(cases: int, say: Say) -> Iterator[Stored]:
    """A bar on a terminal, a few plain lines otherwise."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done: _say_sometimes(done, cases, say)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(_("Past cases"), total=cases)
        yield lambda done: bar.update(task, completed=done)


def _say_sometimes(done: int, cases: int, say: Say) -> None:
    step = max(cases // _LINES, 1)
    if done == cases or done // step > (done - 1) // step:
        say(_("{done} of {cases} cases", done=done, cases=cases))


def _people(policy: Policy, accounts: list[Account]) -> Iterator[str]:
    """Who can sign in, with what, and as what: a line each."""
    yield _("Accounts of this demonstration (for looking around only; everybody knows these passwords):")
    by_login = {one.login: one for one in accounts}
    for one in (by_login[login] for login in SHOWN if login in by_login):
        office = policy.departments.get(one.department or "")
        where = f", {pick(office.name, office.name_en)}" if office is not None else ""
        yield f"  {one.login:<15} {password_of(one.login):<20} {_(ROLE_LABELS[one.role])}{where}"
    others = [one.login for one in accounts if one.login not in SHOWN]
    if others:
        password = password_of(others[0])
        yield _("Their colleagues' password is {password}: {logins}", password=password, logins=", ".join(others))
