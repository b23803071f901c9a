"""The navigation: only what this role does, with counts that are remembered for a few seconds."""

from __future__ import annotations

import time
from typing import Final

from aiohttp import web

from hotline.accounts.permissions import Permission, may
from hotline.accounts.roles import Role
from hotline.cases.queue import COUNTED_UP_TO, Desk, count_desks
from hotline.i18n import _, mark
from hotline.reminders.inbox import unread
from hotline.web.keys import COUNTS, WORK
from hotline.web.pages import NavGroup, NavItem

FRESH_SECONDS: Final = 5.0
REMEMBERED_AT_MOST: Final = 5000

DESK_LABELS: Final = {
    Desk.QUEUE: mark("Department queue"),
    Desk.WAITING: mark("Waiting for acceptance"),
    Desk.MINE: mark("My cases"),
    Desk.HELPING: mark("Co-handling"),
    Desk.REVIEW: mark("Review queue"),
    Desk.CALL_BACKS: mark("Call-backs due"),
    Desk.TAKEN: mark("Calls I took"),
    Desk.OPEN: mark("Open cases"),
    Desk.OVERDUE: mark("Overdue"),
}

DESKS: Final[dict[Role, tuple[Desk, ...]]] = {
    Role.OPERATOR: (Desk.REVIEW, Desk.CALL_BACKS, Desk.TAKEN),
    Role.STAFF: (Desk.QUEUE, Desk.WAITING, Desk.MINE, Desk.HELPING),
    Role.LEAD: (Desk.QUEUE, Desk.WAITING, Desk.MINE, Desk.HELPING, Desk.OVERDUE, Desk.OPEN),
    Role.SUPERVISOR: (Desk.OPEN, Desk.OVERDUE, Desk.REVIEW, Desk.CALL_BACKS),
}
_UNCOUNTED: Final = frozenset({Desk.TAKEN})

PLACES: Final = (
    ("work", "statutory", mark("Statutory clocks"), Permission.CASE_READ, "/statutory"),
    ("work", "reminders", mark("Reminders"), Permission.REMINDERS_READ, "/reminders"),
    ("work", "letters", mark("Letters"), Permission.LETTERS_READ, "/letters"),
    ("supervision", "board", mark("Board"), Permission.FIGURES_READ, "/board"),
    ("supervision", "supervision", mark("Supervision"), Permission.SUPERVISION_READ, "/supervision"),
    ("supervision", "incidents", mark("Mass incidents"), Permission.INCIDENTS_READ, "/incidents"),
    ("supervision", "quality", mark("Quality samples"), Permission.QUALITY_WORK, "/quality"),
    ("statistics", "figures", mark("Figures"), Permission.FIGURES_READ, "/figures"),
    ("statistics", "writing", mark("Written cases"), Permission.FIGURES_READ, "/figures/writing"),
    ("people", "accounts", mark("Accounts"), Permission.ACCOUNTS_READ, "/accounts"),
    ("people", "trail", mark("Trail"), Permission.TRAIL_READ, "/trail"),
    ("reference", "rules", mark("Rules"), Permission.RULES_READ, "/rules"),
    ("reference", "corrections", mark("Corrections"), Permission.RULES_READ, "/rules/corrections"),
    ("reference", "organisations", mark("Union organisations"), Permission.REGISTRY_READ, "/organisations"),
    ("reference", "calendar", mark("Working calendar"), Permission.SELF, "/calendar"),
)
"""Everything but the lists: of which group, its name, label, the permission it needs, and where it is."""
GROUPS: Final = {
    "work": mark("Work"),
    "supervision": mark("Supervising"),
    "statistics": mark("Statistics"),
    "people": mark("Accounts and trail"),
    "reference": mark("Rules and registers"),
}
"""In the order of a working day."""
AT_HAND: Final = 4
"""So many entries a narrow screen shows all the time; the others are in its menu."""
_FIRST: Final = "board"
"""Where those begin the day who may see it and have no lists of their own."""


async def navigation(request: web.Request) -> list[NavGroup]:
    """The entries for this person, in groups, in the order of a working day."""
    work = request[WORK]
    counts = await _counts(request)
    found: dict[str, list[NavItem]] = {group: [] for group in GROUPS}
    if may(work.actor, Permission.CALL_TAKE):
        found["work"].append(_item(request, "intake", _("Take a call"), "/intake"))
    found["work"] += [
        _item(request, desk.value, _(DESK_LABELS[desk]), f"/desks/{desk.value}", counts.get(desk.value))
        for desk in DESKS.get(work.actor.role, ())
    ]
    for group, name, label, permission, href in PLACES:
        if may(work.actor, permission):
            found[group].append(_item(request, name, _(label), href, counts.get(name) or None))
    return _grouped(found)


def _grouped(found: dict[str, list[NavItem]]) -> list[NavGroup]:
    groups, left = [], AT_HAND
    for name, items in found.items():
        if items:
            groups.append(NavGroup(name, _(GROUPS[name]), tuple(items), left))
            left = max(left - len(items), 0)
    return groups


def _item(request: web.Request, name: str, label: str, href: str, count: int | None = None) -> NavItem:
    shown = f"{COUNTED_UP_TO - 1}+" if count is not None and count >= COUNTED_UP_TO else count
    return NavItem(name, label, href, shown, current=request.path == href)


async def _counts(request: web.Request) -> dict[str, int]:
    work = request[WORK]
    remembered = request.app[COUNTS].by_account
    known = remembered.get(work.actor.account_id)
    if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
        return known[1]
    desks = [desk for desk in DESKS.get(work.actor.role, ()) if desk not in _UNCOUNTED]
    more = (("reminders", unread(work.actor)),) if may(work.actor, Permission.REMINDERS_READ) else ()
    counts = await count_desks(work, desks, more)
    if len(remembered) > REMEMBERED_AT_MOST:
        remembered.clear()
    remembered[work.actor.account_id] = (time.monotonic(), counts)
    return counts


def forget_counts(request: web.Request) -> None:
    """Count anew for this person at the next page: a step has just changed the numbers."""
    request.app[COUNTS].by_account.pop(request[WORK].actor.account_id, None)


def first_place(request: web.Request) -> str:
    """The path of the page a person of this role begins the day with."""
    work = request[WORK]
    if work.actor.role is Role.OPERATOR:
        return "/intake"
    if work.actor.role in {Role.STAFF, Role.LEAD}:
        return "/desks/queue"
    places = sorted(PLACES, key=lambda place: place[1] != _FIRST)
    return next((href for *_place, permission, href in places if may(work.actor, permission)), "/me")
