"""Having a child process read or write a file: started with an order, listened to, ended when it takes too long."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog

from hotline.errors import Refusal
from hotline.i18n import language, mark

SECONDS: Final = 300.0
_AT_ONCE: Final = asyncio.Semaphore(2)
"""So many children a process: each takes a processor and some hundred megabytes."""
_FORMS_AT_ONCE: Final = asyncio.Semaphore(2)
"""Saving one organisation does not wait behind whole files."""
_LONGEST_LINE: Final = 4 * 1024 * 1024
_KEPT_ENVIRONMENT: Final = frozenset({"PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR"})
log = structlog.get_logger(__name__)
Tell = Callable[[int, int], Awaitable[None]]
"""Told how many rows of how many are done."""


class TooMuch(Refusal):
    """The child has hit a limit: the file asks for more memory or time than a register can need."""


async def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


async def run_child(order: Mapping[str, Any], *, tell: Tell = _nobody) -> dict[str, Any]:
    """What the child reports of this order (`child.TASKS`). Raises `TooMuch` or `Refusal` with what is wrong."""
    turn = _AT_ONCE if order["task"] != "forms" else _FORMS_AT_ONCE
    async with turn, _started() as child:
        assert child.stdin is not None  # noqa: S101 - it is a pipe
        assert child.stdout is not None  # noqa: S101 - likewise
        with contextlib.suppress(ConnectionError):
            child.stdin.write(json.dumps({"language": language.get(), **order}).encode())
            await child.stdin.drain()
            child.stdin.close()
        report: dict[str, Any] | None = None
        try:
            async with asyncio.timeout(order.get("seconds", SECONDS) + 10):
                async for line in child.stdout:
                    said = json.loads(line)
                    if "report" in said:
                        report = said["report"]
                    else:
                        await tell(said["done"], said["total"])
                code = await child.wait()
        except TimeoutError:
            raise TooMuch(_TOO_MUCH) from None
    if code != 0 or report is None:
        log.warning("registry_child_ended", code=code, task=order["task"])
        raise TooMuch(_TOO_MUCH)
    if problem := report.get("problem"):
        raise Refusal(problem["message"], **problem["params"])
    return report


_TOO_MUCH: Final = mark(
    "The file could not be read within the limits of memory and time, and was given up; nothing was changed. "
    "Save only the sheet you need, without pictures and formats, or split it."
)


@asynccontextmanager
async def _started() -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hotline.registry.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=_LONGEST_LINE,
        env={key: value for key, value in os.environ.items() if key in _KEPT_ENVIRONMENT}
        | {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(filter(None, map(str, sys.path)))},
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def forms_for(*, name: str, old_names: list[str], aliases: list[str], address: str) -> dict[str, Any]:
    """The forms in which an organisation is searched, by column (`keys.FORMS`)."""
    return await run_child(
        {"task": "forms", "name": name, "old_names": old_names, "aliases": aliases, "address": address}
    )
