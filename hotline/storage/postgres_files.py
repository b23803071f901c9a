"""What the embedded PostgreSQL keeps on the disk: its home, its locks, its port, its password."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from hotline.errors import Unavailable
from hotline.i18n import mark

if sys.platform != "win32":
    import fcntl

STARTING = 90.0
"""Seconds another process may hold the start lock before we say so instead of waiting on."""

PORTS = range(20_000, 32_000)
"""Below every system's range for outgoing connections, so that none of those sits on our port at the next start."""


class NoServer(Unavailable):
    """The embedded PostgreSQL cannot be had; the message says what to do."""


UNUSABLE = mark("The folder {path} cannot be used ({reason}). Choose another with --home or HOTLINE_HOME.")


@dataclass(frozen=True, slots=True)
class Home:
    """The folder the embedded server lives in."""

    path: Path

    @property
    def data(self) -> Path:
        """The database cluster; it is there in whole or not at all."""
        return self.path / "pgdata"

    @property
    def log(self) -> Path:
        """What PostgreSQL says about itself; never what people wrote."""
        return self.path / "postgres.log"

    @property
    def password(self) -> Path:
        """The password of the role `hotline`, for the owner's eyes."""
        return self.path / "password"

    @property
    def port(self) -> Path:
        """The port the server had last."""
        return self.path / "port"

    @property
    def start_lock(self) -> Path:
        """Held alone, for a moment: while the server is made, started or stopped."""
        return self.path / "start.lock"

    @property
    def use_lock(self) -> Path:
        """Held together, for life, by every process which uses the server."""
        return self.path / "use.lock"


def default_home() -> Path:
    """Where the data goes when nobody says: /var/lib/hotline for root, the user's folder for data otherwise."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "hotline"
    if os.geteuid() == 0:
        return Path("/var/lib/hotline")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "hotline"
    folder = Path(os.environ.get("XDG_DATA_HOME", ""))  # the standard says: a relative path is to be ignored
    return (folder if folder.is_absolute() else Path.home() / ".local" / "share") / "hotline"


def open_home(path: Path) -> Home:
    """The home at `path`, made if it is not there; raises NoServer, saying what to do, if it cannot be used."""
    try:
        home = Home(path.expanduser().resolve())
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(home.start_lock, os.O_RDWR | os.O_CREAT, 0o600))
    except (FileExistsError, NotADirectoryError) as error:
        raise NoServer(
            mark("{path} is not a folder. Choose another with --home or HOTLINE_HOME."), path=path
        ) from error
    except PermissionError as error:
        raise NoServer(
            mark(
                "This user may not write in {path}. Choose another folder with --home or HOTLINE_HOME, "
                "or run as the user it belongs to."
            ),
            path=path,
        ) from error
    except (OSError, RuntimeError) as error:
        raise NoServer(UNUSABLE, path=path, reason=error) from error
    if any(letter in '"$`\\\n' for letter in str(home.path)):  # pg_ctl hands the path to a shell
        raise NoServer(
            mark(
                "PostgreSQL cannot start from {path}: it holds a quote, a dollar sign or a backslash. "
                "Choose another folder with --home or HOTLINE_HOME."
            ),
            path=home.path,
        )
    return home


class Lock:
    """A lock on a file. The kernel lets go of it when its holder dies, however that happens."""

    def __init__(self, path: Path) -> None:
        if sys.platform == "win32":
            raise NoServer(mark("On this system hotline brings no PostgreSQL of its own: set HOTLINE_DATABASE_URL."))
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)  # not inherited by children, as every file of ours

    def take_alone(self) -> bool:
        """Take it if nobody else has it, and say whether that was so."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take_together(self) -> None:
        """Take it beside others who do the same."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def release(self) -> None:
        """Let go of it, for good."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


@contextmanager
def starting(home: Home) -> Iterator[None]:
    """Be the only one who starts or stops the server of this home."""
    with Lock(home.start_lock) as lock:
        patience = time.monotonic() + STARTING
        while not lock.take_alone():
            if time.monotonic() > patience:
                raise NoServer(
                    mark(
                        "Another process has been starting or stopping the database in {path} for more than {seconds} "
                        "seconds. Wait for it or end it, then try again."
                    ),
                    path=home.path,
                    seconds=int(STARTING),
                )
            time.sleep(0.02)
        yield


def write_private(path: Path, text: str) -> None:
    """Write a small file only its owner reads; it is there in whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def sync_folder(path: Path) -> None:
    """Have what was renamed in a folder survive a power cut."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def remembered_port(home: Home) -> int | None:
    """The port the server had last, if it is known."""
    try:
        port = int(home.port.read_text("ascii"))
    except (OSError, ValueError):
        return None
    return port if 0 < port < 1 << 16 else None


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port nobody listens on."""
    for _ in range(200):
        port = secrets.choice(PORTS)
        if is_free(port):
            return port
    raise NoServer(mark("No free port was found between {first} and {last}."), first=PORTS.start, last=PORTS.stop - 1)
