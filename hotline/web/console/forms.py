"""What several pages do with a form: numbers in hidden fields, and a refusal as texts beside fields."""

from __future__ import annotations

from collections.abc import Iterable

from hotline.errors import Invalid, Mistake, Refusal
from hotline.web.refusals import say, words

LONGEST = 18


def whole_number(text: str) -> int | None:
    """A number that a page of ours has put into a field; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None


def refused(problem: Refusal) -> dict[str, str]:
    """What is wrong, by field; "" is the form as a whole."""
    if isinstance(problem, Invalid):
        return joined(problem.mistakes)
    return {"": words(problem.message, problem.params)}


def joined(mistakes: Iterable[Mistake], *, fields: frozenset[str] | None = None) -> dict[str, str]:
    """The text of every mistake by its field; of a field that is none of `fields`, with the whole form."""
    found: dict[str, list[str]] = {}
    for mistake in mistakes:
        field = mistake.field if fields is None or mistake.field in fields else ""
        found.setdefault(field, []).append(say(mistake))
    return {field: " ".join(texts) for field, texts in found.items()}
