"""What everybody does with the own account: password, language, and where it is signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hotline.accounts import key_queries, queries
from hotline.accounts.acts import Act
from hotline.accounts.asking import Asking, has_right, is_own, write_down
from hotline.accounts.attempts import PER_ACCOUNT, TOO_MANY, forgive, try_password
from hotline.accounts.models import Account
from hotline.accounts.passwords import hash_password, weaknesses
from hotline.accounts.permissions import Actor, Permission
from hotline.accounts.sessions import LIFE, Begun, begin_session
from hotline.errors import Conflict, Invalid, Mistake, NotAllowed, NotFound
from hotline.i18n import LANGUAGES, mark

_SAME: Final = mark("This is the password you have. Please choose another.")
_WRONG: Final = mark("This is not the password you have now.")


async def change_password(work: Asking, *, current: str, password: str, browser: str, life: timedelta = LIFE) -> Begun:
    """Change the own password: every session ends, and a new one begins for the browser that asks.

    Commits by itself what counts the attempt (see `hotline.accounts.attempts`). Raises `Invalid` with every mistake
    (`current`, `password`), `Conflict` after too many wrong ones, `Unavailable` when too many wait.
    """
    actor = _somebody(work)
    mistakes = list(weaknesses(password, login=actor.login))
    account, limits = await _try_current(work, actor, current)
    if account is None:
        raise Invalid(Mistake("current", _WRONG), *mistakes)
    if current == password:
        mistakes.append(Mistake("password", _SAME))
    if mistakes:
        raise Invalid(*mistakes)
    account.password_hash = await hash_password(password)
    account.password_changed_at = work.now
    account.must_change_password = False
    await work.session.flush()
    await forgive(work.session, limits)
    await key_queries.drop_sessions(work.session, account.id)
    await write_down(work, Act.PASSWORD_CHANGE, subject=account.login)
    return await begin_session(work.session, account.id, address=work.address, browser=browser, now=work.now, life=life)


async def confirm_password(work: Asking, *, current: str) -> None:
    """Make sure that it is still the same person at the screen, before an act that weighs much.

    Commits by itself what counts the attempt. Raises `Invalid`, `Conflict` after too many wrong ones, `Unavailable`.
    """
    account, limits = await _try_current(work, _somebody(work), current)
    if account is None:
        raise Invalid(Mistake("current", _WRONG))
    await forgive(work.session, limits)


async def _try_current(work: Asking, actor: Actor, current: str) -> tuple[Account | None, dict[str, int]]:
    limits = {f"password:{actor.account_id}": PER_ACCOUNT}
    account = await queries.account_by_id(work.session, actor.account_id)
    password_hash = None if account is None else account.password_hash
    tried = await try_password(work.session, password=current, password_hash=password_hash, limits=limits, now=work.now)
    if tried.until is not None:
        raise Conflict(TOO_MANY, at=tried.until)
    if not tried.right or password_hash is None:
        return None, limits
    return await queries.account_unchanged(work.session, actor.account_id, password_hash), limits


async def choose_language(work: Asking, language: str) -> None:
    """Show pages in this language from now on. Raises `Invalid` for one there is not."""
    if language not in LANGUAGES:
        raise Invalid(Mistake("language", mark("Please choose one of the languages there are.")))
    await queries.set_language(work.session, _somebody(work).account_id, language)


async def sign_out(work: Asking) -> None:
    """End the session that asks."""
    actor = _somebody(work)
    if actor.session_id is not None:
        await key_queries.drop_session(work.session, actor.session_id)
        await write_down(work, Act.SIGN_OUT, subject=actor.login)


async def end_session(work: Asking, session_id: str) -> None:
    """End a session of one's own, or of anybody for who manages accounts. Raises `NotFound`."""
    whose = await key_queries.session_owner(work.session, session_id) if session_id.isalnum() else None
    if whose is None or not (is_own(work, whose.id) or has_right(work, Permission.ACCOUNTS_MANAGE)):
        raise NotFound(mark("This session has ended already."))
    await key_queries.drop_session(work.session, session_id)
    await write_down(work, Act.SESSION_END, subject=whose.login)


async def end_other_sessions(work: Asking) -> int:
    """End every session of one's own but the one that asks; how many there were."""
    actor = _somebody(work)
    ended = await key_queries.drop_sessions(work.session, actor.account_id, but=actor.session_id)
    await write_down(work, Act.SESSION_END, subject=actor.login, details={"ended": ended})
    return ended


def _somebody(work: Asking) -> Actor:
    if work.actor is None:
        raise NotAllowed(mark("This is for somebody who is signed in."))
    return work.actor
