"""Words for people: English msgids in the code, Chinese in `catalogues/zh_CN.po`, chosen per request.

Catalogues are read once at start; no compiled files. A msgid without translation shows itself, and a house test fails.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"
CATALOGUES = Path(__file__).parent / "catalogues"

language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
"""The language of the piece of work at hand: `zh` or `en`."""


@cache
def catalogue(code: str) -> dict[str, str]:
    """Every msgid and its translation for a language code; empty for English, whose msgids are the text."""
    if code == "en":
        return {}
    path = CATALOGUES / {"zh": "zh_CN.po"}[code]
    with path.open("rb") as file:
        messages = read_po(file, locale="zh_CN")
    return {str(m.id): str(m.string) for m in messages if m.id and m.string}


def _(message: str, **params: Any) -> str:
    """Translate `message` into the language of the work at hand and fill its `{name}` places."""
    text = catalogue(language.get()).get(message, message)
    return text.format(**params) if params else text


def mark(message: str) -> str:
    """Mark a msgid which is translated later, where it is shown."""
    return message


def pick(name: str, name_en: str) -> str:
    """The one of two names (configuration carries both) that suits the language of the work at hand."""
    return name_en if language.get() == "en" and name_en else name
