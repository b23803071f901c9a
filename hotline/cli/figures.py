"""The figures on the command line: `hotline figures`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from hotline import clock
from hotline.accounts.asking import MACHINE
from hotline.cli.configuration import with_config
from hotline.cli.ground import err, out, settings_for, told_plainly, wait_for, with_home
from hotline.documents.press import Press
from hotline.errors import Conflict, Invalid, Mistake
from hotline.i18n import _, mark
from hotline.migrations.ready import ready_database
from hotline.policy import Policy, default_config, load_policy
from hotline.privacy.trail import record
from hotline.reports.running import bring_up_to_date, rebuild
from hotline.reports.working_time import clock_of
from hotline.settings import Settings
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.web.monthly import EVERYTHING, make_report
from hotline.work import Work


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


@figures.command("report")
@click.option("--month", required=True, metavar="YYYY-MM", help="The month the calls came in.")
@click.option("-o", "--out", "path", type=click.Path(dir_okay=False, path_type=Path), required=True)
@with_config
@with_home
@told_plainly
def report_of_a_month(config: Path | None, home: Path | None, month: str, path: Path) -> None:
    """Write the report of a month as PDF: everything the hotline has taken, whoever may see it."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Invalid(Mistake("--month", mark("Write the month as in 2026-10."))) from None
    settings = settings_for(home, log_level="warning")
    policy = load_policy(config or settings.config or default_config())
    path.write_bytes(wait_for(_report(settings, policy, first)))
    out.print(str(path), markup=False, soft_wrap=True)


async def _report(settings: Settings, policy: Policy, month: date) -> bytes:
    now = clock.now()
    async with ready_database(settings) as database:
        await bring_up_to_date(database, clock_of(policy.calendar))
        async with database.transaction() as session:
            work = Work(session=session, policy=policy, actor=EVERYTHING, now=now)
            pdf = await make_report(work, Press(), month)
            await record(
                session,
                act="figures.report",
                actor_id=None,
                actor=MACHINE,
                at=now,
                address="",
                request_id="",
                subject=f"{month:%Y-%m}",
            )
    return pdf


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
