"""Reading the modules a command stands on, without looking for garbage in what lives as long as the process."""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType


def read(name: str) -> ModuleType:
    """Import a module. Measured: collections in between are a sixth of the time, and find next to nothing."""
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()
