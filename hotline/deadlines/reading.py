"""Reading a configuration file: every mistake named with its file and key, in words for the person who wrote it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from hotline.errors import Invalid, Mistake
from hotline.i18n import mark

MISSING = mark("This is missing. Please add it.")
UNKNOWN = mark("There is no such key. Please check the spelling.")


class Table(BaseModel):
    """A table of a configuration file; unknown keys are refused, so a misspelt one cannot hide."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Model = TypeVar("_Model", bound=Table)


def read_toml(path: Path, *, error: type[Invalid]) -> dict[str, Any]:
    """The content of a TOML file; raises `error` when it is not there or no TOML."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise error(Mistake(path.name, mark("The file cannot be read: {reason}."), {"reason": reason})) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise error(Mistake(path.name, mark("This is no valid TOML: {reason}."), {"reason": str(problem)})) from None


def validate(model: type[_Model], content: Mapping[str, Any], *, file: str, error: type[Invalid]) -> _Model:
    """The content as a `model`; raises `error` with one mistake for each wrong key."""
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        raise error(*_mistakes(problem, file)) from None


def _mistakes(problem: ValidationError, file: str) -> Iterator[Mistake]:
    for found in problem.errors(include_input=False, include_url=False):
        key = ".".join(map(str, found["loc"]))
        match found["type"]:
            case "missing":
                message = MISSING
            case "extra_forbidden":
                message = UNKNOWN
            case _:
                message = found["msg"].removeprefix("Value error, ")
        yield Mistake(f"{file}: {key}" if key else file, message)
