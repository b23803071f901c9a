"""Kinds of text people hand in: cleaned the same way wherever they come from.

A NUL cannot be stored and a lone surrogate cannot be written as UTF-8: both are refused with a sentence, as are the
other control characters that no keyboard makes. Line ends become line feeds, white space around is dropped.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from hotline.i18n import mark

NARRATIVE_LENGTH: Final = 4000
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


ODD_CHARACTERS: Final = mark("This contains characters that cannot be stored. Please type it again.")


def can_be_stored(value: str) -> bool:
    """Whether the database takes this text as it is, and a reader gets no invisible signs with it."""
    return _FORBIDDEN.search(value) is None


def _no_odd_characters(value: object) -> object:
    if isinstance(value, str):
        if not can_be_stored(value):
            raise PydanticCustomError("odd_characters", ODD_CHARACTERS)
        return value.replace("\r\n", "\n").replace("\r", "\n")
    return value


def _one_line(value: str) -> str:
    return " ".join(value.split())


_Clean = BeforeValidator(_no_odd_characters)

Line = Annotated[str, _Clean, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_one_line)]
"""One line of up to 200 characters, possibly empty."""

Name = Annotated[str, _Clean, StringConstraints(strip_whitespace=True, max_length=100), AfterValidator(_one_line)]
"""A name of up to 100 characters, possibly empty."""

Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
"""A code out of the configuration."""

Words = Annotated[str, _Clean, StringConstraints(strip_whitespace=True, min_length=1, max_length=NARRATIVE_LENGTH)]
"""Something that must be said, up to 4,000 characters."""

MaybeWords = Annotated[str, _Clean, StringConstraints(strip_whitespace=True, max_length=NARRATIVE_LENGTH)]
"""Something that may be said, up to 4,000 characters."""
