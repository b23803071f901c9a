"""Tokens on pages: the form in which one is wished for, and the list of those there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, Field

from hotline.accounts.roles import Role
from hotline.accounts.tokens import SCOPE_LABELS, TokenMade, TokenShown, make_token, scopes_for
from hotline.errors import Invalid, Mistake
from hotline.i18n import _
from hotline.web.forms import form_values, read_values
from hotline.web.refusals import say
from hotline.work import Work

USUAL_DAYS: Final = "90"
_LABELS: Final[dict[str, str]] = {scope.value: label for scope, label in SCOPE_LABELS.items()}


class _Life(BaseModel):
    days: Annotated[int | None, Field(ge=1, le=3650)] = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A token as it was wished for; `days` is None for ever, `wrong` names what cannot be read."""

    typed: Mapping[str, str]
    scopes: Sequence[str]
    days: int | None
    wrong: tuple[Mistake, ...] = ()


async def read_wish(request: web.Request) -> Wish:
    """What the form wishes for; nothing is lost of what was typed."""
    values = await form_values(request)
    typed = {name: values.get(name, "") for name in ("name", "days")}
    scopes = [str(scope) for scope in (await request.post()).getall("scopes", [])]
    try:
        return Wish(typed, scopes, read_values({"days": typed["days"]}, _Life).days)
    except Invalid as problem:
        return Wish(typed, scopes, None, problem.mistakes)


async def grant(work: Work, wish: Wish, *, login: str | None = None) -> TokenMade:
    """Make the token. Raises `Invalid` with every mistake; the caller then takes back what was done."""
    ends = None if wish.days is None else work.now + timedelta(days=wish.days)
    try:
        made = await make_token(work, name=wish.typed["name"], scopes=wish.scopes, expires_at=ends, login=login)
    except Invalid as problem:
        raise Invalid(*wish.wrong, *problem.mistakes) from None
    if wish.wrong:
        raise Invalid(*wish.wrong)
    return made


def token_context(role: Role, shown: Sequence[TokenShown]) -> dict[str, Any]:
    """What `console/_tokens.html` expects, with an empty form."""
    return {
        "tokens": [_view(token) for token in shown],
        "token_values": {"days": USUAL_DAYS},
        "token_scopes": [],
        "token_mistakes": {},
        "token_once": None,
        "scopes": [(scope.value, _(SCOPE_LABELS[scope])) for scope in scopes_for(role)],
    }


def wish_refused(wish: Wish, problem: Invalid) -> dict[str, Any]:
    """What changes in that context when the wish has mistakes."""
    return {
        "token_values": wish.typed,
        "token_scopes": wish.scopes,
        "token_mistakes": {mistake.field: say(mistake) for mistake in problem.mistakes},
    }


def _view(token: TokenShown) -> dict[str, Any]:
    if token.scopes is None:
        may = [_("All this account may do")]
    else:
        may = [_(_LABELS.get(scope, scope)) for scope in token.scopes]
    return {
        "id": str(token.id),
        "name": token.name,
        "scopes": may,
        "made_at": token.made_at,
        "expires_at": token.expires_at,
    }
