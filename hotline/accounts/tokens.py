"""Keys for machines: scoped, hashed, shown once, revocable, expiring when wished."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts import key_queries, queries
from hotline.accounts.acts import Act
from hotline.accounts.asking import (
    Asking,
    AtTheMachine,
    demand_right,
    find_account,
    has_right,
    is_own,
    no_account,
    write_down,
)
from hotline.accounts.keys import new_token, token_hash
from hotline.accounts.models import Account
from hotline.accounts.permissions import TABLE, Actor, Permission
from hotline.accounts.roles import Role
from hotline.accounts.sessions import Below, Conflicts, actor_from_row, ties_alone
from hotline.errors import Conflict, Invalid, Mistake, NotAllowed, NotFound
from hotline.i18n import mark

LONGEST_NAME: Final = 100
LARGEST_ID: Final = 2**63 - 1
RULING: Final = frozenset({Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR})

SCOPE_LABELS: Final = {
    Permission.CALL_TAKE: mark("Take calls"),
    Permission.CASE_READ: mark("Read cases"),
    Permission.CASE_WORK: mark("Work on cases"),
    Permission.CASE_NOTE: mark("Write notes"),
    Permission.CASE_REVEAL: mark("Reveal names and numbers"),
    Permission.PEOPLE_SEARCH: mark("Search people"),
    Permission.REVIEW_WORK: mark("Work on the review queue"),
    Permission.FIGURES_READ: mark("Read figures"),
    Permission.ACCOUNTS_READ: mark("Read accounts"),
    Permission.ACCOUNTS_MANAGE: mark("Manage accounts"),
    Permission.ROLES_GIVE: mark("Give roles"),
    Permission.TRAIL_READ: mark("Read the trail"),
    Permission.POLICY_READ: mark("Read categories and departments"),
    Permission.REGISTRY_READ: mark("Read union organisations"),
    Permission.REGISTRY_WRITE: mark("Change union organisations"),
    Permission.RULES_READ: mark("Read rules"),
    Permission.RULES_WRITE: mark("Write drafts of rules"),
    Permission.RULES_PUBLISH: mark("Publish rules"),
    Permission.INCIDENTS_READ: mark("Read mass incidents"),
    Permission.INCIDENTS_DECIDE: mark("Decide on mass incidents"),
    Permission.CALENDAR_WRITE: mark("Import notices of working days"),
    Permission.CASE_HELP: mark("Answer as co-handler"),
    Permission.SUPERVISION_READ: mark("Read what needs a decision"),
    Permission.QUALITY_WORK: mark("Judge quality samples"),
    Permission.LETTERS_READ: mark("Read letters"),
    Permission.LETTERS_WRITE: mark("Write letters"),
    Permission.LETTERS_SIGN: mark("Sign letters off"),
    Permission.REMINDERS_READ: mark("Read reminders"),
}
"""Everything a token can be allowed; one's own account and what needs no account are no matter of tokens."""


FOR_MACHINES: Final = frozenset({Permission.CALL_TAKE, Permission.POLICY_READ})
"""What an administrator may let a machine do: who makes a key could use it, and an administrator reads no case."""


@dataclass(frozen=True, slots=True)
class TokenMade:
    """A new token, to be shown once: nobody can read it again."""

    id: int
    token: str


@dataclass(frozen=True, slots=True)
class TokenShown:
    """A token as lists show it; None for `scopes` means all the account may do."""

    id: int
    name: str
    scopes: tuple[str, ...] | None
    made_at: datetime
    expires_at: datetime | None


async def actor_of_token(
    session: AsyncSession, token: str, *, now: datetime, below: Below, conflicts: Conflicts = ties_alone
) -> Actor | None:
    """Who comes with this token, in one round trip; None when it opens nothing (any more)."""
    kept = token_hash(token)
    if kept is None:
        return None
    row = await queries.who_has_token(session, token_hash=kept, now=now)
    return None if row is None else actor_from_row(row, below, conflicts)


