"""Nothing grows until nobody reads it: files of 1,500 lines never started that way."""

from __future__ import annotations

import ast
from pathlib import Path

MODULE, FUNCTION, TEMPLATE, SCRIPT, TESTS = 300, 40, 120, 120, 400
GENERATED = "hotline/migrations/versions/"


def longer(root: Path, pattern: str, limit: int) -> dict[str, int]:
    lines = {
        path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in root.glob(pattern)
    }
    assert lines, pattern
    return {path: count for path, count in lines.items() if count > limit}


def test_no_module_is_longer_than_300_lines(root: Path) -> None:
    assert longer(root, "hotline/**/*.py", MODULE) == {}
    assert longer(root, "docs/**/*.py", MODULE) == {}


def test_no_module_of_tests_is_longer_than_400_lines(root: Path) -> None:
    assert longer(root, "tests/**/*.py", TESTS) == {}


def test_no_function_is_longer_than_40_lines(modules: dict[str, ast.Module]) -> None:
    found = {
        f"{path}: {node.name}": node.end_lineno - node.lineno + 1
        for path, tree in modules.items()
        if not path.startswith(GENERATED)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    }
    assert {name: length for name, length in found.items() if length > FUNCTION} == {}


def test_no_template_is_longer_than_120_lines(root: Path) -> None:
    assert longer(root, "hotline/web/templates/**/*.html", TEMPLATE) == {}


def test_no_script_of_the_browser_is_longer_than_120_lines(root: Path) -> None:
    assert longer(root, "hotline/web/static/*.js", SCRIPT) == {}
