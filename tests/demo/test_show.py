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


@pytest.fixture(scope="module")
def shown() -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """A home in which the demo was shown once, and what that looked like."""
    with tempfile.TemporaryDirectory(prefix="hotline-demo-") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        yield home, show(home)


def test_the_demo_is_ready_says_so_in_one_line_and_finds_its_year_again(
    shown: tuple[Path, tuple[str, str, str]],
) -> None:
    home, (page, printed, said) = shown
    assert '"well"' in page
    assert printed.count("\n") == 1
    assert "30 of 30 cases" in said
    assert "demo-operator1" in said
    _, again, said_again = show(home)
    assert again.startswith("ready ")
    assert "of 30 cases" not in said_again
    assert "demo-auditor1" in said_again


def test_the_service_itself_refuses_the_database_of_a_demo(shown: tuple[Path, tuple[str, str, str]]) -> None:
    command = [sys.executable, "-m", "hotline", "serve", "--home", str(shown[0]), "--port", "0"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert "ready" not in refused.stdout
    assert "hotline demo" in refused.stderr
