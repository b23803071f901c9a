"""A new password is typed twice, for nobody sees what is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hotline.errors import Invalid, Mistake
from hotline.i18n import mark

_DIFFERENT: Final = mark("The two passwords differ. Please type the new one twice.")


def differing(values: Mapping[str, str]) -> tuple[Mistake, ...]:
    """The mistake of having typed the new password in two ways; nothing when both are the same."""
    if values.get("password", "") == values.get("again", ""):
        return ()
    return (Mistake("again", _DIFFERENT),)


def demand_the_same(values: Mapping[str, str]) -> None:
    """Raise `Invalid` where the passwords differ. Comes after the act: the refusal takes back what was done."""
    if mistakes := differing(values):
        raise Invalid(*mistakes)
