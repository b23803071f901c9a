"""The first start of a demonstration: its year is made and stored, and whoever waits is told how far that is.

No later start needs this, or what it stands on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hotline import clock
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar
from hotline.deadlines.reminding import in_working_hours
from hotline.demo.fill import Progress as Stored
from hotline.demo.fill import fill
from hotline.demo.register import fill_register
from hotline.i18n import _
from hotline.policy import Policy
from hotline.reminders.engine import run_round
from hotline.storage.database import PATIENT_SECONDS, Database

_LINES: Final = 5
"""How often a log without a terminal hears how far the filling is."""


async def fill_and_tell(database: Database, policy: Policy, *, cases: int, say: Callable[[str], None]) -> None:
    """Fill a database with so many past cases and the register. Raises `InUse` for one that somebody works in."""
    say(_("Making a city's union and {cases} past cases. This is done once.", cases=cases))
    patient = Database(database.url, pool_size=2, command_seconds=PATIENT_SECONDS)
    try:
        with _progress(cases, say) as progress:
            await fill(patient, policy, cases=cases, now=clock.now(), progress=progress)
        await fill_register(patient)
        # On a weekend too there is something to be seen of what the last working day has brought.
        await run_round(patient, policy, now=_last_at_work(policy.calendar, clock.now()))
    finally:
        await patient.close()


def _last_at_work(calendar: Calendar, now: datetime) -> datetime:
    """This moment while it is worked, or the last minute that was."""
    if in_working_hours(now, calendar):
        return now
    today = now.astimezone(SHANGHAI)
    worked_today = calendar.is_working_day(today.date()) and today.time() >= calendar.hours.end
    day = today.date() if worked_today else calendar.add_working_days(today.date(), -1)
    return datetime.combine(day, calendar.hours.end, SHANGHAI) - timedelta(minutes=1)


@contextmanager
def _progress(cases: int, say: Callable[[str], None]) -> Iterator[Stored]:
    """A bar on a terminal, a few plain lines otherwise."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done: _say_sometimes(done, cases, say)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(_("Past cases"), total=cases)
        yield lambda done: bar.update(task, completed=done)


def _say_sometimes(done: int, cases: int, say: Callable[[str], None]) -> None:
    step = max(cases // _LINES, 1)
    if done == cases or done // step > (done - 1) // step:
        say(_("{done} of {cases} cases", done=done, cases=cases))
