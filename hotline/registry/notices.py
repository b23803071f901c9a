"""The channel on which every process hears that the register has changed."""

from __future__ import annotations

from typing import Final

CHANGED: Final = "hotline_registry"
