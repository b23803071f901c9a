"""The one place that reads the clock. Everything else is handed `now`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Due dates are computed, and times shown, in this zone: China has one."""


class _Fast:
    """How the demonstration's clock runs: so many times as fast as the real one, since a moment."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.since = datetime.now(UTC)
        self.began = monotonic()

    def now(self) -> datetime:
        return self.since + timedelta(seconds=(monotonic() - self.began) * self.factor)


_fast: list[_Fast] = []


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fast[0].now() if _fast else datetime.now(UTC)


def speed() -> float:
    """How many times as fast as the real clock this one runs: 1, but in a demonstration."""
    return _fast[0].factor if _fast else 1.0


def real_seconds(seconds: float, *, least: float) -> float:
    """How long to wait until this clock has gone on by so many seconds; never less than `least`, on the real one."""
    return max(seconds / speed(), least)


def run_fast(factor: float) -> None:
    """From now on the clock of this process runs so many times as fast; 1 sets it right again. For demonstrations."""
    _fast[:] = [_Fast(factor)] if factor != 1 else []
