"""Cases as the figures see them, written straight into the table: any status, any time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hotline.cases.lifecycle import Status
from hotline.cases.models import Case
from hotline.clock import SHANGHAI
from hotline.telephony.calls import Channel

_numbers = itertools.count(1)
NOON = datetime(2026, 11, 10, 12, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)

PutCase = Callable[..., Case]


def make_case(*, status: Status = Status.CLOSED, took: float | None = None, **given: Any) -> Case:
    """A case opened at noon of 10 November, routed at once; `took` hours to its resolution."""
    opened_at = given.setdefault("opened_at", NOON)
    if took is not None:
        given.setdefault("resolved_at", opened_at + took * HOUR)
    given.setdefault("routed_at", opened_at)
    given.setdefault("department", "mediation")
    given.setdefault("category", "arrears")
    blank = {"urgency": "normal", "difficulty": "ordinary", "employer": "", "place": "", "wish": "", "summary": "…"}
    given.setdefault("confidential", False)
    return Case(
        number=f"F{next(_numbers):06}", status=status, channel=Channel.PHONE, reachable=True, **{**blank, **given}
    )
