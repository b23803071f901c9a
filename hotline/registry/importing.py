"""A file on its way into the register: tried without changing anything, then imported whole or not at all.

Both are the same work in one transaction on a patient connection; a trial ends with a rollback. A file with broken rows
is imported without them only when somebody has said so. What became of it stands in its `RegistryImport`, so that the
page may be left and found again, whichever process works on it. A run that was given up, or begun anew because it was
silent, finds that out under the lock of that row and writes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import clock
from hotline.errors import Refusal
from hotline.i18n import language, mark
from hotline.privacy.trail import record
from hotline.registry import store
from hotline.registry.children import Tell, run_child
from hotline.registry.fields import CODES
from hotline.registry.imports import (
    Overtaken,
    beat,
    file_of,
    finish,
    get_import,
    keep_broken,
    own_import,
    who_began,
)
from hotline.registry.models import ImportState, RegistryImport
from hotline.storage.database import PATIENT_SECONDS, Database

TOLD_EVERY_SECONDS: Final = 0.5
BEAT_SECONDS: Final = 10.0
"""How often a run says that it lives while it waits for its turn or for the database."""
BROKE_OFF: Final = mark("The import broke off; nothing was changed. Please try again.")
HAS_BROKEN_ROWS: Final = mark("The file has broken rows; nothing was changed. Correct them, or leave them out.")
LACKS_COLUMNS: Final = mark("There is no column for: {fields}. Choose the columns by hand.")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with a file: `mapping` None means that it is guessed from the headings."""

    import_id: int
    apply: bool
    attempt: int = 1
    sheet: str = ""
    mapping: Mapping[str, int] | None = None
    leave_out_broken: bool = False


async def work_on(url: str, wish: Wish, *, path: Path | None = None, tell: Tell | None = None) -> RegistryImport:
    """Try or import the file; never raises for what is wrong with it: the state says so, in every case.

    `path` is the file itself where it is at hand; else its bytes are those that were kept.
    """
    database = Database(url, pool_size=3, command_seconds=PATIENT_SECONDS)
    try:
        with tempfile.TemporaryDirectory(prefix="hotline-import-") as folder:
            work = _Work(database, wish, Path(folder), tell)
            beating = asyncio.create_task(work.beat())
            try:
                await work.carry_out(path)
            except Overtaken:
                log.info("registry_import_overtaken", import_id=wish.import_id)
            except Refusal as refusal:
                await work.refuse(refusal.message, refusal.params)
            except Exception:
                log.exception("registry_import_failed", import_id=wish.import_id)
                await work.refuse(BROKE_OFF, {})
                raise
            finally:
                beating.cancel()
                await asyncio.gather(beating, return_exceptions=True)
        async with database.transaction() as session:
            return await get_import(session, wish.import_id)
    finally:
        await database.close()


