from __future__ import annotations

from pathlib import Path

import pytest

from hotline.routing.engine import Routing, load_routing

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="session")
def routing() -> Routing:
    return load_routing(CONFIG)
