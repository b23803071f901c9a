"""The figures on the command line: `hotline figures`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from hotline.cli.configuration import with_config
from hotline.cli.ground import err, out, settings_for, told_plainly, wait_for, with_home
from hotline.errors import Conflict
from hotline.i18n import _, mark
from hotline.policy import Policy, default_config, load_policy
from hotline.reports.running import rebuild
from hotline.reports.working_time import clock_of
from hotline.settings import Settings
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.web.serve import ready_database


@click.group("figures")
def figures() -> None:
    """Figures of the cases: how long, how many, what came of it."""


@figures.command("rebuild")
@with_config
@with_home
@told_plainly
def rebuild_figures(config: Path | None, home: Path | None) -> None:
    """Count every case anew, while the service goes on working.

    Needed after kinds of employers were corrected in the register; all else is kept current by itself.
    """
    settings = settings_for(home, log_level="warning")
    policy = load_policy(config or settings.config or default_config())
    wait_for(_rebuild(settings, policy))
    out.print(_("The figures are counted anew."))


async def _rebuild(settings: Settings, policy: Policy) -> None:
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    async with ready_database(settings) as ready:
        patient = Database(ready.url, pool_size=1, command_seconds=PATIENT_SECONDS)
        try:
            with Progress(*columns, console=err, transient=True) as progress:
                task = progress.add_task(_("Counting"))
                done = await rebuild(
                    patient,
                    clock_of(policy.calendar),
                    lambda last: progress.update(task, description=_("Counted up to case {id}", id=last)),
                )
        finally:
            await patient.close()
    if not done:
        raise Conflict(mark("The figures are being counted just now. Please try again in a minute."))
