"""On which line of a rule file a mistake stands: TOML itself tells that only of what it cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hotline.errors import Mistake

_RULE = re.compile(r"^\s*\[\[\s*rule\s*\]\]")
_TABLE = re.compile(r"^\s*\[")
_ID = re.compile(r"""^\s*id\s*=\s*["']([^"']*)["']""")
_WORTH_LOOKING_FOR = ("pattern", "word", "weight", "example", "code", "key")
"""Values of a mistake that stand in the file as they are; the most telling first."""


def with_lines(mistakes: Iterable[Mistake], source: str, *, file: str) -> Iterator[Mistake]:
    """The same mistakes, those of the rules and the head of `file` with their line: `routing.toml:87: rule wages`."""
    lines = source.split("\n")
    rules = _rules(lines)
    for mistake in mistakes:
        where = mistake.field.removeprefix(file)
        name = where.removeprefix(": rule ") if where.startswith(": rule ") else None
        if not mistake.field.startswith(file) or (where and name is None):
            yield mistake
            continue
        if name is None:
            line = _line_of(mistake, lines, 0, min((start for start, _ in rules), default=len(lines)))
        else:
            line = _line_in_rules(mistake, name, lines, rules)
        yield Mistake(f"{file}:{line}{where}" if line else mistake.field, mistake.message, mistake.params)


def _rules(lines: list[str]) -> list[tuple[int, int]]:
    """Where each rule begins and ends, as indexes of lines."""
    starts = [at for at, line in enumerate(lines) if _RULE.match(line)]
    return [
        (start, next((at for at in range(start + 1, len(lines)) if _ends(lines[at])), len(lines))) for start in starts
    ]


def _ends(line: str) -> bool:
    return bool(_TABLE.match(line)) and not line.lstrip().startswith("[rule.")


def _line_in_rules(mistake: Mistake, name: str, lines: list[str], rules: list[tuple[int, int]]) -> int:
    """The line within the rule of this id, or of this number; of several, where it is said, or else the last."""
    called = [
        (start, end)
        for start, end in rules
        if any((found := _ID.match(line)) and found[1] == name for line in lines[start:end])
    ]
    if not called and name.isdecimal() and 0 < int(name) <= len(rules):
        called = [rules[int(name) - 1]]
    if not called:
        return 0
    said = (_line_of(mistake, lines, start, end) for start, end in called)
    return next((line for line in said if line), 0) or _line_of_id(lines, *called[-1])


def _line_of_id(lines: list[str], start: int, end: int) -> int:
    return next((at + 1 for at in range(start, end) if _ID.match(lines[at])), start + 1)


def _line_of(mistake: Mistake, lines: list[str], start: int, end: int) -> int:
    """The first line that says what the mistake is about; 0 when none does."""
    for name in _WORTH_LOOKING_FOR:
        value = mistake.params.get(name)
        if not isinstance(value, str) or not value:
            continue
        sought = value.split(".", maxsplit=1)[0] if name == "key" else value
        for at in range(start, end):
            if sought in lines[at] or (name == "pattern" and sought.replace("\\", "\\\\") in lines[at]):
                return at + 1
    return 0
