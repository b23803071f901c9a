"""A crowd that calls, for every test of incidents."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.incidents.crowd import Crowd


@pytest.fixture
async def crowd(session: AsyncSession) -> Crowd:
    """Nobody has called yet."""
    return await Crowd(session).open()
