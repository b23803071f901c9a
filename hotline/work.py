"""One person's piece of work: everything a service needs, handed down explicitly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor
from hotline.policy import Policy


@dataclass(frozen=True, slots=True)
class Work:
    """A transaction, the policy in force, who works, when, and from where.

    `address` and `request_id` go into the trail.
    """

    session: AsyncSession
    policy: Policy
    actor: Actor
    now: datetime
    address: str = ""
    request_id: str = ""
