"""The child process that reads and writes files of the register: `python -m hotline.registry.child`, order on stdin.

A file from outside is read here under limits of memory, time and size, so that whatever is wrong with it ends this
process and nothing else. It knows no database: what it needs of the register lies in files, as does what it makes.
One JSON object a line on standard output: `{"done", "total"}` while it works, at last `{"report"}`.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

if sys.platform != "win32":
    import resource

from hotline.errors import Mistake
from hotline.i18n import _, language
from hotline.registry.cells import Value, cell_text
from hotline.registry.checking import TOLD_EVERY, Checked, check, columns_of, told
from hotline.registry.copying import SEARCHED, forms_of, line_of, lines_in, value_in
from hotline.registry.fields import FIELDS, Type
from hotline.registry.mapping import guess, missing
from hotline.registry.sources import FileRefused, Source, open_source
from hotline.registry.tables import write_csv, write_xlsx

MEMORY: Final = 1536 * 1024 * 1024
SECONDS: Final = 240
LARGEST_FILE: Final = 1024 * 1024 * 1024
ERRORS_TOLD: Final = 200
PROBLEMS: Final = ("问题", "Problem")
"""Heading of the column in which a file of broken rows says what is wrong."""


def main() -> None:
    """Do the one thing that is asked on standard input."""
    order: dict[str, Any] = json.load(sys.stdin)
    _limit(memory=order.get("memory", MEMORY), seconds=order.get("seconds", SECONDS))
    language.set(order.get("language", "zh"))
    try:
        report = TASKS[order["task"]](order)
    except FileRefused as refusal:
        report = {"problem": {"message": refusal.message, "params": refusal.params}}
    _say({"report": report})


def _limit(*, memory: int, seconds: int) -> None:
    if sys.platform == "win32":
        return  # there are no such limits; that of time, which the parent keeps, remains
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(what: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def _tell(done: int, total: int) -> None:
    _say({"done": done, "total": total})


def _check(order: Mapping[str, Any]) -> dict[str, Any]:
    """Check a file; `rows` then holds what can be imported, `broken` the rows that cannot, as a file of their kind."""
    source = open_source(Path(order["file"]), sheet=order.get("sheet") or "")
    given = order.get("mapping")
    mapping = guess(source.headings) if given is None else {code: int(column) for code, column in given.items()}
    report: dict[str, Any] = {
        "headings": source.headings,
        "sheet": source.sheet,
        "sheets": source.sheets,
        "mapping": mapping,
        "kind": source.kind,
        "rows": source.total,
    }
    if lacking := missing(mapping):
        return {**report, "missing": lacking}
    _tell(0, source.total)
    superiors, kept = _known(Path(order["known"]), mapping)
    rows = Path(order["rows"])
    with rows.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")

        def keep(number: int, values: dict[str, Value]) -> None:
            writer.writerow(line_of(number, values, kept.get(str(values["code"]), {})))

        checked = check(source, mapping, known=superiors, keep=keep, tell=_tell)
    if checked.mistakes:
        _leave_out(rows, checked)
        _write_broken(Path(order["broken"]), source, checked, mapping)
    _tell(source.total, source.total)
    return {**report, "rows": checked.rows, "broken": len(checked.mistakes), "errors": _told(checked)}


def _known(path: Path, mapping: Mapping[str, int]) -> tuple[dict[str, str | None], dict[str, dict[str, Any]]]:
    """The superiors of the register's organisations, and of each what is searched and not in the file."""
    needed = [code for code in SEARCHED if code not in mapping]
    superiors: dict[str, str | None] = {}
    kept: dict[str, dict[str, Any]] = {}
    for line in lines_in(path):
        superior = value_in("superior_code", line["superior_code"])
        superiors[line["code"]] = superior if isinstance(superior, str) else None
        if needed:
            kept[line["code"]] = {code: value_in(code, line[code]) for code in needed}
    return superiors, kept


def _leave_out(path: Path, checked: Checked) -> None:
    """Take out the rows that looked right until all were known."""
    narrowed = path.with_suffix(".narrowed")
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8", newline="") as old, narrowed.open("w", encoding="utf-8", newline="") as new:
        writer = csv.writer(new, lineterminator="\n")
        writer.writerows(line for line in csv.reader(old) if int(line[0]) not in checked.mistakes)
    narrowed.replace(path)


def _write_broken(path: Path, source: Source, checked: Checked, mapping: Mapping[str, int]) -> None:
    problem = next((at for at, heading in enumerate(source.headings) if heading in PROBLEMS), len(source.headings))
    headings = [*source.headings[:problem], _("Problem"), *source.headings[problem + 1 :]]

    def rows() -> Any:
        for number, cells in source.rows():
            if (mistakes := checked.mistakes.get(number)) is not None:
                filled = [*cells, *[""] * (len(headings) - len(cells))][: len(headings)]
                filled[problem] = "；".join(told(mistake, _say_mistake) for mistake in mistakes)
                yield filled, {problem, *columns_of(mistakes, mapping)}

    _write(source.kind, path, headings, rows())


def _write(kind: str, path: Path, headings: list[str], rows: Any) -> None:
    if kind == "csv":
        write_csv(path, headings, rows)
    else:
        write_xlsx(path, _("Union organisations"), headings, rows)


def _say_mistake(mistake: Mistake) -> str:
    return _(mistake.message, **mistake.params)


def _told(checked: Checked) -> list[dict[str, Any]]:
    return [
        {"row": row, "field": mistake.field, "message": mistake.message, "params": mistake.params}
        for row in sorted(checked.mistakes)[:ERRORS_TOLD]
        for mistake in checked.mistakes[row]
    ][:ERRORS_TOLD]


def _export(order: Mapping[str, Any]) -> dict[str, Any]:
    """Write the organisations of `known` as a file for people, with the headings by which it is imported again."""
    total, done = int(order["total"]), 0

    def rows() -> Any:
        nonlocal done
        for line in lines_in(Path(order["known"])):
            done += 1
            if done % TOLD_EVERY == 0:
                _tell(done, total)
            yield [_shown(order["kind"], field, value_in(field.code, line[field.code])) for field in FIELDS], ()

    _write(order["kind"], Path(order["out"]), [field.label for field in FIELDS], rows())
    return {"rows": done}


def _shown(kind: str, field: Any, value: Value) -> Any:
    if kind == "xlsx" and field.type in {Type.DATE, Type.COUNT}:
        return value
    return cell_text(field, value)


def _forms(order: Mapping[str, Any]) -> dict[str, Any]:
    """The forms in which one organisation is searched: pinyin needs dictionaries the service does without."""
    return forms_of(
        name=order["name"], old_names=order["old_names"], aliases=order["aliases"], address=order["address"]
    )


TASKS: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "check": _check,
    "export": _export,
    "forms": _forms,
}

if __name__ == "__main__":
    main()
