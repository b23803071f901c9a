"""The sweep through the logs of a run (`tests/sweep.py`) finds what it looks for, and its finding fails the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sweep

LEAK = '{"event": "13800001234 王小明 210281199001011234 拖欠工资四个月"}\n{"request_id": "a13800001234b"}\n'
BEGIN = '{"event": "tests_begin"}\n'
PLUGIN = """
import pathlib, pytest
from tests import sweep
def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        sweep.begin(pathlib.Path(__file__).parent / "logs")
@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        sweep.report(session)
"""
TEST = """
from tests import sweep
def test_one():
    (sweep.folder() / "run-only.log").write_text({logged!r})
"""


def test_the_sweep_finds_numbers_names_and_narratives(tmp_path: Path) -> None:
    leaky = tmp_path / "leaky.log"
    leaky.write_text(LEAK)
    assert len(sweep.find_leaks(leaky)) == 4


def test_without_a_line_there_is_nothing_to_look_through(tmp_path: Path) -> None:
    assert len(sweep.look_through(tmp_path)) == 1
    (tmp_path / "run-only.log").write_text("")
    assert len(sweep.look_through(tmp_path)) == 1
    (tmp_path / "run-only.log").write_text(BEGIN)
    assert sweep.look_through(tmp_path) == []
    (tmp_path / "killed.log").write_text(LEAK)
    assert len(sweep.look_through(tmp_path)) == 4


@pytest.mark.parametrize(
    ("workers", "logged", "code", "summary"),
    [("0", LEAK, 1, "1 failed, 1 passed"), ("2", LEAK, 1, "1 failed, 1 passed"), ("2", "", 0, "2 passed")],
    ids=["one process", "two workers", "no leak"],
)
def test_a_leak_fails_a_run_whose_tests_all_passed(
    tmp_path: Path, workers: str, logged: str, code: int, summary: str
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(PLUGIN)
    (tmp_path / "test_one.py").write_text(TEST.format(logged=BEGIN + logged))
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "xdist.plugin", "-n", workers, str(tmp_path)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root), "PATH": os.defpath, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert ran.stdout.strip().splitlines()[-1].startswith(summary), ran.stdout
