"""Another process that uses the embedded server of a home, and a question to a server."""

from __future__ import annotations

import asyncio
import os
import sysconfig
from pathlib import Path
from typing import Any

import asyncpg

QUICK = {"fsync": "off"}
ROOT = os.geteuid() == 0
SITE = sysconfig.get_paths()["purelib"]
USER = """
import asyncio, sys
from pathlib import Path
from hotline.storage.embedded import EmbeddedServer
async def use():
    async with await EmbeddedServer.start(Path(sys.argv[1]), options={"fsync": "off"}) as server:
        print(server.url, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
asyncio.run(use())
"""


async def ask(url: str, question: str, *values: Any) -> Any:
    """The single value a statement gives."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question, *values)
    finally:
        await connection.close()


async def use(python: str, home: Path, **more: Any) -> asyncio.subprocess.Process:
    """Another process that uses the server of this home until it reads a line."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        python, "-B", "-c", USER, str(home), stdin=pipe, stdout=pipe, stderr=pipe, **more
    )


async def read_url(user: asyncio.subprocess.Process) -> str:
    """The line with the URL a using process prints, past what is logged."""
    assert user.stdout is not None
    async for line in user.stdout:
        if line.startswith(b"postgresql://"):
            return line.decode().strip()
    raise AssertionError(await user.communicate())
