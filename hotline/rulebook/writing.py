"""A rule set as TOML: what the console offers for bulk work and `hotline rules export` writes.

Written for rule sets alone and by their shape alone, so that a new key of a rule is written without a change here.
What is as by default is left out; what is read back is equal to what was written (a property test says so).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hotline.routing.ruleset import RuleSetTable

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_LINE: Final = 110
_CONTROL: Final = re.compile("[\x7f]")


def plain(table: RuleSetTable) -> dict[str, Any]:
    """The rule set as plain values, as it is stored: what is as by default left out."""
    return table.model_dump(mode="json", exclude_defaults=True)


def write_rules(table: RuleSetTable) -> str:
    """The rule set as the text of a file."""
    content = plain(table)
    lists = {key: value for key, value in content.items() if _is_tables(value)}
    lines = [line for key, value in content.items() if key not in lists for line in _pair(_key(key), value)]
    for key, entries in lists.items():
        for entry in entries:
            lines += ["", f"[[{_key(key)}]]"]
            lines += [line for name, value in entry.items() for line in _pair(_key(name), value)]
    return "\n".join(lines) + "\n"


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _pair(key: str, value: Any) -> Iterator[str]:
    """A key with its value; a table within becomes dotted keys, which stay within their [[…]]."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _pair(f"{key}.{_key(str(name))}", inner)
    elif isinstance(value, list) and len(line := f"{key} = {_value(value)}") > _LONGEST_LINE:
        yield f"{key} = ["
        yield from _wrapped([_value(entry) for entry in value])
        yield "]"
    else:
        yield line if isinstance(value, list) else f"{key} = {_value(value)}"


def _wrapped(entries: list[str]) -> Iterator[str]:
    """Entries of a list, as many on a line as fit."""
    line = " "
    for entry in entries:
        if len(line) + len(entry) > _LONGEST_LINE and line.strip():
            yield line
            line = " "
        line += f" {entry},"
    yield line


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            # JSON's escapes are TOML's but for DEL, which TOML wants escaped and JSON leaves as it is.
            return _CONTROL.sub(lambda _found: "\\u007f", json.dumps(value, ensure_ascii=False))
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case Mapping():
            return f"{{ {', '.join(f'{_key(str(name))} = {_value(inner)}' for name, inner in value.items())} }}"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)
