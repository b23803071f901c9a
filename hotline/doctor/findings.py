"""What the doctor says, and what it is told to expect."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How bad a finding is: only an error must be put right before the service may run."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: `name`, `what` and `advice` are msgids, `params` fill the places of the last two."""

    name: str
    level: Level
    what: str
    advice: str = ""
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the service needs: the schema revision (None: not to be checked) and the size of its pool."""

    head: str | None = None
    pool_size: int = 10
