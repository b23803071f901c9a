"""Who asks for an act on accounts: a person at a screen, or somebody at the machine itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.acts import Act
from hotline.accounts.logins import is_login
from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor, Permission, demand, may
from hotline.accounts.queries import account_by_login
from hotline.errors import NotFound
from hotline.i18n import mark
from hotline.privacy.trail import record

MACHINE: Final = "hotline"
"""What the trail calls the service and its command line."""


class Asking(Protocol):
    """A transaction, who asks in it (None: the command line, whose user holds the machine anyway), when, from where.

    `hotline.work.Work` is one, `AtTheMachine` the other.
    """

    @property
    def session(self) -> AsyncSession:
        """The transaction."""

    @property
    def actor(self) -> Actor | None:
        """Who asks."""

    @property
    def now(self) -> datetime:
        """When."""

    @property
    def address(self) -> str:
        """From which address."""

    @property
    def request_id(self) -> str:
        """In which request."""


@dataclass(frozen=True, slots=True)
class AtTheMachine:
    """An act of the command line or of the service itself."""

    session: AsyncSession
    now: datetime
    actor: None = None
    address: str = ""
    request_id: str = ""


def demand_right(work: Asking, permission: Permission) -> None:
    """Raise `NotAllowed` unless who asks has this permission; who sits at the machine has every one."""
    if work.actor is not None:
        demand(work.actor, permission)


def has_right(work: Asking, permission: Permission) -> bool:
    """Whether who asks has this permission; who sits at the machine has every one."""
    return work.actor is None or may(work.actor, permission)


def is_own(work: Asking, account_id: int) -> bool:
    """Whether this is the account of who asks."""
    return work.actor is not None and work.actor.account_id == account_id


async def write_down(work: Asking, act: Act, *, subject: str, details: Mapping[str, Any] | None = None) -> None:
    """Write the act into the trail."""
    await record(
        work.session,
        act=act,
        actor_id=None if work.actor is None else work.actor.account_id,
        actor=MACHINE if work.actor is None else work.actor.login,
        at=work.now,
        address=work.address,
        request_id=work.request_id,
        subject=subject,
        details=details,
    )


async def find_account(work: Asking, login: str, *, lock: bool = False) -> Account:
    """The account of this login, locked until the transaction ends when `lock`. Raises `NotFound`."""
    account = await account_by_login(work.session, login, lock=lock) if is_login(login) else None
    if account is None:
        raise no_account(login)
    return account


def no_account(login: str) -> NotFound:
    """The refusal for a login nobody has."""
    return NotFound(mark("There is no account {login}."), login=login[:64])
