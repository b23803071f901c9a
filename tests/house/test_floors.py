"""Imports go down the stairs only, and every module stands on one of them."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from importlinter.cli import lint_imports

SPEAKS_HTTP = {
    "hotline/web/": "pages and API are what it is for",
    "hotline/cli/served.py": "starts the server and names its application",
}
IMPORTS_LATE = {
    "hotline/storage/postgres_files.py": "fcntl is not there on every system",
    "hotline/storage/postgres_programs.py": "pwd is not there on every system",
}


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module a tree imports, and every name it imports from one, dotted."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.fixture(scope="module")
def contracts(root: Path) -> list[dict[str, Any]]:
    with (root / "pyproject.toml").open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return found


def test_the_import_contracts_hold(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert lint_imports(cache_dir=None) == 0, capsys.readouterr().out


def test_every_module_stands_on_a_floor(root: Path, contracts: list[dict[str, Any]]) -> None:
    (floors,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    named = {room.strip() for floor in floors for room in floor.split("|")}
    there = {f"hotline.{path.stem}" for path in (root / "hotline").glob("*.py") if not path.stem.startswith("__")}
    there |= {f"hotline.{path.parent.name}" for path in (root / "hotline").glob("*/__init__.py")}
    assert there == named


def test_pure_modules_are_named_in_the_contract_of_purity(contracts: list[dict[str, Any]]) -> None:
    (pure,) = (contract for contract in contracts if contract["name"] == "Decisions are pure")
    assert {"hotline.routing", "hotline.deadlines", "hotline.cases.lifecycle"} <= set(pure["source_modules"])
    assert {"sqlalchemy", "aiohttp", "asyncpg", "jinja2"} == set(pure["forbidden_modules"])


def test_only_the_web_speaks_http(modules: dict[str, ast.Module]) -> None:
    elsewhere = {
        path
        for path, tree in modules.items()
        if not path.startswith(tuple(SPEAKS_HTTP))
        and any(name == "aiohttp" or name.startswith("aiohttp.web") for name in imports(tree))
    }
    assert elsewhere == set()


def test_imports_stand_on_top_of_a_module(modules: dict[str, ast.Module]) -> None:
    late = {
        path
        for path, tree in modules.items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and [*imports(function)]
    }
    assert late - IMPORTS_LATE.keys() == set()


def test_no_room_is_a_drawer_for_everything(modules: dict[str, ast.Module]) -> None:
    drawers = {"utils", "util", "common", "core", "helpers", "helper", "services", "managers", "misc"}
    names = {part.removesuffix(".py") for path in modules for part in path.split("/")}
    assert names & drawers == set()
