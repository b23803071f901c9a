"""Cases put straight into the table for the figures to count."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.models import Case
from tests.reports.made_cases import PutCase, make_case


@pytest.fixture
def put_case(session: AsyncSession) -> PutCase:
    """Adds a case to the session: flush before asking."""

    def put(**given: Any) -> Case:
        case = make_case(**given)
        session.add(case)
        return case

    return put
