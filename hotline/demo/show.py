"""The demonstration: a database of its own, filled once, then served with calls that keep arriving."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from hotline import clock
from hotline.accounts.models import Account
from hotline.accounts.roles import ROLE_LABELS
from hotline.demo import store
from hotline.demo.dice import dice
from hotline.demo.filled import is_filled
from hotline.demo.people import SHOWN, password_of
from hotline.i18n import _, pick
from hotline.migrations.ready import migrated
from hotline.policy import Policy
from hotline.settings import Settings
from hotline.web.keys import DEMO, RULES, DemoAccount
from hotline.web.serve import serve

Say = Callable[[str], None]


async def serve_until_told(
    settings: Settings, policy: Policy, url: str, *, cases: int, live: bool, say: Say, speed: float = 1.0
) -> None:
    """Fill the database at this address once, say who can sign in, and serve until told to stop.

    Prints one line `ready http://…` on standard output when requests are answered; everything else goes to `say`.
    Raises `InUse` for a database that is no demo, and what `migrated` raises.
    """
    async with migrated(url, settings) as database:
        async with database.transaction() as session:
            filled = await is_filled(session)
        if not filled:
            await import_module("hotline.demo.filling").fill_and_tell(database, policy, cases=cases, say=say)
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
                living = import_module("hotline.demo.live")  # nobody who waits for the first page needs it
                going_on = living.Bustle(database, app[RULES], accounts, dice(clock.now().isoformat()))
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
