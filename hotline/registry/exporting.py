"""The register as a file for people: the same columns by which it is imported."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hotline.registry.children import run_child
from hotline.registry.store import write_everything
from hotline.storage.database import PATIENT_SECONDS, Database

Kind = Literal["xlsx", "csv"]


@dataclass(frozen=True, slots=True)
class Exported:
    """The file, which is there while the block runs, and how many organisations stand in it."""

    path: Path
    rows: int


@asynccontextmanager
async def export_file(database: Database, *, kind: Kind) -> AsyncIterator[Exported]:
    """Every organisation that is not closed, written by a child process; no connection is held while it writes."""
    with tempfile.TemporaryDirectory(prefix="hotline-export-") as folder:
        known, made = Path(folder) / "known", Path(folder) / f"organisations.{kind}"
        patient = Database(database.url, pool_size=1, command_seconds=PATIENT_SECONDS)
        try:
            async with patient.transaction() as session:
                rows = await write_everything(session, known)
        finally:
            await patient.close()
        await run_child({"task": "export", "kind": kind, "known": str(known), "out": str(made), "total": rows})
        yield Exported(made, rows)
