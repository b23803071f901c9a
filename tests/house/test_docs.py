"""The documentation is true: generated pages are current, and what a page points at is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import hotline
from docs import generate

LINK = re.compile(r"\]\(([^)\s]+)\)")
MOST_LINES = 120


def pages(root: Path) -> list[Path]:
    return [*root.glob("*.md"), *(root / "docs").rglob("*.md")]


def test_generated_pages_are_current() -> None:
    assert generate.stale() == []


def test_checking_a_stale_page_ends_with_one_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "REFERENCE", tmp_path)
    (tmp_path / "lifecycle.md").write_text("something else", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert "docs/reference/lifecycle.md" in capsys.readouterr().out
    assert (tmp_path / "lifecycle.md").read_text(encoding="utf-8") == "something else"
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


def test_every_link_leads_somewhere(root: Path) -> None:
    broken = [
        f"{page.relative_to(root)}: {link}"
        for page in pages(root)
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link and not link.startswith("#") and not (page.parent / link.partition("#")[0]).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_first_page_is_short_and_names_the_two_commands(name: str, root: Path) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    assert "make run" in text
    assert "make test" in text


def test_every_command_of_make_that_a_page_names_is_there(root: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = {
        target for page in pages(root) for target in re.findall(r"`?make ([a-z]+)`?(?=[`\s]{1,5}#|`)", page.read_text())
    }
    assert {"run", "test", "check"} <= named
    assert named - targets == set()


def test_every_decision_is_one_page_and_stands_in_the_list(root: Path) -> None:
    decisions = sorted(path for path in (root / "docs/adr").glob("0*.md"))
    assert len(decisions) >= 5
    listed = LINK.findall((root / "docs/adr/README.md").read_text(encoding="utf-8"))
    assert listed == [path.name for path in decisions]
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} ")
        assert all(part in text for part in ("## Before us", "## Decision", "## Why", "## What follows"))
        assert len(text.splitlines()) <= 60


def test_the_changes_tell_about_this_version(root: Path) -> None:
    with (root / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == hotline.__version__
    assert f"## {hotline.__version__}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_module_a_page_names_is_there(root: Path) -> None:
    named = {
        (page.relative_to(root).as_posix(), path)
        for page in pages(root)
        for path in re.findall(r"`((?:hotline|docs|tests|config)/[\w/.-]*\w)`", page.read_text(encoding="utf-8"))
    }
    assert len(named) > 5
    assert {(page, path) for page, path in named if not (root / path).exists()} == set()
