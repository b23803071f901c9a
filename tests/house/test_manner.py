"""How this house is written: what stands in no file, and what every test has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

BINARY = {".png", ".ico", ".woff2", ".gz"}
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
REGISTRIES = re.compile(
    r"pypi\.(org|python)|python" + r"hosted\.org|npm" + r"js\.(org|com)|--(extra-)?index" + r"-url|PIP_" + r"INDEX",
    re.IGNORECASE,
)
MACHINE = re.compile(r"(?<![\w.])/(wo" + r"rk|ro" + r"ot)/")


def texts(tracked: list[Path], root: Path) -> Iterator[tuple[str, str]]:
    for path in tracked:
        if path.suffix not in BINARY:
            yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def lines_with(pattern: re.Pattern[str], tracked: list[Path], root: Path) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts(tracked, root)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_is_left_for_later(tracked: list[Path], root: Path) -> None:
    assert lines_with(UNFINISHED, tracked, root) == []


def test_no_file_names_the_host_of_a_registry(tracked: list[Path], root: Path) -> None:
    assert lines_with(REGISTRIES, tracked, root) == []


def test_no_file_names_a_folder_of_the_machine_it_was_written_on(tracked: list[Path], root: Path) -> None:
    assert lines_with(MACHINE, tracked, root) == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_hashes_and_no_addresses(lock: str, root: Path) -> None:
    text = (root / lock).read_text(encoding="utf-8")
    assert "://" not in text
    pinned = re.findall(r"^[a-z0-9][^\n]*==", text, flags=re.MULTILINE | re.IGNORECASE)
    assert len(pinned) > 10
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE | re.IGNORECASE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def every_test(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def called(function: ast.AST) -> set[str]:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}


def says_what_it_expects(function: ast.AST) -> bool:
    names = called(function)
    return (
        any(isinstance(node, ast.Assert) for node in ast.walk(function))
        or bool(names & {"raises", "warns", "fail", "expect", "run_state_machine_as_test"})
        or any(name.startswith(("assert_", "expect_")) for name in names)
    )


def idle_tests(tree: ast.Module) -> Iterator[str]:
    """Names of tests which expect nothing, neither themselves nor through a function of their module."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    expecting = {function.name for function in functions if says_what_it_expects(function)}
    for test in every_test(tree):
        if not says_what_it_expects(test) and not called(test) & expecting:
            yield test.name


def test_every_test_can_fail(suites: dict[str, ast.Module]) -> None:
    assert sum(1 for tree in suites.values() for _test in every_test(tree)) > 100
    idle = [f"{path}: {name}" for path, tree in suites.items() for name in idle_tests(tree)]
    assert idle == []


def test_the_name_of_a_test_is_a_sentence(suites: dict[str, ast.Module]) -> None:
    short = [
        f"{path}: {test.name}"
        for path, tree in suites.items()
        if not path.endswith("conftest.py")
        for test in every_test(tree)
        if len(test.name.split("_")) < 4
    ]
    assert short == []


def test_no_test_is_skipped_for_good(suites: dict[str, ast.Module]) -> None:
    skipped = [
        f"{path}:{node.lineno}"
        for path, tree in suites.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"skip", "xfail"}
        and ast.unparse(node.value) == "pytest.mark"
    ]
    assert skipped == []


def test_nothing_swallows_that_it_is_told_to_stop(modules: dict[str, ast.Module]) -> None:
    # In Python 3.11 asyncio.wait_for loses a cancellation that meets its result: a service would never end.
    users = {path for path, tree in modules.items() for node in ast.walk(tree) if _is_wait_for(node)}
    assert not users, "Please use asyncio.timeout."


def _is_wait_for(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "wait_for"
        and isinstance(node.value, ast.Name)
        and node.value.id == "asyncio"
    )
