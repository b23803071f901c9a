"""Accounts: the list, a new one, and one of them with what may be done to it."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts import codes, people, tokens
from hotline.accounts.my_account import confirm_password
from hotline.accounts.permissions import Permission, may
from hotline.accounts.roles import ROLE_LABELS, Role
from hotline.errors import Conflict, Invalid, Mistake, NotAllowed, Refusal
from hotline.i18n import _, mark
from hotline.web import show as words_of
from hotline.web.console import labels, ties
from hotline.web.console.forms import refused
from hotline.web.console.own_account import session_views
from hotline.web.console.token_forms import grant, read_wish, token_context, wish_refused
from hotline.web.forms import form_values, read_query
from hotline.web.keys import TRANSACTION, WORK
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import status_of
from hotline.work import Work

OVERSEEING: Final = frozenset({Role.SECURITY_OFFICER, Role.AUDITOR})
"""Whose passwords an administrator does not reset (see `hotline.accounts.codes.make_password_code`)."""
_WHICH_ROLE: Final = mark("Please choose a role.")


class ListQuery(BaseModel):
    """Where the page before ended."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, Field(max_length=64)] = ""


async def show_all(request: web.Request) -> web.Response:
    """GET /accounts: everybody, by login."""
    return await _list_page(request)


async def add(request: web.Request) -> web.Response:
    """POST /accounts: a new account, and the code by which its owner chooses the password, shown this one time."""
    values = await form_values(request)
    work = request[WORK]
    try:
        await confirm_password(work, current=values.get("current", ""))
        added = await people.add_account(
            work,
            login=values.get("login", ""),
            name=values.get("name", ""),
            role=_role(values),
            department=values.get("department") or None,
            departments=_departments(work),
            machine=bool(values.get("machine")),
        )
    except (Invalid, Conflict) as problem:
        await request[TRANSACTION].rollback()
        return await _list_page(request, status_of(problem), values=values, mistakes=refused(problem))
    if added.code is None:
        made = Flash(_("The account {login} is made. Give it a token.", login=added.login))
        return redirect(request, "account", login=added.login, flash=made)
    return await _list_page(request, once=_once(added.login, added.code))


async def show(request: web.Request) -> web.Response:
    """GET /accounts/{login}: one account."""
    return await _account_page(request)


async def rename(request: web.Request) -> web.Response:
    """POST /accounts/{login}/name: another name."""
    values = await form_values(request)
    act = people.rename_account(request[WORK], _login(request), name=values.get("name", ""))
    return await _done(request, act, _("The name is changed."), values)


async def give_role(request: web.Request) -> web.Response:
    """POST /accounts/{login}/role: another role; what was open under the old one ends."""
    values = await form_values(request)
    return await _done(request, _give_role(request, values), _("The role is given."), values)


async def _give_role(request: web.Request, values: Mapping[str, str]) -> None:
    work = request[WORK]
    await confirm_password(work, current=values.get("current", ""))
    await people.give_role(
        work,
        _login(request),
        role=_role(values),
        department=values.get("department") or None,
        departments=_departments(work),
    )


async def disable(request: web.Request) -> web.Response:
    """POST /accounts/{login}/disable: let in no more."""
    act = people.disable_account(request[WORK], _login(request))
    return await _done(request, act, _("Disabled. Sessions and tokens have ended."))


async def enable(request: web.Request) -> web.Response:
    """POST /accounts/{login}/enable: let in again."""
    return await _done(request, people.enable_account(request[WORK], _login(request)), _("Let in again."))


async def sign_out(request: web.Request) -> web.Response:
    """POST /accounts/{login}/sign-out: every session ends."""
    act = people.sign_out_everywhere(request[WORK], _login(request))
    return await _done(request, act, _("Signed out everywhere."))


async def make_code(request: web.Request) -> web.Response:
    """POST /accounts/{login}/code: a code by which the owner chooses a new password, shown this one time."""
    try:
        made = await codes.make_password_code(request[WORK], _login(request))
    except (Conflict, NotAllowed) as problem:
        return await _account_page_again(request, problem)
    return await _account_page(request, once=_once(_login(request), made))


async def make_token(request: web.Request) -> web.Response:
    """POST /accounts/{login}/tokens: a token for a machine, shown this one time."""
    wish = await read_wish(request)
    try:
        made = await grant(request[WORK], wish, login=_login(request))
    except Invalid as problem:
        await request[TRANSACTION].rollback()
        return await _account_page(request, 422, **wish_refused(wish, problem))
    except (Conflict, NotAllowed) as problem:
        return await _account_page_again(request, problem)
    return await _account_page(request, token_once=made.token)


