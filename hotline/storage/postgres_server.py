"""Making, starting, asking and stopping the embedded PostgreSQL. Whoever calls holds the home's start lock."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

import structlog

from hotline.i18n import mark
from hotline.storage.postgres_files import (
    Home,
    NoServer,
    free_port,
    is_free,
    remembered_port,
    sync_folder,
    write_private,
)
from hotline.storage.postgres_process import (
    is_alive,
    is_stopping,
    leftovers,
    named_process,
    running_port,
    server_process,
)
from hotline.storage.postgres_programs import Programs, run

log = structlog.get_logger(__name__)

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "timezone": "UTC",
    # What people wrote must not reach PostgreSQL's own log: no details, no statements, and no errors of statements at
    # all, for "invalid input syntax" repeats the input. Whoever sent the statement is told everything.
    "log_error_verbosity": "terse",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}

RECOVERY = 300
"""Seconds a server may take to come up: after a crash it first reads what it had written ahead."""

STOPPING = 60
"""Seconds a server may take to go down."""

INSISTING = 5.0
"""Seconds a failing start is tried again: processes of a killed server may take a moment to notice."""

TAKEN = mark("Port {port} of the database is taken by another program. End it: the database then comes back.")

LARGEST_LOG = 1 << 20
"""Bytes of PostgreSQL's log from which on a start begins a new one; one older is kept."""


def memory_settings() -> dict[str, str]:
    """How much memory the server may use for pages: a sixteenth of the machine's, from 128 MB to 1 GB.

    With PostgreSQL's own 128 MB the texts of 100,000 cases do not fit, and a search is as slow as the pages it misses.
    """
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return {}
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    return {
        "shared_buffers": f"{min(max(whole // 16, 128), 1024)}MB",
        "effective_cache_size": f"{max(whole // 2, 256)}MB",
    }


def settings_with(options: Mapping[str, str]) -> dict[str, str]:
    """Our settings and these options, which win."""
    return {**SETTINGS, **memory_settings(), **options}


def read_password(home: Home) -> str:
    """The password of the role `hotline`; raises NoServer if it is gone."""
    try:
        return home.password.read_text("ascii").strip()
    except OSError as error:
        raise NoServer(
            mark(
                "The file {path} with the database's password cannot be read. Put it back from a backup, or move the "
                "folder away to begin anew."
            ),
            path=home.password,
        ) from error


def make_database(home: Home, programs: Programs, options: Mapping[str, str]) -> None:
    """Make the cluster with the role and the database `hotline`, unless it is there; never half of it."""
    if home.data.exists():
        check_version(home, programs)
        return
    password = secrets.token_urlsafe(24)
    write_private(home.password, password)
    new = home.path / "pgdata.new"
    superuser = home.path / "superuser.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    write_private(superuser, secrets.token_urlsafe(24))  # kept nowhere: nobody ever signs in as the superuser
    if programs.account is not None:
        for path in (new, superuser):
            os.chown(path, programs.account.uid, programs.account.gid)
    flags = ["-A", "scram-sha-256", "-E", "UTF8", "-k", *locale_flags(programs.major)]
    settings = ["-c", "exit_on_error=on", "-c", "log_min_error_statement=panic"]
    if options.get("fsync") == "off":
        flags.append("--no-sync")
        settings += ["-c", "fsync=off"]
    try:
        made = run(programs, "initdb", "-D", str(new), "-U", "postgres", f"--pwfile={superuser}", *flags)
    finally:
        superuser.unlink()
    if made.returncode == 0:
        sql = f"create role hotline login createdb password '{password}'\ncreate database hotline owner hotline\n"
        made = run(programs, "postgres", "--single", "-D", str(new), *settings, "postgres", said=sql)
    if made.returncode != 0:
        reason = last_words(made.stderr)
        raise NoServer(mark("PostgreSQL could not make its files in {path}: {reason}"), path=new, reason=reason)
    new.rename(home.data)
    sync_folder(home.path)  # else a power cut could undo the renaming, and the next start clear away what is new
    log.info("database_made", path=str(home.data), version=programs.major)


def check_version(home: Home, programs: Programs) -> None:
    """Raise NoServer if another major version made the cluster: PostgreSQL reads only its own."""
    try:
        made_by = (home.data / "PG_VERSION").read_text("ascii").strip()
    except OSError as error:
        raise NoServer(
            mark(
                "{path} is not a complete database. Put it back from a backup, or move the folder away to begin anew."
            ),
            path=home.data,
        ) from error
    if made_by != str(programs.major):
        raise NoServer(
            mark(
                "The database in {path} was made by PostgreSQL {made_by}, the programs found are version {found}. "
                "Export it with the old version and import it into a new folder."
            ),
            path=home.path,
            made_by=made_by,
            found=programs.major,
        )


