"""The last test of a run: nothing that was logged while all the others ran holds personal data.

It is no item pytest collects: with several workers only the process that waits for them sees the logs whole. Tests use
these names and numbers for workers, so a leak anywhere shows here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hotline.privacy.masking import mask_text

NAMES = ("王小明", "欧阳测试", "李建国")
MOBILE = re.compile(r"(?<![0-9a-f])1[3-9]\d{9}(?![0-9a-f])")
IDENTITY = re.compile(r"(?<![0-9a-f])\d{17}[\dXx](?![0-9a-f])")
NARRATIVES = ("拖欠工资四个月",)
FILE = "tests/sweep.py"
SENTENCE = "no_log_of_the_run_holds_a_number_a_name_or_a_narrative"


def find_leaks(path: Path) -> list[str]:
    """Every number, name and narrative in the file, masked, with its line."""
    found = []
    for line in path.read_text("utf-8", "replace").splitlines():
        hits = [*MOBILE.findall(line), *IDENTITY.findall(line), *(w for w in (*NAMES, *NARRATIVES) if w in line)]
        found += [f"{path.name}: {mask_text(hit)} in {mask_text(line)[:200]}" for hit in hits]
    return found


def look_through(folder: Path) -> list[str]:
    """What is wrong with the logs of this folder: every leak, or that there is no line to look at."""
    logs = sorted(folder.glob("*.log"))
    if not any("tests_begin" in log.read_text("utf-8", "replace") for log in logs if log.name.startswith("run-")):
        return [f"{folder.name}: nothing was logged, so nothing was looked through"]
    return [leak for log in logs for leak in find_leaks(log)]


def report(session: pytest.Session, folder: Path) -> None:
    """Count the sweep among the tests of a run that had any, and let it fail the run."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal is None or not terminal.stats.keys() & {"passed", "failed", "error"}:
        return
    wrong = look_through(folder)
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
