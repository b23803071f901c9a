"""The register of union organisations from the command line: import, export, and a fictional city to try it with.

Who sits at the machine holds the database anyway, so no rights are asked for; the trail says `hotline` did it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from hotline import clock
from hotline.accounts.asking import MACHINE
from hotline.cli.ground import err, out, settings_for, told_plainly, wait_for, with_home
from hotline.demo.register import write_city
from hotline.errors import Refusal
from hotline.i18n import _
from hotline.migrations.ready import ready_database
from hotline.privacy.trail import record
from hotline.registry.exporting import export_file
from hotline.registry.fields import BY_CODE
from hotline.registry.importing import Wish, work_on
from hotline.registry.imports import AT_WORK, OVERTAKEN, begin_import, broken_rows_kept
from hotline.registry.models import ImportState, RegistryImport
from hotline.storage.database import Database

TOLD: Final = 20
_of_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_existing = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def registry() -> None:
    """Union organisations: the register."""


@registry.command("import")
@_existing
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="Where broken rows are written.")
@click.option("--leave-out-broken", is_flag=True, help="Import the other rows although some are broken.")
@click.option("--sheet", default="", help="Name of the sheet; else the one with most known headings.")
@with_home
@told_plainly
def import_file(
    file: Path,
    errors: Path | None,
    sheet: str,
    home: Path | None,
    *,
    dry_run: bool,
    leave_out_broken: bool,
) -> None:
    """Import FILE (XLSX or CSV) into the register: whole or not at all. Exits with 1 when there are broken rows."""
    settings = settings_for(home, log_level="warning")
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn(),
        console=err,
    )  # fmt: skip
    bar = progress.add_task(_("Checking"), total=None)

    async def tell(done: int, total: int) -> None:
        progress.update(bar, completed=done, total=total or None)
        if total and done >= total:
            progress.update(bar, description=_("Writing") if not dry_run else _("Comparing"))

    async def run() -> tuple[RegistryImport, bytes | None]:
        async with ready_database(settings) as database:
            async with database.transaction() as session:
                row = await begin_import(session, file_name=file.name, content=None, actor_id=None, now=clock.now())
            wish = Wish(row.id, apply=not dry_run, sheet=sheet, leave_out_broken=leave_out_broken)
            done = await work_on(database.url, wish, path=file, tell=tell)
            async with database.transaction() as session:
                return done, await broken_rows_kept(session, row.id)

    with progress:
        done, broken = wait_for(run())
    _say(done, file, errors, broken)


def _say(done: RegistryImport, file: Path, errors: Path | None, broken: bytes | None) -> None:
    if done.state in {*AT_WORK, ImportState.GIVEN_UP} or done.attempt > 1:
        raise Refusal(OVERTAKEN)
    if done.state is ImportState.REFUSED and done.problem:
        raise Refusal(done.problem["message"], **done.problem["params"])
    counts = (
        (_("Rows"), done.rows_total), (_("New"), done.rows_new), (_("Changed"), done.rows_changed),
        (_("Unchanged"), done.rows_same), (_("Broken"), done.rows_broken),
    )  # fmt: skip
    for label, count in counts:
        out.print(f"{label}: {count:,}")
    if done.errors:
        _print_errors(done)
    if broken is not None:
        where = errors or file.with_name(f"{file.stem}-{_('broken')}{file.suffix}")
        where.write_bytes(broken)
        out.print(_("The broken rows stand in {path}. Correct them there and import that file.", path=where))
    if done.problem:
        raise Refusal(done.problem["message"], **done.problem["params"])
    if done.state is ImportState.DONE:
        out.print(_("Imported."))
    if done.rows_broken:
        raise SystemExit(1)


def _print_errors(done: RegistryImport) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in (_("Row"), _("Field"), _("Problem")):
        table.add_column(heading, overflow="fold")
    for error in done.errors[:TOLD]:
        field = BY_CODE.get(error["field"])
        message, params = error["message"], error["params"]
        table.add_row(str(error["row"]), field.label if field else "—", _(message, **params))
    out.print(table)


@registry.command("export")
@_of_file
@with_home
@told_plainly
def export(file: Path, home: Path | None) -> None:
    """Write the register to FILE (.xlsx or .csv), with the columns it is imported by."""
    settings = settings_for(home, log_level="warning")

    async def run() -> int:
        async with ready_database(settings) as database:
            return await _exported(database, file)

    out.print(_("{n} organisations written to {path}.", n=wait_for(run()), path=file))


async def _exported(database: Database, file: Path) -> int:
    async with export_file(database, kind="csv" if file.suffix.lower() == ".csv" else "xlsx") as made:
        async with database.transaction() as session:
            await record(
                session,
                act="registry.export",
                actor_id=None,
                actor=MACHINE,
                at=clock.now(),
                address="",
                request_id="",
                details={"rows": made.rows},
            )
        shutil.copyfile(made.path, file)
        return made.rows


@registry.command("generate")
@click.option("--units", type=click.IntRange(1, 300_000), default=73_000, show_default=True, help="How many.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where to.")
@click.option("--seed", default="2026", show_default=True, help="The same seed makes the same city.")
@told_plainly
def generate(units: int, output: Path, seed: str) -> None:
    """Make up the union of a fictional city and write it to a file: to try imports and searches with."""
    write_city(output, units, seed=seed)
    out.print(_("{n} organisations written to {path}.", n=units, path=output))
