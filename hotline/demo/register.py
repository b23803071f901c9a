"""The register of the fictional city: as a file to try imports with, and in the database of the demonstration."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from hotline import clock
from hotline.demo.organisations import TODAY, make_organisations
from hotline.i18n import _
from hotline.registry.cells import cell_text
from hotline.registry.fields import FIELDS, Type
from hotline.registry.importing import Wish, work_on
from hotline.registry.imports import begin_import
from hotline.registry.index import NOTHING, register_state
from hotline.registry.tables import write_csv, write_xlsx
from hotline.storage.database import Database

UNITS: Final = 2000
"""Organisations of the demonstration: enough to search in, few enough to be there in a moment."""


def write_city(path: Path, units: int, *, seed: str = "2026", today: date = TODAY) -> None:
    """The fictional city as a file, with the headings of an export."""
    headings = [field.label for field in FIELDS]
    if path.suffix.lower() == ".csv":
        write_csv(path, headings, _rows(units, seed, today))
    else:
        write_xlsx(path, _("Union organisations"), headings, _rows(units, seed, today))


def _rows(units: int, seed: str, today: date) -> Iterator[tuple[list[Any], tuple[int, ...]]]:
    as_they_are = {Type.DATE, Type.COUNT}
    for one in make_organisations(units, seed=seed, today=today):
        cells = [
            one.get(field.code) if field.type in as_they_are else cell_text(field, one.get(field.code))
            for field in FIELDS
        ]
        yield cells, ()


async def fill_register(database: Database, *, units: int = UNITS) -> None:
    """Import the fictional city, the way every union imports its own, unless there are organisations already."""
    async with database.transaction() as session:
        if await register_state(session) != NOTHING:
            return
        row = await begin_import(session, file_name="demo.csv", content=None, actor_id=None, now=clock.now())
    with tempfile.TemporaryDirectory(prefix="hotline-demo-") as folder:
        path = Path(folder) / "demo.csv"
        write_city(path, units, today=clock.now().date())
        await work_on(database.url, Wish(row.id, apply=True), path=path)