async def tie(request: web.Request) -> web.Response:
    """POST /accounts/{login}/ties: what is brought against this employer is not theirs to see."""
    values = await form_values(request)
    return await _done(request, ties.make(request, _login(request), values), _("Written down."), values)


async def end_tie(request: web.Request) -> web.Response:
    """POST /accounts/{login}/ties/{id}/end: they have nothing to do with this employer any more."""
    act = ties.end(request, _login(request), int(request.match_info["id"]))
    return await _done(request, act, _("The tie has ended."))


async def _done(
    request: web.Request, act: Awaitable[object], said: str, values: Mapping[str, str] | None = None
) -> web.Response:
    try:
        await act
    except (Invalid, Conflict, NotAllowed) as problem:
        return await _account_page_again(request, problem, values)
    return redirect(request, "account", login=_login(request), flash=Flash(said))


def _login(request: web.Request) -> str:
    return request.match_info["login"]


def _role(values: Mapping[str, str]) -> Role:
    try:
        return Role(values.get("role", ""))
    except ValueError:
        raise Invalid(Mistake("role", _WHICH_ROLE)) from None


def _departments(work: Work) -> frozenset[str]:
    return frozenset(department.code for department in work.policy.departments)


def _once(login: str, made: codes.CodeMade) -> dict[str, str]:
    return {"login": login, "code": made.code, "until": words_of.full(made.expires_at)}


def _choices(work: Work) -> dict[str, Any]:
    return {
        "roles": [(role.value, _(label)) for role, label in ROLE_LABELS.items()],
        "departments": [(one.code, labels.department_path(work.policy, one.code)) for one in work.policy.departments],
    }


async def _list_page(request: web.Request, status: int = 200, **context: Any) -> web.Response:
    work, here = request[WORK], address(request, "accounts")
    after = read_query(request, ListQuery).after
    found = await people.list_accounts(work, after=after)
    shown: dict[str, Any] = {
        "path": here,
        "accounts": [_view(request, person) for person in found.people],
        "next_href": f"{here}?after={quote(found.next)}" if found.next else "",
        "first_href": here if after else "",
        "values": {},
        "mistakes": {},
        "once": None,
        **_choices(work),
    }
    return await page(request, "console/accounts.html", status, **{**shown, **context})


def _view(request: web.Request, person: people.Person) -> dict[str, Any]:
    policy = request[WORK].policy
    return {
        "login": person.login,
        "name": person.name,
        "role_label": _(ROLE_LABELS[person.role]),
        "department_label": labels.department_path(policy, person.department) if person.department else "",
        "state_label": _(people.STATE_LABELS[person.state]),
        "active": person.state is not people.State.DISABLED,
        "made_at": person.created_at,
        "last_seen_at": person.last_seen_at,
        "href": address(request, "account", login=person.login),
    }


async def _account_page_again(
    request: web.Request, problem: Refusal, values: Mapping[str, str] | None = None
) -> web.Response:
    """The page as it stood before, with what is wrong: nothing of the attempt may show as done."""
    await request[TRANSACTION].rollback()
    return await _account_page(request, status_of(problem), mistakes=refused(problem), typed=values or {})


async def _account_page(
    request: web.Request, status: int = 200, *, typed: Mapping[str, str] | None = None, **context: Any
) -> web.Response:
    work = request[WORK]
    person = await people.get_person(work, _login(request))
    other = person.id != work.actor.account_id
    manages = other and may(work.actor, Permission.ACCOUNTS_MANAGE)
    resets = Permission.ROLES_GIVE if person.role in OVERSEEING else Permission.ACCOUNTS_MANAGE
    alive = person.state is not people.State.DISABLED
    machine = person.state is people.State.WAITING and person.role not in tokens.RULING
    known = {"name": person.name, "role": person.role.value, "department": person.department or ""}
    shown: dict[str, Any] = {
        "account": _view(request, person),
        "values": {**known, **(typed or {})},
        "mistakes": {},
        "once": None,
        "sessions": await session_views(request, person.id) if manages else [],
        "may_manage": manages,
        "may_give_roles": other and may(work.actor, Permission.ROLES_GIVE),
        "may_make_code": other and alive and may(work.actor, resets),
        "path": address(request, "account", login=person.login),
        "token_action": address(request, "account.token", login=person.login) if manages and machine else "",
        "token_may_end": manages,
        **token_context(person.role, await tokens.list_tokens(work, login=person.login)),
        **await ties.tie_context(request, person.login, person.id),
        **_choices(work),
    }
    return await page(request, "console/account.html", status, **{**shown, **context})
