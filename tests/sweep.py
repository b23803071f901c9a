"""The last test of a run: nothing that was logged while all the others ran holds personal data.

It is no item pytest collects: with several workers only the process that waits for them sees the logs whole. Tests use
these names and numbers for workers, so a leak anywhere shows here.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from hotline.privacy.masking import mask_text

NAMES = ("王小明", "欧阳测试", "李建国")
MOBILE = re.compile(r"(?<![0-9a-f])1[3-9]\d{9}(?![0-9a-f])")
IDENTITY = re.compile(r"(?<![0-9a-f])\d{17}[\dXx](?![0-9a-f])")
NARRATIVES = ("拖欠工资四个月",)
VARIABLE = "TEST_LOGS"
FILE = "tests/sweep.py"
SENTENCE = "no_log_of_the_run_holds_a_number_a_name_or_a_narrative"


def begin(parent: Path) -> None:
    """A new folder for the logs of a run: another run at the same time has its own."""
    parent.mkdir(exist_ok=True)
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="run-", dir=parent)


def folder() -> Path:
    """Where everything the tests start leaves its logs."""
    return Path(os.environ[VARIABLE])


def find_leaks(path: Path) -> list[str]:
    """Every number, name and narrative in the file, masked, with its line."""
    found = []
    for line in path.read_text("utf-8", "replace").splitlines():
        hits = [*MOBILE.findall(line), *IDENTITY.findall(line), *(w for w in (*NAMES, *NARRATIVES) if w in line)]
        found += [f"{path}: {mask_text(hit)} in {mask_text(line)[:200]}" for hit in hits]
    return found


def look_through(place: Path) -> list[str]:
    """What is wrong with the logs of this folder: every leak, or that there is no line to look at."""
    logs = sorted(place.glob("*.log"))
    if not any("tests_begin" in log.read_text("utf-8", "replace") for log in logs if log.name.startswith("run-")):
        return [f"{place}: nothing was logged, so nothing was looked through"]
    return [leak for log in logs for leak in find_leaks(log)]


def report(session: pytest.Session) -> None:
    """Count the sweep among the tests of a run that had any, and let it fail the run; drop the logs of a good one."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    ran = terminal is not None and terminal.stats.keys() & {"passed", "failed", "error"}
    wrong = look_through(folder()) if ran else []
    if ran:
        session.config.hook.pytest_runtest_logreport(
            report=pytest.TestReport(
                nodeid=f"{FILE}::{SENTENCE}",
                location=(FILE, 0, SENTENCE),
                keywords={},
                outcome="failed" if wrong else "passed",
                longrepr="\n".join(wrong) or None,
                when="call",
            )
        )
    if wrong and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if not ran or session.exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(folder())
