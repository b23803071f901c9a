"""Ties: somebody has to do with an employer (works there, owns it, is family).

Made and ended by the security officer, who reads no case. A case against that employer is then as if it did not exist
for the person, whatever the role (`hotline.accounts.permissions.allows`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from hotline.accounts import key_queries
from hotline.accounts.acts import Act
from hotline.accounts.asking import Asking, demand_right, find_account, is_own, write_down
from hotline.accounts.permissions import Permission
from hotline.errors import Conflict, Invalid, Mistake, NotAllowed, NotFound
from hotline.i18n import mark

LONGEST_REASON: Final = 200
MOST: Final = 50
_SHORTEST_REASON: Final = 2


async def list_ties(work: Asking, account_id: int) -> Sequence[Any]:
    """What an account is tied to: id, organisation_id, reason, made_by, made_at; the oldest first."""
    demand_right(work, Permission.ACCOUNTS_READ)
    return await key_queries.ties_of(work.session, account_id)


async def make_tie(work: Asking, login: str, *, organisation_id: int, code: str, reason: str) -> None:
    """Tie an account to an organisation; from the next request on its cases do not exist for it.

    Raises `Invalid` without a reason, `NotFound`, `Conflict` when it is tied to it already or to very many.
    """
    demand_right(work, Permission.ROLES_GIVE)
    reason = " ".join(reason.split())
    if not _SHORTEST_REASON <= len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise Invalid(Mistake("tie_reason", mark("Please say in a few words what ties them, for example: family.")))
    account = await find_account(work, login, lock=True)
    ties = await key_queries.ties_of(work.session, account.id)
    if len(ties) >= MOST:
        raise Conflict(mark("An account has at most {most} ties. End one that is no longer true."), most=MOST)
    if any(tie.organisation_id == organisation_id for tie in ties):
        raise Conflict(mark("This account is tied to {code} already."), code=code)
    by = None if work.actor is None else work.actor.account_id
    await key_queries.put_tie(
        work.session,
        account_id=account.id,
        organisation_id=organisation_id,
        reason=reason,
        made_by_id=by,
        made_at=work.now,
    )
    await write_down(work, Act.TIE_MAKE, subject=login, details={"organisation": code})


async def end_tie(work: Asking, login: str, tie_id: int, *, names: Callable[[int], str]) -> None:
    """End a tie; `names` gives an organisation's code by its id, for the trail.

    Raises `NotFound`, `NotAllowed` for one's own.
    """
    demand_right(work, Permission.ROLES_GIVE)
    account = await find_account(work, login, lock=True)
    if is_own(work, account.id):
        raise NotAllowed(mark("Nobody ends the own ties. Ask another security officer."))
    organisation_id = await key_queries.drop_tie(work.session, account.id, tie_id)
    if organisation_id is None:
        raise NotFound(mark("There is no such tie (any more)."))
    await write_down(work, Act.TIE_END, subject=login, details={"organisation": names(organisation_id)})