def locale_flags(major: int) -> list[str]:
    """How the cluster sorts and what it takes for letters: by code point; Chinese characters too, as pg_trgm needs."""
    if major < 17:  # noqa: PLR2004 - the first version with the builtin provider
        return ["--locale=C.UTF-8"]
    letters = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--lc-ctype={letters}", "--lc-collate=C"]


def ensure_running(home: Home, programs: Programs, options: Mapping[str, str], *, new_port: bool) -> int:
    """Have the server answer and tell its port; `new_port` allows another than the last if that one is taken."""
    port = port_of_running(home, programs)
    patience = time.monotonic() + INSISTING
    while port is None:
        last = remembered_port(home)
        port = last if last is not None and (is_free(last) or not new_port) else free_port()
        failure = start_server(home, programs, options, port) if is_free(port) else NoServer(TAKEN, port=port)
        if failure is not None:
            port = None
            if time.monotonic() > patience:
                raise failure
            time.sleep(0.1)
    return port


def port_of_running(home: Home, programs: Programs) -> int | None:
    """The port of the running server once it answers; None if none runs."""
    patience = time.monotonic() + RECOVERY
    while server_process(home) is not None:
        port = running_port(home)
        if is_stopping(home):
            stop_server(home, programs)
        elif port is not None and answers(programs, port):
            return port
        if time.monotonic() > patience:
            raise NoServer(
                mark("The database server in {path} runs but does not answer. Its log is {log}."),
                path=home.path,
                log=home.log,
            )
        time.sleep(0.1)
    return None


def start_server(home: Home, programs: Programs, options: Mapping[str, str], port: int) -> NoServer | None:
    """Start the server once; what to say if it failed."""
    clear_remains(home)
    write_private(home.port, str(port))
    begin_log(home, programs)
    before = home.log.stat().st_size
    settings = {**settings_with(options), "port": str(port)}
    words = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    arguments = ["-D", str(home.data), "-l", str(home.log), "-t", str(RECOVERY), "-o", words]
    started = run(programs, "pg_ctl", "start", "-w", "-s", *arguments)
    if started.returncode == 0 and answers(programs, port):
        return None
    with home.log.open("rb") as file:
        file.seek(before)
        said = file.read().decode("utf-8", "replace")
    reason = last_words(said or started.stderr)
    return NoServer(mark("The database server in {path} does not start: {reason}"), path=home.path, reason=reason)


def clear_remains(home: Home) -> None:
    """Clear what a killed server left: its processes, and a process file which by now names a living stranger.

    PostgreSQL itself sees that a dead process's file is stale, but takes a stranger of the same user for a server.
    """
    for process in leftovers(home):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGQUIT)  # leave at once; recovery makes it good
    named = named_process(home)
    if named is not None and is_alive(named) and server_process(home) is None:
        (home.data / "postmaster.pid").unlink(missing_ok=True)


def begin_log(home: Home, programs: Programs) -> None:
    """Have a log file the server may write, a new one if the last grew large."""
    with suppress(FileNotFoundError):
        if home.log.stat().st_size > LARGEST_LOG:
            home.log.replace(home.log.with_suffix(".log.1"))
    try:
        file = os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    if programs.account is not None:
        os.fchown(file, programs.account.uid, programs.account.gid)
    os.close(file)


def answers(programs: Programs, port: int) -> bool:
    """Whether the server takes connections."""
    return run(programs, "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)).returncode == 0


def runs_with(home: Home, options: Mapping[str, str]) -> bool:
    """Whether the server running now was started with our settings and these options and no others."""
    wanted = {f"{name}={value}" for name, value in settings_with(options).items()}
    with suppress(OSError, ValueError):
        words = shlex.split((home.data / "postmaster.opts").read_text("utf-8"))
        given = {word for word in words if "=" in word and not word.startswith("port=")}
        return given == wanted
    return False


def stop_server(home: Home, programs: Programs) -> None:
    """Stop the server if it runs: connections end, what was committed is on the disk."""
    if server_process(home) is None:
        return
    stopped = run(programs, "pg_ctl", "stop", "-s", "-w", "-m", "fast", "-t", str(STOPPING), "-D", str(home.data))
    if stopped.returncode != 0:
        log.error("database_server_does_not_stop", reason=last_words(stopped.stderr))


def last_words(said: str) -> str:
    """The last lines of what a program said: they name the reason."""
    return " / ".join(line.strip() for line in said.splitlines()[-4:] if line.strip()) or "no reason given"
