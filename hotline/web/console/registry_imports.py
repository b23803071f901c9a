"""Importing a table of organisations: upload, columns and trial, yes, progress, report; and exporting the register."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from hotline.clock import SHANGHAI
from hotline.errors import Invalid, Mistake
from hotline.i18n import _, mark
from hotline.registry.exporting import Kind, export_file
from hotline.registry.fields import BY_CODE, FIELDS
from hotline.registry.importing import Wish, work_on
from hotline.registry.imports import (
    AT_WORK,
    begin_import,
    broken_rows_of,
    get_import,
    give_up,
    go_on,
    is_at_work,
    list_imports,
)
from hotline.registry.models import ImportState, RegistryImport
from hotline.web.forms import form_values
from hotline.web.keys import DATABASE, JOBS, TRANSACTION, WORK
from hotline.web.page import address, fragment, page, redirect
from hotline.web.refusals import say, words
from hotline.work import leave_trace

LARGEST_FILE: Final = 32 * 1024 * 1024
STATE_LABELS: Final = {
    ImportState.CHECKING: mark("Being checked"),
    ImportState.CHECKED: mark("Checked, not imported"),
    ImportState.APPLYING: mark("Being imported"),
    ImportState.DONE: mark("Imported"),
    ImportState.REFUSED: mark("Refused"),
    ImportState.GIVEN_UP: mark("Given up"),
}
_STOPPED: Final = mark("Stopped; nothing was changed")
_CHOOSE: Final = mark("Please choose a file.")


async def show_all(request: web.Request) -> web.Response:
    """GET /organisations/imports: the newest imports, and the form for another one."""
    return await _list_page(request)


async def upload(request: web.Request) -> web.Response:
    """POST /organisations/imports: a file, which is checked at once; nothing is changed yet."""
    sent = (await request.post()).get("file")
    if not isinstance(sent, web.FileField) or not sent.filename:
        return await _list_page(request, 422, mistakes={"file": _(_CHOOSE)})
    content = await asyncio.to_thread(sent.file.read)
    work = request[WORK]
    row = await begin_import(
        work.session,
        file_name=sent.filename.rpartition("/")[2].rpartition("\\")[2],
        content=content,
        actor_id=work.actor.account_id,
        now=work.now,
    )
    await leave_trace(work, "registry.upload", subject=str(row.id))
    return await _start(request, Wish(row.id, apply=False))


async def _start(request: web.Request, wish: Wish) -> web.Response:
    """Let the work go on behind the answer: committed first, for it begins in another transaction."""
    await request[TRANSACTION].commit()
    request.app[JOBS].start(work_on(request.app[DATABASE].url, wish))
    return redirect(request, "imports.one", id=str(wish.import_id))


async def show(request: web.Request) -> web.Response:
    """GET /organisations/imports/{id}: how far it is, what would happen, what has happened."""
    return await page(request, "console/import.html", **await _context(request))


async def progress(request: web.Request) -> web.Response:
    """GET /organisations/imports/{id}/progress: the state alone, for the page that waits."""
    return fragment(request, "console/_import_state.html", **await _context(request))


async def check(request: web.Request) -> web.Response:
    """POST /organisations/imports/{id}/check: once more, with columns or a sheet chosen by hand."""
    values = await form_values(request)
    row = await go_on(request[WORK], _id(request), apply=False)
    sheet = values.get("sheet", "")
    wish = Wish(row.id, apply=False, attempt=row.attempt, sheet=sheet)
    if sheet == row.sheet:
        wish = dataclasses.replace(wish, mapping=_mapping(values, len(row.headings)))
    return await _start(request, wish)


async def apply(request: web.Request) -> web.Response:
    """POST /organisations/imports/{id}/apply: yes; `leave_out` when broken rows stay behind."""
    values = await form_values(request)
    leave_out = bool(values.get("leave_out"))
    row = await go_on(request[WORK], _id(request), apply=True, leave_out_broken=leave_out)
    wish = Wish(row.id, apply=True, attempt=row.attempt, sheet=row.sheet, mapping=row.mapping)
    return await _start(request, dataclasses.replace(wish, leave_out_broken=leave_out))


async def drop(request: web.Request) -> web.Response:
    """POST /organisations/imports/{id}/give-up: the file is not wanted after all."""
    await give_up(request[WORK], _id(request))
    return redirect(request, "imports")


async def broken(request: web.Request) -> web.Response:
    """GET /organisations/imports/{id}/broken: the rows to be corrected, as a file of the kind that was sent."""
    row = await get_import(request[WORK].session, _id(request))
    content = await broken_rows_of(request[WORK], row.id)
    kind = "xlsx" if content.startswith(b"PK") else "csv"
    stem = row.file_name.rpartition(".")[0] or row.file_name
    return _file(content, f"{stem}-{_('broken')}.{kind}", kind)


async def export(request: web.Request) -> web.Response:
    """POST /organisations/export: the whole register; made outside of the transaction, and written down."""
    kind: Kind = "csv" if (await form_values(request)).get("kind") == "csv" else "xlsx"
    database, work = request.app[DATABASE], request[WORK]
    async with export_file(database, kind=kind) as made:
        async with database.transaction() as session:
            own = dataclasses.replace(work, session=session)
            await leave_trace(own, "registry.export", details={"rows": made.rows})
        content = await asyncio.to_thread(made.path.read_bytes)
    return _file(content, f"organisations-{work.now.astimezone(SHANGHAI):%Y%m%d}.{kind}", kind)


_TYPES: Final = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}


def _file(content: bytes, name: str, kind: str) -> web.Response:
    disposition = f"attachment; filename=\"organisations.{kind}\"; filename*=UTF-8''{quote(name)}"
    return web.Response(body=content, content_type=_TYPES[kind], headers={"Content-Disposition": disposition})


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])


def _mapping(values: Mapping[str, str], columns: int) -> dict[str, int]:
    """Columns chosen by hand. Raises `Invalid` for one that is not there, or chosen twice."""
    found: dict[str, int] = {}
    for code in BY_CODE:
        chosen = values.get(f"column-{code}", "")
        if not chosen:
            continue
        if not (chosen.isascii() and chosen.isdecimal()) or int(chosen[:6]) >= columns:
            raise Invalid(Mistake(f"column-{code}", mark("There is no such column.")))
        if int(chosen) in found.values():
            raise Invalid(Mistake(f"column-{code}", mark("This column is chosen for another field already.")))
        found[code] = int(chosen)
    return found


async def _list_page(request: web.Request, status: int = 200, **context: Any) -> web.Response:
    work = request[WORK]
    found = [
        {
            "href": address(request, "imports.one", id=str(row.id)),
            "file_name": row.file_name,
            "state_label": _state(row, stalled=_stalled(request, row)),
            "who": name or _("command line"),
            "started_at": row.started_at,
            "new": row.rows_new,
            "changed": row.rows_changed,
            "broken": row.rows_broken,
        }
        for row, name in await list_imports(work.session)
    ]
    shown: dict[str, Any] = {"imports": found, "mistakes": {}, "most_megabytes": LARGEST_FILE >> 20}
    return await page(request, "console/imports.html", status, **{**shown, **context})


def _stalled(request: web.Request, row: RegistryImport) -> bool:
    return row.state in AT_WORK and not is_at_work(row, now=request[WORK].now)


def _state(row: RegistryImport, *, stalled: bool) -> str:
    return _(_STOPPED) if stalled else _(STATE_LABELS[row.state])


async def _context(request: web.Request) -> dict[str, Any]:
    work = request[WORK]
    row = await get_import(work.session, _id(request))
    stalled = _stalled(request, row)
    return {
        "import_": row,
        "number": str(row.id),
        "state_label": _state(row, stalled=stalled),
        "busy": row.state in AT_WORK and not stalled,
        "stalled": stalled,
        "problem": words(row.problem["message"], row.problem["params"]) if row.problem else "",
        "may_check": stalled or row.state in {ImportState.CHECKED, ImportState.REFUSED},
        "may_apply": row.state is ImportState.CHECKED and row.rows_new + row.rows_changed > 0,
        "done": row.state is ImportState.DONE,
        "ended": row.state in {ImportState.DONE, ImportState.GIVEN_UP},
        "fields": [(field.code, field.label, field.required) for field in FIELDS],
        "columns": [(str(at), f"{heading or '—'} ({at + 1})") for at, heading in enumerate(row.headings)],
        "chosen": {f"column-{code}": str(column) for code, column in row.mapping.items()},
        "sheets": [(name, name) for name in row.sheets],
        "errors": [_error(error) for error in row.errors],
        "progress_url": address(request, "imports.one.progress", id=str(row.id)),
    }


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    field = BY_CODE.get(error["field"])
    said = say(Mistake(error["field"], error["message"], error["params"]))
    return {"row": error["row"], "field": field.label if field else "—", "said": said}
