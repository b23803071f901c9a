"""Importing a notice of working days from the command line.

Who sits at the machine holds the database anyway, so no rights are asked for; the trail says `hotline` did it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import clock
from hotline.accounts.asking import MACHINE
from hotline.calendars.importing import Preview, preview_notice, store_notice
from hotline.calendars.in_force import with_calendar
from hotline.calendars.recounting import recount
from hotline.cli.ground import out, settings_for, told_plainly, wait_for, with_home
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import REASON_LABELS, YearTable
from hotline.deadlines.notices import read_notice
from hotline.i18n import _, mark
from hotline.migrations.ready import ready_database
from hotline.policy import Policy, load_policy
from hotline.privacy.trail import record
from hotline.storage.database import PATIENT_SECONDS, Database

TOLD: Final = 20


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="Title and date of the notice, where the file does not name it.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@with_home
@told_plainly
def import_file(file: Path, source: str, home: Path | None, *, dry_run: bool) -> None:
    """Import FILE: TOML with [years.N] as in calendar.toml, or CSV with date,kind,name; count open dates again."""
    settings = settings_for(home, log_level="warning")
    policy = load_policy(settings.config)
    tables = read_notice(file.read_bytes(), file=file.name, calendar=policy.calendar, source=source)

    async def run() -> Preview:
        async with ready_database(settings) as database:
            async with database.transaction() as session:
                used = await with_calendar(session, policy)
                preview = await preview_notice(session, used.calendar, tables)
            if not dry_run:
                await _import(database, used, tables, file.name)
            return preview

    _say(wait_for(run()), dry_run=dry_run)


async def _import(database: Database, policy: Policy, tables: Sequence[YearTable], file_name: str) -> None:
    now = clock.now()
    async with database.transaction() as session:
        notice = await store_notice(session, policy.calendar, tables, file_name=file_name, by=None, now=now)
        await _record(session, notice.years, now)
    patient = Database(database.url, pool_size=1, command_seconds=PATIENT_SECONDS)
    try:
        await recount(patient, policy, now=now)
    finally:
        await patient.close()


async def _record(session: AsyncSession, years: Sequence[int], now: datetime) -> None:
    await record(
        session,
        act="calendar.import",
        actor_id=None,
        actor=MACHINE,
        at=now,
        address="",
        request_id="",
        subject=",".join(map(str, years)),
        details={"years": [*years]},
    )


def _say(preview: Preview, *, dry_run: bool) -> None:
    for old, new in preview.days:
        out.print(f"{new.on}  {_(REASON_LABELS[old.reason])} → {_(REASON_LABELS[new.reason])}  {new.name or old.name}")
    out.print(_("{n} days differ.", n=len(preview.days)))
    count = f"{len(preview.moves):,}" if preview.whole else f"≥ {len(preview.moves):,}"
    said = mark("{n} dates of {cases} open cases would move.") if dry_run else mark("{n} dates of {cases} cases moved.")
    out.print(_(said, n=count, cases=preview.cases))
    for move in preview.moves[:TOLD]:
        moved = f"{move.before.astimezone(SHANGHAI):%Y-%m-%d %H:%M} → {move.after:%Y-%m-%d %H:%M}"
        out.print(f"  {move.number}  {move.department or '—'}  {move.clock}  {moved}", markup=False, soft_wrap=True)