async def create_token(
    session: AsyncSession,
    *,
    account_id: int,
    name: str,
    now: datetime,
    scopes: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Make a token at the machine itself (command line, demonstration), where no rights are asked for.

    Raises `Invalid` with every mistake, `NotFound`, `Conflict` for a disabled account.
    """
    account = await queries.account_by_id(session, account_id)
    if account is None:
        raise no_account("")
    work = AtTheMachine(session, now)
    return (await make_token(work, name=name, scopes=scopes, expires_at=expires_at, login=account.login)).token


async def make_token(
    work: Asking,
    *,
    name: str,
    scopes: Iterable[str] | None = None,
    expires_at: datetime | None = None,
    login: str | None = None,
) -> TokenMade:
    """Make a token of one's own, or for the account `login`; None for `scopes` means all the account may do.

    An administrator makes tokens for machines alone (accounts that never had a password) and names their scopes, among
    them none that reads a case; at the machine itself everything may be made. Raises `Invalid` with every mistake,
    `NotFound`, `NotAllowed`.
    """
    account = await _holder(work, login)
    wanted = None if scopes is None else sorted(set(scopes))
    mistakes = [*_name_mistakes(name), *_scope_mistakes(account.role, wanted)]
    if wanted is None and work.actor is not None and not is_own(work, account.id):
        mistakes.append(Mistake("scopes", mark("Please name what the machine may do.")))
    elif wanted is not None and work.actor is not None and not is_own(work, account.id):
        mistakes.extend(_too_much(wanted))
    if expires_at is not None and expires_at <= work.now:
        mistakes.append(Mistake("expires_at", mark("Please choose a time to come.")))
    if mistakes:
        raise Invalid(*mistakes)
    token = new_token()
    token_id = await key_queries.put_token(
        work.session,
        token_hash=token_hash(token),
        account_id=account.id,
        name=name.strip(),
        scopes=wanted,
        created_at=work.now,
        expires_at=expires_at,
    )
    details = {"token": token_id, "scopes": wanted or []}
    await write_down(work, Act.TOKEN_MAKE, subject=account.login, details=details)
    return TokenMade(token_id, token)


async def list_tokens(work: Asking, *, login: str | None = None) -> list[TokenShown]:
    """The tokens of one's own, or of the account `login` for who may read accounts, newest first."""
    if login is not None:
        demand_right(work, Permission.ACCOUNTS_READ)
    account = await _account(work, login)
    return [
        TokenShown(
            id=one.id,
            name=one.name,
            scopes=None if one.scopes is None else tuple(one.scopes),
            made_at=one.created_at,
            expires_at=one.expires_at,
        )
        for one in await key_queries.tokens_of(work.session, account.id)
    ]


async def end_token(work: Asking, token_id: int) -> None:
    """End a token of one's own, or of anybody for who manages accounts. Raises `NotFound`."""
    whose = await key_queries.token_owner(work.session, token_id) if 0 < token_id <= LARGEST_ID else None
    if whose is None or not (is_own(work, whose.id) or has_right(work, Permission.ACCOUNTS_MANAGE)):
        raise NotFound(mark("There is no such token (any more)."))
    await key_queries.revoke_token(work.session, token_id, now=work.now)
    await write_down(work, Act.TOKEN_END, subject=whose.login, details={"token": token_id})


def scopes_for(role: Role) -> tuple[Permission, ...]:
    """What a token of an account with this role could be allowed to do."""
    return tuple(permission for permission in SCOPE_LABELS if role in TABLE[permission])


async def _account(work: Asking, login: str | None) -> Account:
    if login is not None:
        return await find_account(work, login)
    account = None if work.actor is None else await queries.account_by_id(work.session, work.actor.account_id)
    if account is None:
        raise no_account("")
    return account


async def _holder(work: Asking, login: str | None) -> Account:
    if work.actor is not None and work.actor.scopes is not None:
        raise NotAllowed(mark("A token makes no tokens. Sign in on a page for that."))
    account = await _account(work, login)
    if account.disabled_at is not None:
        raise Conflict(mark("This account is disabled. Enable it first."))
    if is_own(work, account.id):
        return account
    demand_right(work, Permission.ACCOUNTS_MANAGE)
    if work.actor is not None and (account.password_hash is not None or account.role in RULING):
        raise NotAllowed(mark("People make their own tokens; you make those of machines."))
    return account


def _name_mistakes(name: str) -> list[Mistake]:
    if 0 < len(name.strip()) <= LONGEST_NAME and name.strip().isprintable():
        return []
    return [Mistake("name", mark("Please say in at most {most} characters what it is for."), {"most": LONGEST_NAME})]


def _too_much(wanted: list[str]) -> list[Mistake]:
    if FOR_MACHINES.issuperset(wanted):
        return []
    message = mark(
        "An administrator reads no case, nor lets a token made here do so. "
        "Who runs the service makes such a token with: hotline token create"
    )
    return [Mistake("scopes", message)]


def _scope_mistakes(role: Role, wanted: list[str] | None) -> list[Mistake]:
    if wanted is None:
        return []
    if not wanted:
        return [Mistake("scopes", mark("Please choose at least one thing the token may do."))]
    possible = {permission.value for permission in scopes_for(role)}
    foreign = ", ".join(scope[:40] for scope in wanted if scope not in possible)
    if not foreign:
        return []
    message = mark("This account may not do {scopes} itself. Please choose from: {possible}.")
    return [Mistake("scopes", message, {"scopes": foreign, "possible": ", ".join(sorted(possible))})]
