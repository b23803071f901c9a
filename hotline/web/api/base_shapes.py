"""What everything has that the API answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

Moment = Annotated[datetime, AfterValidator(lambda at: at.astimezone(UTC))]
"""In UTC, whether it has just been counted in Shanghai or read from the database: one case, one answer."""


class Shape(BaseModel):
    """Base of everything that is answered."""

    model_config = ConfigDict(extra="forbid", ser_json_timedelta="iso8601")
