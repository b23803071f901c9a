"""One person's piece of work: everything a service needs, handed down explicitly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor
from hotline.policy import Policy
from hotline.privacy.trail import record


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


async def leave_trace(
    work: Work,
    act: str,
    *,
    case_id: int | None = None,
    subject: str = "",
    reason: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Write into the trail what this person has just done, and where from."""
    await record(
        work.session,
        act=act,
        actor_id=work.actor.account_id,
        actor=work.actor.login,
        at=work.now,
        address=work.address,
        request_id=work.request_id,
        case_id=case_id,
        subject=subject,
        reason=reason,
        details=details or {},
    )
