"""SQL stands in few, known files."""

from __future__ import annotations

import ast
from collections.abc import Iterator

QUERY_ROOMS = {
    "hotline/storage/": "the engine, the transaction, notices and kept answers",
    "hotline/migrations/": "changes of the schema",
    "hotline/doctor/": "asks the server about itself",
    "hotline/demo/": "makes a year of cases in bulk",
    "hotline/reminders/": "each duty is one question, and the engine writes what follows",
}
QUERY_MODULES = {
    "hotline/accounts/key_queries.py": "sessions and tokens by their hash, in one round trip",
    "hotline/accounts/queries.py": "accounts, attempts and one-time codes",
    "hotline/calendars/queries.py": "notices of working days, open cases with dates, and what has moved",
    "hotline/cases/case_file.py": "the file of a case in one statement",
    "hotline/cases/callers.py": "who a number is, and which of their cases are open",
    "hotline/cases/corrections.py": "a correction, written with what the rules had said",
    "hotline/cases/drafts.py": "what an operator has typed and not yet sent",
    "hotline/cases/quality.py": "samples of ended cases, and how often each point was met",
    "hotline/cases/queries.py": "one case, and single things about it",
    "hotline/cases/queue.py": "lists of cases, page by page, and their counts",
    "hotline/cases/rights.py": "the permission table as a condition",
    "hotline/cases/search_statements.py": "cases by numbers, names and words",
    "hotline/cases/statutory_lists.py": "statutory clocks by what lapses first",
    "hotline/cases/statutory_models.py": "tables of statutory clocks and of receipts",
    "hotline/cases/statutory_queries.py": "statutory clocks of a case with all that is on record",
    "hotline/cases/store.py": "a new case in one statement",
    "hotline/cases/standing_still.py": "what needs a decision, kind by kind",
    "hotline/cases/task_models.py": "tables of what others were asked on a case",
    "hotline/cases/task_queries.py": "what of that is still open",
    "hotline/incidents/queries.py": "what was raised, and which cases belong to it",
    "hotline/incidents/raising.py": "who told of which thing, and what of it is a warning",
    "hotline/letters/sight.py": "who may see a letter, as a condition",
    "hotline/letters/store.py": "letters: found, listed, numbered",
    "hotline/privacy/trail.py": "the trail: written, and read page by page",
    "hotline/registry/imports.py": "imports: begun, listed, written down",
    "hotline/registry/queries.py": "one organisation, who stands above and below, what was changed",
    "hotline/registry/search.py": "organisations by codes, names, letters and addresses",
    "hotline/registry/store.py": "many organisations at once, by COPY",
    "hotline/reports/board.py": "what waits, what is late, and how old it is",
    "hotline/reports/behind.py": "the cases behind a figure",
    "hotline/reports/keeping.py": "what of each case is counted, read and added up behind the cases",
    "hotline/reports/months.py": "whole months counted once",
    "hotline/reports/reading.py": "sums and open cases, under the rights of who asks",
    "hotline/reports/views.py": "choices of figures people have named, and monthly reports as they were made",
    "hotline/rulebook/backtest_queries.py": "backtests: claimed, heard of, ended; past cases batch by batch",
    "hotline/rulebook/queries.py": "rule sets as versions, and how their rules fare",
    "hotline/registry/index.py": "the register, read whole for the index that decisions ask",
    "hotline/reports/writing.py": "how completely cases are written",
    "hotline/rulebook/corrections.py": "corrections, page by page, and the verdict on one",
    "hotline/rulebook/suggestions.py": "what rules learn from: corrected cases, and others beside them",
}
FOR_TYPES = "sqlalchemy.ext.asyncio.AsyncSession"


def sql_in(tree: ast.Module) -> Iterator[str]:
    """What of this module builds or runs SQL: imports of sqlalchemy and asyncpg, and statements given as text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] in {"sqlalchemy", "asyncpg"})
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"sqlalchemy", "asyncpg"}:
            names = {f"{node.module}.{name.name}" for name in node.names}
            yield from names - {FOR_TYPES}
        elif isinstance(node, ast.Attribute) and node.attr == "exec_driver_sql":
            yield node.attr


def test_sql_stands_only_where_it_is_known_to(modules: dict[str, ast.Module]) -> None:
    elsewhere = {
        path: found
        for path, tree in modules.items()
        if not path.startswith(tuple(QUERY_ROOMS)) and path not in QUERY_MODULES and not path.endswith("/models.py")
        if (found := sorted({*sql_in(tree)}))
    }
    assert elsewhere == {}


def test_every_known_query_module_still_asks_something(modules: dict[str, ast.Module]) -> None:
    assert {path for path in QUERY_MODULES if path not in modules or not [*sql_in(modules[path])]} == set()


def status_changes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every place that assigns an attribute `status`, by whatever means, or updates that column of cases."""
    knows_cases = "hotline.cases.models" in ast.unparse(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "status" and isinstance(node.ctx, ast.Store | ast.Del):
            yield node
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            given = {keyword.arg for keyword in node.keywords} | {
                argument.value for argument in node.args if isinstance(argument, ast.Constant)
            }
            if knows_cases and name in {"values", "setattr", "set_attribute"} and "status" in given:
                yield node


def test_the_status_of_a_case_is_assigned_in_exactly_one_function(modules: dict[str, ast.Module]) -> None:
    found = {path: places for path, tree in modules.items() if (places := [*status_changes(tree)])}
    assert found.keys() == {"hotline/cases/handling.py"}
    (place,) = found["hotline/cases/handling.py"]
    (move,) = (
        function
        for function in ast.walk(modules["hotline/cases/handling.py"])
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and place in [*ast.walk(function)]
    )
    assert move.name == "move"
