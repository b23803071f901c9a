"""One embedded PostgreSQL for a worker, a migrated template, a fresh copy or a rolled-back transaction a test.

`make test` has three workers (pytest-xdist); a plain `pytest` is its own only one. What they log is looked through when
all have ended (`tests/sweep.py`), and counts as one more test.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from xdist.scheduler import LoadScopeScheduling

from hotline import log
from hotline.migrations import migrate
from hotline.privacy.masking import mask_text
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.storage.embedded import EmbeddedServer
from tests import sweep
from tests.databases import copied, run_statements, url_of

if TYPE_CHECKING:
    from hotline.accounts.roles import Role
    from tests.service import Service
    from tests.web.visitor import Arrive

TEMPLATE = "hotline_template"
ROOT = Path(__file__).parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "only")
TOGETHER = {"tests/browser": "busy", "tests/faults": "busy", "tests/demo": "demo"}
"""What stays on one worker: Chromium and what is killed and raced, so that no two of them run at once; the one filled
demo. Everything else stays together file by file."""
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""Without care for durability; no vacuum worker, which belongs to the superuser, stands in the way of a drop."""
ENOUGH_MEMORY = 4 << 30


hypothesis.settings.register_profile("machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("machine")
"""How long an example takes is up to the machine and what else it does: no test is about that."""


def pytest_configure(config: pytest.Config) -> None:
    """A folder for the logs of this run, which workers and the processes they start inherit."""
    if not hasattr(config, "workerinput"):
        sweep.begin(ROOT / "test-logs")


def pytest_collection_finish() -> None:
    """Look for garbage as the service does (`hotline.web.serve`): not in what lives as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def stays_with(nodeid: str) -> str:
    """What has this name stays together on one worker: the test's file, or what is in `TOGETHER`."""
    file = Path(nodeid.partition("::")[0])
    return TOGETHER.get(file.parent.as_posix(), file.as_posix())


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Who does what, with several workers."""
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = stays_with  # as its subclasses do: it is what they are there for
    return scheduler


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """When all workers and their servers have ended: the sweep of their logs, reported as a test."""
    if not hasattr(session.config, "workerinput"):
        sweep.report(session)


@pytest.fixture(scope="session", autouse=True)
def logs() -> Iterator[Path]:
    """What the worker logs, in a file for the sweep; its first line shows that lines arrive there."""
    path = sweep.folder() / f"run-{WORKER}.log"
    with path.open("w", encoding="utf-8") as stream:
        log.configure("info", json=True, mask=mask_text, stream=stream)
        structlog.get_logger(__name__).info("tests_begin")
        yield path


def _quick_place() -> str | None:
    """Memory, where there is enough: a database is made there in a tenth of the time. None is the usual place."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it
    enough = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ENOUGH_MEMORY
    return str(memory) if enough else None


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[EmbeddedServer]:
    """A PostgreSQL of our own for the worker, without care for durability; its log is left for the sweep."""
    with tempfile.TemporaryDirectory(prefix="hotline-test-", dir=_quick_place()) as folder:
        Path(folder).chmod(0o755)
        async with await EmbeddedServer.start(Path(folder) / "home", options=QUICK) as running:
            yield running
        shutil.copyfile(running.home.log, sweep.folder() / f"postgres-{WORKER}.log")


@pytest.fixture(scope="session")
async def template(server: EmbeddedServer) -> str:
    """The name of a migrated, empty database to copy from."""
    await run_statements(server, f"create database {TEMPLATE}")
    database = Database(url_of(server, TEMPLATE), command_seconds=PATIENT_SECONDS)
    await migrate(database.engine)
    await database.close()
    return TEMPLATE


@pytest.fixture
async def database_url(server: EmbeddedServer, template: str) -> AsyncIterator[str]:
    """A database of one's own, for tests that commit; dropped afterwards."""
    async with copied(server, template) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A `Database` of one's own, for tests that commit."""
    made = Database(database_url)
    yield made
    await made.close()


@pytest.fixture(scope="session")
async def shared_database(server: EmbeddedServer, template: str) -> AsyncIterator[Database]:
    """A `Database` which tests share that roll everything back."""
    async with copied(server, template) as url:
        made = Database(url)
        yield made
        await made.close()


@pytest.fixture
async def session(shared_database: Database) -> AsyncIterator[AsyncSession]:
    """A session whose work is rolled back when the test ends, whatever it commits."""
    async with shared_database.engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False, autoflush=False
        ) as made:
            yield made
        await outer.rollback()


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """The whole service on a database of its own."""
    from tests.service import running_service

    async with running_service(database_url) as running:
        yield running


@pytest.fixture
async def arrive(service: Service) -> AsyncIterator[Arrive]:
    """Make an account of a role and have it signed in, in a browser of its own as far as HTTP goes."""
    from tests.web.visitor import Visitor

    async with AsyncExitStack() as stack:

        async def arrived(login: str, role: Role, department: str | None = None) -> Visitor:
            await service.person(login, role, department, password=True)
            visitor = await stack.enter_async_context(Visitor(service))
            visitor.come_with(await service.begin_session(login))
            return visitor

        yield arrived
