"""Patterns in rules: RE2 alone, which never takes longer than the text is long, whatever somebody writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol

import re2

from hotline.i18n import mark

LONGEST_PATTERN = 200
_MEMORY = 1 << 19
"""Bytes RE2 may use for one pattern: what needs more is refused."""

_REFERS_BACK = re.compile(r"\\[1-9]|\(\?P=|\(\?<?[=!]")
_REPEATS_TOO_MUCH = ("invalid repetition size", "too large")


class Found(Protocol):
    """A place a pattern fits."""

    def span(self) -> tuple[int, int]:
        """From which character to before which."""


class Pattern(Protocol):
    """A pattern made ready."""

    def search(self, text: str) -> Found | None:
        """The first place the pattern fits, None when there is none."""


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Pattern:
    """The pattern made ready; raises `re2.error`. Large and small letters are the same, as in the normal form."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = _MEMORY
    made: Pattern = re2.compile(pattern, options)
    return made


def pattern_faults(pattern: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Why this pattern cannot be used: msgids with their values, none for a good one."""
    params: dict[str, Any] = {"pattern": pattern}
    if len(pattern) > LONGEST_PATTERN:
        params["pattern"] = f"{pattern[:20]}…"
        yield mark("“{pattern}” is longer than 200 characters. Please make several patterns of it."), params
        return
    try:
        made = compiled(pattern)
    except re2.error as problem:
        reason = _words(problem)
        if _REFERS_BACK.search(pattern):
            yield mark("“{pattern}” refers back, or looks ahead or behind. Patterns here cannot do that."), params
        elif any(sign in reason for sign in _REPEATS_TOO_MUCH):
            yield mark("“{pattern}” repeats too much. Please use smaller numbers."), params
        else:
            yield mark("“{pattern}” is no pattern: {reason}."), {**params, "reason": reason}
        return
    if made.search("") is not None:
        yield mark("“{pattern}” fits an empty text: it would hold everywhere."), params


def _words(problem: Exception) -> str:
    told = problem.args[0] if problem.args else ""
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
