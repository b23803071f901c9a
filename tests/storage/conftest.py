"""Homes of the embedded server: not made, made, running."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hotline.storage.embedded import EmbeddedServer, Home
from hotline.storage.postgres_process import leftovers
from tests.storage.beside import QUICK


@contextmanager
def passable_folder() -> Iterator[Path]:
    """A folder others may pass through, as the server of root must."""
    with tempfile.TemporaryDirectory(prefix="hotline-home-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that is not made yet; no test leaves a server running in it."""
    with passable_folder() as folder:
        yield folder / "home"
        assert leftovers(Home(folder / "home")) == []


@pytest.fixture(scope="module")
async def stopped() -> AsyncIterator[Path]:
    """A home made once, to be copied."""
    with passable_folder() as folder:
        await (await EmbeddedServer.start(folder / "home", options=QUICK)).stop()
        yield folder / "home"


@pytest.fixture
def made(stopped: Path, home: Path) -> Path:
    """A home with a database, not running."""
    copy(stopped, home.parent)
    return home


@pytest.fixture(scope="module")
async def running(stopped: Path) -> AsyncIterator[EmbeddedServer]:
    """A server started with a secret in our environment, for tests that leave no trace in it."""
    with passable_folder() as folder, pytest.MonkeyPatch.context() as patch:
        copy(stopped, folder)
        patch.setenv("HOTLINE_SECRET", "the key to everything")
        patch.setenv("PGOPTIONS", "-c work_mem=64kB")
        started = await EmbeddedServer.start(folder / "home", options=QUICK)
        patch.undo()
        async with started:
            yield started


def copy(home: Path, folder: Path) -> None:
    """Copy a home into a folder, owners and all."""
    subprocess.run(["/bin/cp", "-a", str(home), str(folder)], check=True)
