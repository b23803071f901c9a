"""What a union decides about supervising: when a case counts as silent, how long a co-handler has, how much is sampled.

Read from `supervision.toml`; without the file the usual values count.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from hotline.deadlines.limits import LimitsError
from hotline.deadlines.reading import Table, read_toml, validate

SUPERVISION_FILE: Final = "supervision.toml"


@dataclass(frozen=True, slots=True)
class SupervisionLimits:
    """`respond` and `silent` in working days; of the cases that ended on a day `share` percent are sampled.

    `at_least` so many are sampled where there are as many.
    """

    respond: int = 3
    silent: int = 5
    share: int = 5
    at_least: int = 5

    def sample_size(self, ended: int) -> int:
        """How many of so many ended cases are looked at."""
        return min(ended, max(self.at_least, math.ceil(ended * self.share / 100)))


USUAL: Final = SupervisionLimits()


class _CoHandling(Table):
    respond: Annotated[int, Field(ge=0, le=366)] = USUAL.respond


class _Silence(Table):
    working_days: Annotated[int, Field(ge=1, le=366)] = USUAL.silent


class _Sample(Table):
    percent: Annotated[int, Field(ge=0, le=100)] = USUAL.share
    at_least: Annotated[int, Field(ge=0, le=1000)] = USUAL.at_least


class _File(Table):
    co_handling: _CoHandling = _CoHandling()
    silence: _Silence = _Silence()
    quality: _Sample = _Sample()


def load_supervision(path: Path) -> SupervisionLimits:
    """The values of this file; the usual ones where there is none. Raises `LimitsError` naming every mistake."""
    return read_supervision(read_toml(path, error=LimitsError), file=path.name) if path.exists() else USUAL


def read_supervision(content: Mapping[str, Any], *, file: str = SUPERVISION_FILE) -> SupervisionLimits:
    """The values in `content`, checked. Raises `LimitsError`."""
    table = validate(_File, content, file=file, error=LimitsError)
    return SupervisionLimits(
        table.co_handling.respond, table.silence.working_days, table.quality.percent, table.quality.at_least
    )
