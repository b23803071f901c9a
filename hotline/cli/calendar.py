"""The working calendar from the command line: why a date is that date, and looking at a year."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from hotline.calendars.in_force import find_tables
from hotline.cli.configuration import with_config
from hotline.cli.ground import out, told_plainly, wait_for, with_home
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import REASON_LABELS, Calendar, Reason
from hotline.deadlines.calendar_file import CALENDAR_FILE, load_calendar
from hotline.deadlines.due import due_at
from hotline.errors import Invalid, Mistake, Refusal
from hotline.i18n import _, mark, pick
from hotline.policy import default_config, load_policy
from hotline.settings import Settings, load_settings
from hotline.storage.database import Database
from hotline.storage.embedded import running_server
from hotline.storage.postgres_files import Home, default_home


@click.command("explain")
@click.option("--from", "since", required=True, help="The moment it is counted from: 2026-09-30T16:00+08:00.")
@click.option("--working-days", "days", type=click.IntRange(0, 1000), required=True, help="How many working days.")
@click.option("--department", default=None, help="Code of the department whose hours count.")
@with_config
@with_home
@told_plainly
def explain(since: str, days: int, department: str | None, config: Path | None, home: Path | None) -> None:
    """Say when so many working days have passed, and why: JSON with every day counted and skipped."""
    begin, used = _moment(since), _used(config, home, department)
    hours = used.hours_of(department)
    try:
        due = due_at(days, since=begin, calendar=used, hours=hours)
    except (OverflowError, ValueError):
        raise Invalid(Mistake("--from", mark("No calendar reaches so far."))) from None
    years = range(begin.astimezone(SHANGHAI).year, due.due_at.year + 1)
    told = {
        "due_at": due.due_at.isoformat(),
        "from": begin.isoformat(),
        "working_days": days,
        "department": department,
        "hours": {"spans": [*map(str, hours.spans)], "every_day": hours.every_day},
        "counted": [_told(day.told) for day in due.counted],
        "skipped": [_told(day.told) for day in due.skipped],
        "provisional": due.provisional,
        "provisional_years": [year for year in years if used.provisional(year)],
        "sources": {str(year): used.tables[year].source for year in years if not used.provisional(year)},
    }
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _told(day: Any) -> dict[str, str]:
    """A day as JSON: date, reason as a code and in words, name of the holiday."""
    name = pick(day.get("name", ""), day.get("name_en") or day.get("name", ""))
    reason = Reason(day["reason"])
    return {"date": day["on"], "reason": reason.value, "words": _(REASON_LABELS[reason]), "name": name}


def _moment(words: str) -> datetime:
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        message = mark("“{value}” is no moment. Write it like 2026-09-30T16:00+08:00.")
        raise Invalid(Mistake("--from", message, {"value": words})) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI)


@click.command("show")
@click.argument("year", type=click.IntRange(1900, 9998))
@with_config
@with_home
@told_plainly
def show(year: int, config: Path | None, home: Path | None) -> None:
    """List the days of YEAR that are not as their weekday says, and where that was published."""
    used = _used(config, home)
    if used.provisional(year):
        out.print(_("{year} is provisional: its table is not published here yet.", year=year), soft_wrap=True)
    else:
        out.print(used.tables[year].source or "—", markup=False, soft_wrap=True)
    table = Table(_("Day"), _("Kind"), _("Name"), box=None, pad_edge=False)
    for day in used.days_of(year):
        if day.name:
            name = pick(day.name, day.name_en or day.name)
            table.add_row(day.on.isoformat(), _(REASON_LABELS[day.reason]), name)
    out.print(table)
    out.print(_("{n} working days", n=used.working_days_between(*_ends(used, year))))


def _ends(used: Calendar, year: int) -> tuple[Any, Any]:
    return used.days_of(year - 1)[-1].on, used.days_of(year)[-1].on


def _used(config: Path | None, home: Path | None, department: str | None = None) -> Calendar:
    """The calendar with what was imported, where there is a database to ask; of a folder that is named its files alone.

    Nothing is made or migrated for the asking, and the rules are not read: they have no say in what a day is.
    """
    settings = load_settings(home=home)
    folder = config or settings.config or default_config()
    used = load_calendar(folder / CALENDAR_FILE)
    if department is not None:
        policy = load_policy(folder)
        if policy.departments.get(department) is None:
            message = mark("There is no department {code}. Please check the spelling.")
            raise Invalid(Mistake("--department", message, {"code": department}))
        used = policy.calendar
    if config is None:
        with contextlib.suppress(Refusal):
            used = wait_for(_with_imported(settings, used))
    return used


async def _with_imported(settings: Settings, used: Calendar) -> Calendar:
    if settings.database_url is not None:
        return await _asked(settings.database_url.get_secret_value(), used)
    home = settings.home or default_home()
    if not Home(home).data.is_dir():
        return used
    async with running_server(home) as server:
        return await _asked(server.url, used)


async def _asked(url: str, used: Calendar) -> Calendar:
    database = Database(url, pool_size=1)
    try:
        async with database.transaction() as session:
            return used.with_tables(await find_tables(session))
    finally:
        await database.close()
