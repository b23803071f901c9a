"""Union organisations: the list that is searched as one types, and one of them with all its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, may
from hotline.errors import Invalid
from hotline.i18n import _, mark
from hotline.privacy.masking import mask_name, mask_text
from hotline.registry.cells import Value, cell_text
from hotline.registry.fields import BY_CODE, FIELDS, LEVELS, PERSONAL, Level
from hotline.registry.models import Organisation
from hotline.registry.queries import (
    changes_of,
    count_below,
    get_organisation,
    is_empty,
    list_organisations,
    path_above,
    values_of,
)
from hotline.registry.search import LONGEST, Found, find_organisations, words_of
from hotline.reminders.filing import filings_of
from hotline.web.forms import read_query
from hotline.web.keys import WORK
from hotline.web.page import address, fragment, page
from hotline.web.refusals import say
from hotline.work import Work, leave_trace

LEVEL_LABELS: Final = {choice.code: choice for choice in LEVELS}
GROUPS: Final = (
    (
        mark("Name and place"),
        ("code", "name", "old_names", "aliases", "credit_code", "territory", "address", "postcode"),
    ),
    (mark("Kind"), ("level", "kind", "industry", "superior_code", "founded_on", "legal_person", "own_account")),
    (mark("Officers"), ("chair", "chair_chosen", "chair_since", "next_election_on", "officers_full", "officers_part")),
    (mark("Employees and members"), ("employees", "members", "women", "migrant_workers")),
    (mark("Contact"), ("contact", "phone", "remarks")),
)
"""The 28 fields as a page shows them."""


_Code = Annotated[str, Field(pattern=r"^([A-Z0-9][A-Z0-9._-]{0,39})?$")]


class ListQuery(BaseModel):
    """What is searched for, of which level, and where the page before ended."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=LONGEST)] = ""
    level: Level | None = None
    superior: _Code = ""
    after: _Code = ""


async def show_all(request: web.Request) -> web.Response:
    """GET /organisations: the register by code, or what is searched for."""
    mistake = ""
    try:
        asked = read_query(request, ListQuery, blank_is_absent=True)
    except Invalid as problem:
        asked, mistake = ListQuery(), " ".join(map(say, problem.mistakes))
    return await page(
        request,
        "console/organisations.html",
        422 if mistake else 200,
        mistake=mistake,
        values={"find": asked.q, "level": asked.level or "", "superior": asked.superior},
        levels=[(choice.code, choice.label) for choice in LEVELS],
        rows_url=address(request, "organisations.rows"),
        may_write=may(request[WORK].actor, Permission.REGISTRY_WRITE),
        **await _listed(request, asked),
    )


async def rows(request: web.Request) -> web.Response:
    """GET /organisations/rows: the list alone, for the page that searches as one types."""
    try:
        asked = read_query(request, ListQuery, blank_is_absent=True)
    except Invalid:
        return fragment(request, "console/_organisations.html", 422, **await _listed(request, ListQuery(q="\n")))
    return fragment(request, "console/_organisations.html", **await _listed(request, asked))


async def _listed(request: web.Request, asked: ListQuery) -> dict[str, Any]:
    work = request[WORK]
    kept = {
        key: value for key, value in (("q", asked.q), ("level", asked.level), ("superior", asked.superior)) if value
    }
    here = address(request, "organisations")
    if words_of(asked.q):
        hits = await find_organisations(work, asked.q, level=asked.level)
        said = _("The first {n}; another word narrows it.", n=len(hits.found)) if hits.more else ""
        return {
            "organisations": _views(request, hits.found),
            "said": said or _("{n} found", n=len(hits.found)),
            "next_href": "",
            "first_href": "",
            "empty": "" if hits.found else _nothing(searched=True),
        }
    listed = await list_organisations(work, level=asked.level, superior=asked.superior or None, after=asked.after)
    nothing = not listed.found and await is_empty(work.session)
    first = f"{here}?{urlencode(kept)}" if kept else here
    return {
        "organisations": _views(request, listed.found),
        "said": "",
        "next_href": f"{here}?{urlencode({**kept, 'after': listed.next})}" if listed.next else "",
        "first_href": first if asked.after else "",
        "empty": "" if listed.found else _nothing(searched=not nothing),
    }


