"""What hangs on the application and on a request, each under a typed key."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web
from jinja2 import Environment
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.deadlines.calendar import YearTable
from hotline.documents.press import Press
from hotline.policy import Policy
from hotline.reports.drawings import Drawings
from hotline.reports.files import Turns
from hotline.routing.units import UnitIndex
from hotline.rulebook.in_force import InForce
from hotline.settings import Settings
from hotline.storage.database import Database
from hotline.storage.listener import Listener
from hotline.web.jobs import Jobs
from hotline.web.learnt import Learnt
from hotline.work import Work


@dataclass(slots=True)
class Rules:
    """The policy in force, with the version of the rules that is.

    `files_problem` tells why the configuration on disk is not the one in force, `version_problem` why the version is
    not that was published last.
    """

    policy: Policy
    in_force: InForce | None = None
    files_problem: str | None = None
    version_problem: str | None = None
    tables: tuple[YearTable, ...] = ()
    """The published years that were imported, by the newest notice this process knows."""
    newest_notice: int = 0

    @property
    def problem(self) -> str | None:
        """Whatever keeps what should be in force from being so; None when all is well."""
        return "; ".join(filter(None, (self.files_problem, self.version_problem))) or None

    def know_units(self, units: UnitIndex) -> None:
        """Decide with these organisations from now on."""
        self.policy = self.policy.with_units(units)

    def know_tables(self, tables: tuple[YearTable, ...], newest_notice: int) -> None:
        """Count by these published years from now on."""
        self.tables, self.newest_notice = tables, newest_notice
        self.policy = self.policy.with_tables(tables)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, and through what: known after the request has been let in."""

    actor: Actor | None = None
    token: str | None = None
    csrf: str = ""


@dataclass(slots=True)
class Counts:
    """Counts beside the navigation, remembered for a few seconds: monotonic time and counts by account."""

    by_account: dict[int, tuple[float, dict[str, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account the sign-in page tells everybody about: in the demonstration only."""

    login: str
    password: str
    role: Role


SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
LISTENER = web.AppKey("listener", Listener)
RULES = web.AppKey("rules", Rules)
TEMPLATES = web.AppKey("templates", Environment)
COUNTS = web.AppKey("counts", Counts)
DRAWINGS = web.AppKey("drawings", Drawings)
PRESS = web.AppKey("press", Press)
WORKBOOKS = web.AppKey("workbooks", Turns)
JOBS = web.AppKey("jobs", Jobs)
LEARNT = web.AppKey("learnt", Learnt)
DEMO = web.AppKey("demo", list[DemoAccount])
"""Empty but in the demonstration, which extends it: a running application takes no new values under its keys."""

REQUEST_ID = web.RequestKey("request_id", str)
VISIT = web.RequestKey("visit", Visit)
TRANSACTION = web.RequestKey("transaction", AsyncSession)
WORK = web.RequestKey("work", Work)
KEEP = web.RequestKey("keep", bool)
"""Set by a handler whose refusal must be remembered (a failed sign-in, a case that was read): commit although the
status is an error."""
