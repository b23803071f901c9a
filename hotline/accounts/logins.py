"""Logins and names: how they may be written, and what is meant by what was typed."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from hotline.errors import Mistake
from hotline.i18n import mark

LONGEST_NAME: Final = 100
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}[a-z0-9]")


def plain_login(typed: str) -> str:
    """The login meant by what was typed: full-width letters and capitals count as plain ones."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def is_login(login: str) -> bool:
    """Whether an account could have this login."""
    return _LOGIN.fullmatch(login) is not None


def login_mistakes(login: str) -> tuple[Mistake, ...]:
    """What speaks against this login for a new account: nothing, or one mistake."""
    if is_login(login):
        return ()
    message = mark(
        "Please take 3 to 64 small Latin letters and digits, with dots and dashes between them, such as wang.li."
    )
    return (Mistake("login", message),)


def name_mistakes(name: str) -> tuple[Mistake, ...]:
    """What speaks against this name of a person: nothing, or one mistake."""
    name = name.strip()
    if 0 < len(name) <= LONGEST_NAME and name.isprintable():
        return ()
    return (Mistake("name", mark("Please give a name of at most {most} characters."), {"most": LONGEST_NAME}),)


def login_taken(login: str) -> Mistake:
    """The mistake of wanting a login somebody has."""
    return Mistake("login", mark("There is an account {login} already. Please take another."), {"login": login})