def _nothing(*, searched: bool) -> dict[str, str]:
    if searched:
        return {
            "text": _("Nothing found."),
            "then": _(
                "Try two characters of the name, the initials of its pinyin, a former name, the code or the street."
            ),
        }
    return {
        "text": _("The register is empty."),
        "then": _("Import a table of organisations; until then calls are routed by place alone."),
    }


def _views(request: web.Request, found: Sequence[Found]) -> list[dict[str, Any]]:
    return [
        {
            "href": address(request, "organisation", code=one.code),
            "code": one.code,
            "name": one.name,
            "also": one.also,
            "level_label": LEVEL_LABELS[one.level].label,
            "place": one.address or one.territory,
            "superior_name": one.superior_name or "",
            "superior_href": address(request, "organisation", code=one.superior_code) if one.superior_code else "",
            "ended": one.ended,
        }
        for one in found
    ]


async def show(request: web.Request) -> web.Response:
    """GET /organisations/{code}: all fields, the way up, those below, what was changed."""
    return await organisation_page(request)


async def organisation_page(
    request: web.Request,
    *,
    status: int = 200,
    values: Mapping[str, str] | None = None,
    mistakes: Mapping[str, str] | None = None,
) -> web.Response:
    """The page of an organisation, with what came back from the form of its election, if anything did."""
    work = request[WORK]
    organisation = await get_organisation(work.session, request.match_info["code"])
    writes = may(work.actor, Permission.REGISTRY_WRITE)
    changes = await changes_of(work.session, organisation.id)
    if writes:
        await trace_reading(work, organisation, changes)
    below = await list_organisations(work, superior=organisation.code, size=20)
    return await page(
        request,
        "console/organisation.html",
        status,
        values=values or {},
        mistakes=mistakes or {},
        filings=await filings_of(work, organisation.id),
        organisation={
            "code": organisation.code,
            "name": organisation.name,
            "level_label": LEVEL_LABELS[organisation.level].label,
            "ended_at": organisation.ended_at,
            "updated_at": organisation.updated_at,
        },
        groups=_groups(organisation, masked=not writes),
        above=[
            {"name": one.name, "href": address(request, "organisation", code=one.code)}
            for one in await path_above(work.session, organisation.superior_code)
        ],
        below=_views(request, below.found),
        below_count=await count_below(work.session, organisation.code),
        below_href=f"{address(request, 'organisations')}?{urlencode({'superior': organisation.code})}",
        history=_history(changes, masked=not writes),
        may_write=writes,
    )


def _groups(organisation: Organisation, *, masked: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    values = values_of(organisation)
    return [
        (_(label), [(BY_CODE[code].label, shown(code, values[code], masked=masked)) for code in codes])
        for label, codes in GROUPS
    ]


def shown(code: str, value: Value, *, masked: bool) -> str:
    """A value as a page shows it; how people are reached is masked for whoever only reads."""
    text = cell_text(BY_CODE[code], value)
    if masked and code in PERSONAL:
        return mask_text(text) if code == "phone" else text if code == "chair" else mask_name(text)
    return text


async def trace_reading(work: Work, organisation: Organisation, changes: Sequence[Any] = ()) -> None:
    """Write down that this person reads how an organisation is, or was, reached; nothing where no page can show it."""
    told = [{"contact": organisation.contact, "phone": organisation.phone}]
    told += [said for row in changes if row.before is not None for said in (row.before, row.after)]
    if any(said.get(code) for said in told for code in ("contact", "phone")):
        await leave_trace(work, "registry.read", subject=organisation.code)


def _history(changes: Sequence[Any], *, masked: bool) -> list[dict[str, Any]]:
    return [
        {
            "at": row.at,
            "who": row.actor_name or (_("command line") if row.batch_id else ""),
            "file": row.file_name or "",
            "new": row.before is None,
            "changes": [] if row.before is None else _changes(row.before, row.after, masked=masked),
        }
        for row in changes
    ]


def _changes(before: dict[str, Any], after: dict[str, Any], *, masked: bool) -> list[tuple[str, str, str]]:
    if "ended" in after:
        return [(_("Closed"), _("yes") if before["ended"] else _("no"), _("yes") if after["ended"] else _("no"))]
    return [
        (
            field.label,
            _stored(field.code, before.get(field.code), masked=masked),
            _stored(field.code, after[field.code], masked=masked),
        )
        for field in FIELDS
        if field.code in after
    ]


def _stored(code: str, value: Any, *, masked: bool) -> str:
    """A value of the history, where dates are text."""
    return shown(code, value, masked=masked) or "—"