class _Work:
    """One trial or import: its database, its folder, and when progress was last written down."""

    def __init__(self, database: Database, wish: Wish, folder: Path, tell: Tell | None) -> None:
        self.database = database
        self.wish = wish
        self.folder = folder
        self.told_at = 0.0
        self.tell_more = tell

    async def carry_out(self, path: Path | None) -> None:
        file = path or await self._unpack()
        async with self.database.transaction() as session:
            if self.wish.apply:
                await store.hold_register(session, wait=True)
            await store.write_known(session, self.folder / "known")
            report = await run_child(self._order(file), tell=self._tell)
            if report.get("missing"):
                await session.rollback()
                await self._lacking(report)
                return
            await store.load_incoming(session, self.folder / "rows")
            mapped = [code for code in CODES if code in report["mapping"]]
            counts = await store.count_incoming(session, mapped)
            if self.wish.apply and (self.wish.leave_out_broken or not report["broken"]):
                await self._apply(session, mapped, report, counts)
                return
            await session.rollback()
        await self._checked(report, counts)

    async def _unpack(self) -> Path:
        path = self.folder / "file"
        async with self.database.transaction() as session:
            path.write_bytes(await file_of(session, self.wish.import_id))
        return path

    def _order(self, file: Path) -> dict[str, Any]:
        return {
            "task": "check",
            "file": str(file),
            "sheet": self.wish.sheet,
            "mapping": None if self.wish.mapping is None else dict(self.wish.mapping),
            "known": str(self.folder / "known"),
            "rows": str(self.folder / "rows"),
            "broken": str(self.folder / "broken"),
            "language": language.get(),
        }

    async def _tell(self, done: int, total: int) -> None:
        if self.tell_more is not None:
            await self.tell_more(done, total)
        if time.monotonic() - self.told_at >= TOLD_EVERY_SECONDS:
            self.told_at = time.monotonic()
            await self._beat(rows_done=done, rows_total=total)

    async def beat(self) -> None:
        """Say every few seconds that somebody works on it, until cancelled or until it is no longer to be worked on."""
        lives = True
        while lives:
            await asyncio.sleep(BEAT_SECONDS)
            with contextlib.suppress(Refusal):  # the database is away: the next one may come through
                lives = await self._beat()

    async def _beat(self, **values: int) -> bool:
        wish = self.wish
        async with self.database.transaction() as session:
            return await beat(session, wish.import_id, attempt=wish.attempt, now=clock.now(), **values)

    async def _own(self, session: AsyncSession, *, lock: bool = True) -> RegistryImport:
        return await own_import(session, self.wish.import_id, attempt=self.wish.attempt, lock=lock)

    async def _apply(
        self, session: AsyncSession, mapped: list[str], report: Mapping[str, Any], counts: tuple[int, int, int]
    ) -> None:
        now = clock.now()
        row = await self._own(session, lock=False)
        await store.apply_incoming(session, mapped, now=now, actor_id=row.started_by_id, batch_id=row.id)
        await store.settle(session)
        row = await self._own(session)  # at last, so that nobody who looks or gives up waits for all that was written
        finish(row, ImportState.DONE, report=report, counts=counts, now=now)
        await keep_broken(session, row.id, self._broken(report), drop_content=True)
        await store.tell_everybody(session, f"import {row.id}")
        await record(
            session,
            act="registry.import",
            actor_id=row.started_by_id,
            actor=await who_began(session, row),
            at=now,
            address="",
            request_id="",
            subject=str(row.id),
            details={"new": counts[0], "changed": counts[1], "broken": report["broken"]},
        )

    def _broken(self, report: Mapping[str, Any]) -> bytes | None:
        return (self.folder / "broken").read_bytes() if report.get("broken") else None

    async def _checked(self, report: Mapping[str, Any], counts: tuple[int, int, int]) -> None:
        async with self.database.transaction() as session:
            row = await self._own(session)
            finish(row, ImportState.CHECKED, report=report, counts=counts, now=clock.now())
            if self.wish.apply:
                row.problem = {"message": HAS_BROKEN_ROWS, "params": {}}
            await keep_broken(session, row.id, self._broken(report), drop_content=False)

    async def _lacking(self, report: Mapping[str, Any]) -> None:
        async with self.database.transaction() as session:
            row = await self._own(session)
            finish(row, ImportState.CHECKED, report=report, counts=(0, 0, 0), now=clock.now())
            row.problem = {"message": LACKS_COLUMNS, "params": {"fields": "、".join(report["missing"])}}

    async def refuse(self, message: str, params: Mapping[str, Any]) -> None:
        """Write down why there is nothing to be had from this file; not where it has ended otherwise, or is begun anew.

        So it is after a commit nobody confirmed: what was carried out stays called so.
        """
        async with self.database.transaction() as session:
            try:
                row = await self._own(session)
            except Overtaken:
                return
            row.state = ImportState.REFUSED
            row.problem = {"message": message, "params": dict(params)}
            row.finished_at = row.seen_at = clock.now()
