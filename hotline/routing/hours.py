"""Hours of the day in a rule: `22-6` is from ten in the evening to before six in the morning."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

Hours = Annotated[str, StringConstraints(pattern=r"^(1?[0-9]|2[0-3])-(1?[0-9]|2[0-4])$")]


def hours_of(hours: str) -> frozenset[int]:
    """Every full hour the words mean; the first one alone when both are the same."""
    first, last = map(int, hours.split("-"))
    if first == last:
        return frozenset({first})
    return frozenset(range(first, last) if first < last else (*range(first, 24), *range(last)))
