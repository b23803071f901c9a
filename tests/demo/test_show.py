"""The command itself, as somebody types it who sees the product for the first time."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.demo.show import DEMO_HOME
from hotline.storage.postgres_files import default_home


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hotline-demo-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


def show(home: Path) -> tuple[str, str, str]:
    """Start the demo, look at it once it is ready, stop it: what the page said, and both of its outputs."""
    command = [sys.executable, "-m", "hotline", "demo", "--home", str(home), "--port", "0", "--cases", "30"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert ready.startswith("ready http://127.0.0.1:"), process.communicate()
            with urllib.request.urlopen(ready.split()[1] + "/health", timeout=20) as answer:  # noqa: S310 - our own address
                page = answer.read().decode()
            process.send_signal(signal.SIGTERM)
            rest, said = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    return page, ready + rest, said


def test_the_demo_is_ready_says_so_in_one_line_and_finds_its_year_again(home: Path) -> None:
    page, printed, said = show(home)
    assert '"well"' in page
    assert printed.count("\n") == 1
    assert "30 of 30 cases" in said
    assert "demo-operator1" in said
    _, again, said_again = show(home)
    assert again.startswith("ready ")
    assert "of 30 cases" not in said_again
    assert "demo-auditor1" in said_again


def test_the_demo_lives_beside_the_service_and_not_in_it() -> None:
    assert DEMO_HOME.parent == default_home().parent
    assert default_home() != DEMO_HOME
