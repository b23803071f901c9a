"""Kinds of matter: groups, and the categories within them."""

from __future__ import annotations

from dataclasses import dataclass

OUTSIDE = "outside"
"""The group of matters that are not the union's: they are referred to somebody else, never routed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of categories, handled by the same department of a place.

    `also` holds other names by which labelled texts may call it.
    """

    code: str
    name: str
    name_en: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A kind of matter.

    `facts` names what should be asked (codes of `hotline.routing.facts.QUESTIONS`); `refer_to` is the number or the
    office that is right for a matter outside the union's duties, empty within them.
    """

    code: str
    name: str
    name_en: str
    group: str
    refer_to: str = ""
    facts: tuple[str, ...] = ()
