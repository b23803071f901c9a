"""Which process the embedded PostgreSQL is: a number in a file may name a stranger by now."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from hotline.storage.postgres_files import Home, remembered_port


def process_file(home: Home) -> list[str]:
    """The lines of `postmaster.pid`: process, folder, start, port, socket folder, address, memory, state."""
    try:
        return (home.data / "postmaster.pid").read_text("utf-8", "replace").split("\n")
    except OSError:
        return []


def named_process(home: Home) -> int | None:
    """The process `postmaster.pid` names, whoever that is by now."""
    with suppress(ValueError, IndexError):
        return abs(int(process_file(home)[0]))
    return None


def running_port(home: Home) -> int | None:
    """The port the running server listens on; it writes it down a moment after it began."""
    with suppress(ValueError, IndexError):
        return int(process_file(home)[3])
    return remembered_port(home)


def is_stopping(home: Home) -> bool:
    """Whether the running server goes down, which may wait for every connection to end."""
    return [line.strip() for line in process_file(home)[7:8]] == ["stopping"]


def is_ours(process: int, home: Home) -> bool:
    """Whether this process is a living PostgreSQL on the data of this home, and not a stranger who got its number."""
    if not Path("/proc/self").exists():
        said = subprocess.run(  # noqa: S603 - fixed words and a number
            ["/bin/ps", "-ww", "-o", "command=", "-p", str(process)], capture_output=True, text=True, check=False
        )
        return "postgres" in said.stdout and str(home.data) in said.stdout
    return stands_in(Path("/proc") / str(process), home)


def stands_in(facts: Path, home: Home) -> bool:
    """Whether the process these facts of /proc are about is a PostgreSQL standing in the data of this home."""
    try:
        name = (facts / "cmdline").read_bytes().split(b"\0", 1)[0]  # empty when it is dead but not yet buried
        if not name.startswith(b"postgres:") and Path(os.fsdecode(name)).name != "postgres":
            return False
        return (facts / "cwd").samefile(home.data)
    except PermissionError:
        return os.fsencode(home.data) in (facts / "cmdline").read_bytes()
    except OSError:
        return False


def is_alive(process: int) -> bool:
    """Whether anything at all runs under this number."""
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def server_process(home: Home) -> int | None:
    """The process of the running server, if it runs."""
    process = named_process(home)
    return process if process is not None and is_ours(process, home) else None


def leftovers(home: Home) -> list[int]:
    """Every process of PostgreSQL on this data, found by the folder it stands in; none where there is no /proc."""
    return [int(facts.name) for facts in Path("/proc").glob("[0-9]*") if stands_in(facts, home)]
