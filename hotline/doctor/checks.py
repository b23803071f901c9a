"""One check per function; each is pure and says what it found and what to do. The tables at the end run them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from hotline.doctor.facts import Facts, read_facts
from hotline.doctor.findings import Expected, Finding, Level
from hotline.i18n import mark

__all__ = ["DATABASE_CHECKS", "Expected", "Finding", "Level", "examine"]

OLDEST: Final = 150_000
"""PostgreSQL 15, as `server_version_num` writes it."""

NOTICEABLE_SKEW: Final = timedelta(seconds=2)
HARMFUL_SKEW: Final = timedelta(seconds=60)
LITTLE_SPACE: Final = 2 << 30
NO_SPACE: Final = 256 << 20
SIDE_CONNECTIONS: Final = 4
"""Connections one process opens beside its pool: for notices, jobs, and a command line at the same time."""


def check_version(facts: Facts, _: Expected) -> Finding:
    """An older PostgreSQL lacks what our statements use."""
    name, params = mark("PostgreSQL version"), {"version": facts.settings["server_version"]}
    if int(facts.settings["server_version_num"]) >= OLDEST:
        return Finding(name, Level.OK, mark("The database is PostgreSQL {version}."), params=params)
    return Finding(
        name,
        Level.ERROR,
        mark("The database is PostgreSQL {version}, which is too old."),
        mark("Upgrade the database server to PostgreSQL 15 or newer."),
        params,
    )


def check_durability(facts: Facts, _: Expected) -> Finding:
    """With any of the three off, a call that was acknowledged may be gone after a power cut."""
    name = mark("Durability")
    off = [
        setting
        for setting in ("fsync", "synchronous_commit", "full_page_writes")
        if facts.settings.get(setting) == "off"
    ]
    if not off:
        return Finding(name, Level.OK, mark("What was committed survives a power cut."))
    return Finding(
        name,
        Level.ERROR,
        mark("Switched off in the database: {settings}. Acknowledged calls may be lost in a power cut."),
        mark("Switch {settings} on in postgresql.conf (and for the role and the database), then reload the server."),
        {"settings": ", ".join(off)},
    )


def check_encoding(facts: Facts, _: Expected) -> Finding:
    """Any other encoding cannot hold every Chinese name."""
    name, params = mark("Encoding"), {"encoding": facts.settings["server_encoding"]}
    if facts.settings["server_encoding"] == "UTF8":
        return Finding(name, Level.OK, mark("The database stores text as {encoding}."), params=params)
    return Finding(
        name,
        Level.ERROR,
        mark("The database stores text as {encoding}: some Chinese characters cannot be stored."),
        mark("Create a database with encoding UTF8 and move the data there (pg_dump, then pg_restore)."),
        params,
    )


def check_letters(facts: Facts, _: Expected) -> Finding:
    """Under the ctype C only ASCII has letters, and pg_trgm makes no trigram of a Chinese word."""
    name, params = mark("Character types"), {"ctype": facts.ctype}
    if facts.ctype not in {"C", "POSIX"}:
        return Finding(name, Level.OK, mark("Chinese characters count as letters ({ctype})."), params=params)
    return Finding(
        name,
        Level.WARNING,
        mark("The database's character types are {ctype}: searching for names of organisations finds no Chinese."),
        mark("Create a database with LC_CTYPE C.UTF-8 and move the data there (pg_dump, then pg_restore)."),
        params,
    )


def check_checksums(facts: Facts, _: Expected) -> Finding:
    """Without checksums a failing disk is noticed when it is too late."""
    name = mark("Data checksums")
    if facts.settings.get("data_checksums") == "on":
        return Finding(name, Level.OK, mark("Damaged pages on the disk are noticed when they are read."))
    return Finding(
        name,
        Level.WARNING,
        mark("Data checksums are off: damage on the disk goes unnoticed."),
        mark("Stop the database server, run pg_checksums --enable on its data, and start it again."),
    )


def check_clock(facts: Facts, _: Expected) -> Finding:
    """Due dates and sessions compare our times with the database's."""
    name = mark("Clock")
    params = {"seconds": round(abs(facts.clock_ahead.total_seconds()), 1)}
    if abs(facts.clock_ahead) <= NOTICEABLE_SKEW:
        return Finding(name, Level.OK, mark("The database's clock and ours agree."))
    return Finding(
        name,
        Level.ERROR if abs(facts.clock_ahead) > HARMFUL_SKEW else Level.WARNING,
        mark("The database's clock and ours differ by {seconds} seconds."),
        mark("Have both machines set their clocks from the same time server (for example with chrony)."),
        params,
    )


def check_time_zone(facts: Facts, _: Expected) -> Finding:
    """Days begin and end in Shanghai, whatever zone the server stands in."""
    name, params = mark("Time zone"), {"zone": facts.settings["TimeZone"]}
    if facts.shanghai == timedelta(hours=8):
        return Finding(
            name,
            Level.OK,
            mark("The database knows China's time (its own zone is {zone}, which is all right)."),
            "",
            params,
        )
    return Finding(
        name,
        Level.ERROR,
        mark("The database does not know the time zone Asia/Shanghai, or knows it wrong."),
        mark("Install the system's time zone data (package tzdata) on the database's machine and restart the server."),
    )


