"""The list of imports and one of them: asked for, begun, written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.errors import Conflict, NotFound
from hotline.i18n import mark
from hotline.registry.models import ImportState, RegistryImport, RegistryImportFile
from hotline.work import Work, leave_trace

SILENT: Final = timedelta(minutes=2)
"""A process that works on an import says so every few seconds; one that is silent for so long has died."""
KEPT: Final = timedelta(days=30)
"""Files of broken rows hold what people wrote: they do not stay for ever."""
LISTED: Final = 50
AT_WORK: Final = (ImportState.CHECKING, ImportState.APPLYING)
OVERTAKEN: Final = mark("This import was given up or begun anew in the meantime. What was begun first changes nothing.")


class NoSuchImport(NotFound):
    """There is no import with this number."""


class Overtaken(Conflict):
    """Whoever works on an import is told that it is no longer theirs."""


async def begin_import(
    session: AsyncSession, *, file_name: str, content: bytes | None, actor_id: int | None, now: datetime
) -> RegistryImport:
    """A new import, to be checked first; `content` is kept until it is done."""
    row = RegistryImport(
        file_name=file_name[-200:], state=ImportState.CHECKING, started_by_id=actor_id, started_at=now, seen_at=now,
        attempt=1,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    if content is not None:
        session.add(RegistryImportFile(import_id=row.id, content=content))
        await session.flush()
    return row


async def get_import(session: AsyncSession, import_id: int, *, lock: bool = False) -> RegistryImport:
    """The import with this number. Raises `NoSuchImport`.

    Its lock lets changes pass that belong to it: else everybody who asks would wait while a city is written.
    """
    query = select(RegistryImport).where(RegistryImport.id == import_id).execution_options(populate_existing=True)
    row = await session.scalar(query.with_for_update(key_share=True) if lock else query)
    if row is None:
        raise NoSuchImport(mark("There is no import {number}."), number=import_id)
    return row


async def own_import(session: AsyncSession, import_id: int, *, attempt: int, lock: bool = False) -> RegistryImport:
    """The import, for whoever works on this attempt. Raises `Overtaken` when it was given up, ended or begun anew."""
    row = await get_import(session, import_id, lock=lock)
    if row.attempt != attempt or row.state not in AT_WORK:
        raise Overtaken(OVERTAKEN)
    return row


async def list_imports(session: AsyncSession) -> Sequence[tuple[RegistryImport, str | None]]:
    """The newest imports, each with the name of who began it."""
    query = (
        select(RegistryImport, Account.name)
        .outerjoin(Account, Account.id == RegistryImport.started_by_id)
        .order_by(RegistryImport.started_at.desc(), RegistryImport.id.desc())
        .limit(LISTED)
    )
    return [(row, name) for row, name in await session.execute(query)]


async def who_began(session: AsyncSession, row: RegistryImport) -> str:
    """The login of who began this import; the service itself for one from the command line."""
    login = await session.scalar(select(Account.login).where(Account.id == row.started_by_id))
    return login or "hotline"


async def go_on(work: Work, import_id: int, *, apply: bool, leave_out_broken: bool = False) -> RegistryImport:
    """Have a checked import checked again, or imported. Raises `Conflict` while it is worked on, or has ended."""
    row = await get_import(work.session, import_id, lock=True)
    if is_at_work(row, now=work.now):
        raise Conflict(mark("This file is being worked on. Please wait until that is done."))
    if row.state in {ImportState.DONE, ImportState.GIVEN_UP}:
        raise Conflict(mark("This import has ended. Upload the file again to import it once more."))
    if apply and (row.state is not ImportState.CHECKED or not row.mapping):
        raise Conflict(mark("The file has to be checked before it is imported."))
    row.state = ImportState.APPLYING if apply else ImportState.CHECKING
    row.leave_out_broken = leave_out_broken
    row.problem, row.rows_done, row.seen_at, row.finished_at = None, 0, work.now, None
    row.attempt += 1
    await work.session.flush()
    return row


async def give_up(work: Work, import_id: int) -> None:
    """Forget a file that is not wanted after all; what it had is dropped. Raises `Conflict` while it is worked on."""
    row = await get_import(work.session, import_id, lock=True)
    if is_at_work(row, now=work.now) or row.state is ImportState.DONE:
        raise Conflict(mark("This file is being worked on or is imported already."))
    row.state, row.finished_at = ImportState.GIVEN_UP, work.now
    await work.session.execute(
        update(RegistryImportFile).where(RegistryImportFile.import_id == import_id).values(content=None, broken=None)
    )


def is_at_work(row: RegistryImport, *, now: datetime) -> bool:
    """Whether a process works on it: one that has been silent for long has died, and nothing was changed."""
    return row.state in AT_WORK and abs(now - row.seen_at) < SILENT  # ahead of us: by a clock that was put right


async def file_of(session: AsyncSession, import_id: int) -> bytes:
    """The bytes of the uploaded file. Raises `Conflict` when they were dropped."""
    query = select(RegistryImportFile.content).where(RegistryImportFile.import_id == import_id)
    content = await session.scalar(query)
    if content is None:
        raise Conflict(mark("The file is no longer here. Please upload it again."))
    return content


async def broken_rows_of(work: Work, import_id: int) -> bytes:
    """The file of the rows to be corrected; that it was read leaves a trace. Raises `NoSuchImport`."""
    broken = await broken_rows_kept(work.session, import_id)
    if broken is None:
        raise NoSuchImport(mark("There is no import {number}."), number=import_id)
    await leave_trace(work, "registry.broken", subject=str(import_id))
    return broken


async def broken_rows_kept(session: AsyncSession, import_id: int) -> bytes | None:
    """The file of the rows to be corrected; None when there are none, or no longer."""
    return await session.scalar(select(RegistryImportFile.broken).where(RegistryImportFile.import_id == import_id))


async def beat(session: AsyncSession, import_id: int, *, attempt: int, now: datetime, **values: int) -> bool:
    """Say that somebody works on this attempt, and how far it is; False when it is no longer to be worked on."""
    beaten = (
        update(RegistryImport)
        .where(RegistryImport.id == import_id, RegistryImport.attempt == attempt, RegistryImport.state.in_(AT_WORK))
        .values(seen_at=now, **values)
        .returning(RegistryImport.id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(beaten) is not None


def finish(
    row: RegistryImport,
    state: ImportState,
    *,
    report: Mapping[str, Any],
    counts: tuple[int, int, int],
    now: datetime,
) -> None:
    """Write down what a check or an import came to."""
    row.state = state
    row.headings = [str(heading)[:200] for heading in report["headings"]]
    row.sheet, row.sheets = report["sheet"], report["sheets"]
    row.mapping = dict(report["mapping"])
    row.rows_total = row.rows_done = report["rows"]
    row.rows_new, row.rows_changed, row.rows_same = counts
    row.rows_broken = report.get("broken", 0)
    row.errors = report.get("errors", [])
    row.problem = None
    row.finished_at = row.seen_at = now


async def keep_broken(session: AsyncSession, import_id: int, broken: bytes | None, *, drop_content: bool) -> None:
    """Keep the rows to be corrected; the file itself is dropped when it is done with."""
    statement = insert(RegistryImportFile).values(import_id=import_id, broken=broken)
    changed: dict[str, Any] = {"broken": statement.excluded.broken}
    if drop_content:
        changed["content"] = None
    await session.execute(statement.on_conflict_do_update(index_elements=["import_id"], set_=changed))


async def prune_imports(session: AsyncSession, *, now: datetime) -> None:
    """Drop the files of old imports; that there was one stays."""
    old = select(RegistryImport.id).where(
        func.coalesce(RegistryImport.finished_at, RegistryImport.seen_at) < now - KEPT
    )
    await session.execute(
        update(RegistryImportFile).where(RegistryImportFile.import_id.in_(old)).values(content=None, broken=None)
    )
