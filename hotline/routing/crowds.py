"""When many tell of the same employer or place: the limits a union decides, out of `config/incidents.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from hotline.errors import Mistake
from hotline.i18n import mark
from hotline.routing.reading import read_toml
from hotline.routing.ruleset import ConfigurationError, Table, shape_mistakes

INCIDENTS_FILE: Final = "incidents.toml"


@dataclass(frozen=True, slots=True)
class Window:
    """So many different callers within so many days are a warning."""

    days: int
    callers: int


@dataclass(frozen=True, slots=True)
class CrowdLimits:
    """Windows from the shortest to the longest, and how many people of one case are a warning by themselves."""

    windows: tuple[Window, ...] = (Window(14, 5), Window(90, 8))
    people: int = 10

    @property
    def longest(self) -> int:
        """Days of the longest window: what is older counts nowhere."""
        return self.windows[-1].days


USUAL: Final = CrowdLimits()
"""The ten-person mark is that of the labour dispute law (调解仲裁法 7): ten or more may choose representatives."""


class _WindowTable(Table):
    days: Annotated[int, Field(ge=1, le=366)]
    callers: Annotated[int, Field(ge=2, le=1000)]


class _CaseTable(Table):
    people: Annotated[int, Field(ge=2, le=100_000)]


class _IncidentsTable(Table):
    window: Annotated[list[_WindowTable], Field(min_length=1, max_length=8)]
    case: _CaseTable


def load_crowd_limits(path: Path) -> CrowdLimits:
    """The limits of this file; the usual ones where there is no file. Raises `ConfigurationError`."""
    return read_crowd_limits(read_toml(path), file=path.name) if path.exists() else USUAL


def read_crowd_limits(content: Mapping[str, Any], *, file: str = INCIDENTS_FILE) -> CrowdLimits:
    """The limits in `content`, checked. Raises `ConfigurationError` naming every mistake."""
    try:
        table = _IncidentsTable.model_validate(content)
    except ValidationError as problem:
        raise ConfigurationError(*shape_mistakes(problem, content, file=file, list_key="window", name="days")) from None
    windows = sorted((Window(one.days, one.callers) for one in table.window), key=lambda one: one.days)
    mistakes = [*_faults(windows, file)]
    if mistakes:
        raise ConfigurationError(*mistakes)
    return CrowdLimits(tuple(windows), table.case.people)


def _faults(windows: list[Window], file: str) -> Iterator[Mistake]:
    for shorter, longer in pairwise(windows):
        if longer.days == shorter.days or longer.callers <= shorter.callers:
            yield Mistake(
                f"{file}: window {longer.days}",
                mark("A longer window needs more callers than a shorter one: else one of the two never speaks."),
            )