def check_schema(facts: Facts, expected: Expected) -> Finding | None:
    """The tables must be those this program was written for."""
    if expected.head is None:
        return None
    name, params = mark("Tables"), {"current": facts.revision or "-", "head": expected.head}
    if facts.revision == expected.head:
        return Finding(name, Level.OK, mark("The tables are those this version needs ({head})."), params=params)
    if facts.revision is None:
        return Finding(
            name, Level.ERROR, mark("The database is empty."), mark("Run hotline migrate, or hotline serve."), params
        )
    return Finding(
        name,
        Level.ERROR,
        mark("The tables are at version {current}, this program needs {head}."),
        mark("Run hotline migrate. If it refuses, the database is newer: install that version of hotline."),
        params,
    )


def check_connections(facts: Facts, expected: Expected) -> Finding:
    """When the pool cannot fill, requests wait and then fail, and only under load."""
    reserved = sum(int(facts.settings.get(f"{kind}_connections", "0")) for kind in ("superuser_reserved", "reserved"))
    free = int(facts.settings["max_connections"]) - reserved - facts.others
    needed = expected.pool_size + SIDE_CONNECTIONS
    name, params = mark("Connections"), {"free": free, "needed": needed}
    if free >= needed:
        return Finding(name, Level.OK, mark("{free} connections are free, one process needs {needed}."), params=params)
    return Finding(
        name,
        Level.ERROR,
        mark("{free} connections are free, but one process needs {needed}."),
        mark("Raise max_connections of the database, end other programs that use it, or lower HOTLINE_POOL_SIZE."),
        params,
    )


def check_space(home: Path) -> Finding:
    """PostgreSQL stops when its disk is full."""
    place = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    name, params = mark("Disk space"), {"path": str(home), "free": f"{free / (1 << 30):.1f}"}
    if free >= LITTLE_SPACE:
        return Finding(name, Level.OK, mark("{free} GiB are free for {path}."), params=params)
    return Finding(
        name,
        Level.ERROR if free < NO_SPACE else Level.WARNING,
        mark("Only {free} GiB are free for {path}."),
        mark("Make room on this disk, or move the folder to a larger one. A full disk stops the database."),
        params,
    )


def check_configuration(config_problem: Callable[[], str | None]) -> Finding:
    """A broken configuration keeps the service from starting: better to know before."""
    name, problem = mark("Configuration"), config_problem()
    if problem is None:
        return Finding(name, Level.OK, mark("The configuration is complete and consistent."))
    return Finding(
        name,
        Level.ERROR,
        mark("The configuration cannot be used: {problem}"),
        mark("Correct the file and the key named here, then run hotline check-config."),
        {"problem": problem},
    )


async def examine(
    url: str,
    *,
    config_problem: Callable[[], str | None] | None,
    home: Path | None,
    expected: Expected | None = None,
) -> list[Finding]:
    """Run every check; never raises for what it finds.

    `config_problem` loads the configuration and tells in words what is wrong with it, None if nothing is; `home` is the
    folder whose disk is looked at, None when the database is somebody else's.
    """
    findings = []
    if config_problem is not None:
        findings.append(await asyncio.to_thread(check_configuration, config_problem))
    if home is not None:
        findings.append(await asyncio.to_thread(check_space, home))
    name = mark("Database")
    try:
        facts = await read_facts(url)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [unreachable(name, url, error), *findings]
    reached = Finding(name, Level.OK, mark("The database at {place} answers."), params={"place": place_of(url)})
    asked = (check(facts, expected or Expected()) for check in DATABASE_CHECKS)
    return [reached, *(finding for finding in asked if finding is not None), *findings]


def unreachable(name: str, url: str, error: Exception) -> Finding:
    """What to say when nothing can be asked; the reason is the database's own words, which hold no password."""
    params = {"place": place_of(url), "reason": str(error) or type(error).__name__}
    what = mark("The database at {place} cannot be used: {reason}")
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError | ValueError):
        advice = mark("Check user, password and address in HOTLINE_DATABASE_URL.")
    elif isinstance(error, asyncpg.InvalidCatalogNameError):
        advice = mark("Create the database, or correct its name in HOTLINE_DATABASE_URL.")
    else:
        advice = mark("Check that the database server runs and that a firewall lets this machine through.")
    return Finding(name, Level.ERROR, what, advice, params)


def place_of(url: str) -> str:
    """Host, port and name of a database, without user and password."""
    try:
        parts = urlsplit(url)
        place = f"{parts.hostname or '?'}:{parts.port or 5432}{parts.path}"
    except ValueError:
        return "?"
    return place


DATABASE_CHECKS: Final[tuple[Callable[[Facts, Expected], Finding | None], ...]] = (
    check_version,
    check_durability,
    check_encoding,
    check_letters,
    check_checksums,
    check_clock,
    check_time_zone,
    check_schema,
    check_connections,
)
