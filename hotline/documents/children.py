"""Short-lived child processes, for what needs more memory, time or trust than the service has to give.

A child gets what it needs on stdin and of the environment only what is named: no address of the database, no secret.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

HANDED_ON: Final = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR")
_LAST_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child has ended: its status (0: as it should), what it made on stdout, its last words on stderr."""

    status: int
    made: bytes
    reason: str


async def run_child(
    command: Sequence[str], given: bytes, *, seconds: float, handed_on: Collection[str] = HANDED_ON
) -> Ended:
    """Run it to its end, or end it after so many seconds and whenever nobody waits for it any more."""
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in handed_on if name in os.environ} | {"PYTHONUTF8": "1"},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            made, said = await child.communicate(given)
    except TimeoutError:
        made, said = b"", b"took too long"
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    status = -1 if child.returncode is None else child.returncode
    return Ended(status, made, said.decode(errors="replace")[-_LAST_WORDS:].strip())
