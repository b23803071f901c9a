"""The one place that reads the clock. Everything else is handed `now`."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Due dates are computed, and times shown, in this zone: China has one."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
