"""An organisation changed by hand: added, corrected, closed, opened again; each leaves its history and a trace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from hotline.errors import Changed, Conflict, Invalid, Mistake
from hotline.i18n import mark
from hotline.registry.cells import Value, read_row
from hotline.registry.children import forms_for
from hotline.registry.fields import CODES
from hotline.registry.models import Organisation, OrganisationChange
from hotline.registry.queries import get_organisation, path_above, values_of
from hotline.registry.store import exists, hold_register, tell_everybody
from hotline.work import Work, leave_trace

_TAKEN: Final = mark("There is an organisation with this code already.")


async def add_organisation(work: Work, values: Mapping[str, str]) -> Organisation:
    """A new organisation from what a form holds. Raises `Invalid` with every mistake, `Conflict` during an import."""
    read = _read({code: values.get(code, "") for code in CODES})
    await hold_register(work.session, wait=False)
    code = str(read["code"])
    mistakes = [Mistake("code", _TAKEN)] if await exists(work.session, code) else []
    mistakes += await _superior_mistakes(work, code, read["superior_code"])
    if mistakes:
        raise Invalid(*mistakes)
    organisation = Organisation(**read, **await _forms(read), created_at=work.now, updated_at=work.now)
    work.session.add(organisation)
    await work.session.flush()
    filled = {field: value for field, value in read.items() if value not in ("", None, [])}
    await _remember(work, organisation, "registry.add", before=None, after=filled)
    return organisation


async def change_organisation(work: Work, code: str, values: Mapping[str, str], *, version: int) -> Organisation:
    """Correct one. Raises `Invalid`, `Conflict` during an import, `Changed` when it is not what was read."""
    read = _read({field: values.get(field, "") for field in CODES if field != "code"} | {"code": code})
    await hold_register(work.session, wait=False)
    organisation = await get_organisation(work.session, code, lock=True)
    if organisation.version != version:
        raise Changed(mark("Somebody else has changed this organisation. Load it again; what you typed is below."))
    if mistakes := await _superior_mistakes(work, code, read["superior_code"]):
        raise Invalid(*mistakes)
    was = values_of(organisation)
    differs = [field for field in CODES if was[field] != read[field]]
    if not differs:
        return organisation
    for field in differs:
        setattr(organisation, field, read[field])
    if {"name", "old_names", "aliases", "address"} & {*differs}:
        for column, form in (await _forms(read)).items():
            setattr(organisation, column, form)
    organisation.updated_at = work.now
    organisation.version += 1
    await _remember(
        work,
        organisation,
        "registry.change",
        before={field: was[field] for field in differs},
        after={field: read[field] for field in differs},
    )
    return organisation


async def end_organisation(work: Work, code: str) -> None:
    """Close one; it stays in the register and is shown as closed. Raises `Conflict` when it is closed already."""
    await hold_register(work.session, wait=False)
    organisation = await get_organisation(work.session, code, lock=True)
    if organisation.ended_at is not None:
        raise Conflict(mark("This organisation is closed already."))
    organisation.ended_at = organisation.updated_at = work.now
    organisation.version += 1
    await _remember(work, organisation, "registry.end", before={"ended": False}, after={"ended": True})


async def reopen_organisation(work: Work, code: str) -> None:
    """Open a closed one again. Raises `Conflict` when it is open."""
    await hold_register(work.session, wait=False)
    organisation = await get_organisation(work.session, code, lock=True)
    if organisation.ended_at is None:
        raise Conflict(mark("This organisation is not closed."))
    organisation.ended_at, organisation.updated_at = None, work.now
    organisation.version += 1
    await _remember(work, organisation, "registry.reopen", before={"ended": True}, after={"ended": False})


def _read(values: Mapping[str, str]) -> dict[str, Value]:
    read, mistakes = read_row(values)
    if mistakes:
        raise Invalid(*mistakes)
    return read


async def _superior_mistakes(work: Work, code: str, superior: Value) -> list[Mistake]:
    """A superior is there, and is not below."""
    if not isinstance(superior, str):
        return []
    above = await path_above(work.session, superior)
    if not above:
        return [Mistake("superior_code", mark("There is no organisation {code} in the register."), {"code": superior})]
    if code in {one.code for one in above}:
        return [Mistake("superior_code", mark("This one stands below; the superiors would run in a circle."))]
    return []


async def _forms(read: Mapping[str, Value]) -> dict[str, Any]:
    old_names, aliases = read["old_names"], read["aliases"]
    return await forms_for(
        name=str(read["name"]),
        old_names=old_names if isinstance(old_names, list) else [],
        aliases=aliases if isinstance(aliases, list) else [],
        address=str(read["address"]),
    )


async def _remember(
    work: Work, organisation: Organisation, act: str, *, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> None:
    work.session.add(
        OrganisationChange(
            organisation_id=organisation.id,
            at=work.now,
            actor_id=work.actor.account_id,
            batch_id=None,
            before=None if before is None else {field: _plain(value) for field, value in before.items()},
            after={field: _plain(value) for field, value in after.items()},
        )
    )
    await tell_everybody(work.session, organisation.code)
    await leave_trace(work, act, subject=organisation.code, details={"fields": sorted(after)})
    await work.session.flush()


def _plain(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date) else value
