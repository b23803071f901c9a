"""The one function the rest of the service asks: what is this, and who handles it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from hotline.routing.categories import Category, Group
from hotline.routing.decision import Decision
from hotline.routing.departments import DepartmentTree


@dataclass(frozen=True, slots=True)
class Routing:
    """Groups, categories, departments and rules of one union, checked against each other."""

    groups: Mapping[str, Group]
    categories: Mapping[str, Category]
    departments: DepartmentTree


def load_routing(directory: Path) -> Routing:
    """Read categories.toml, departments.toml and routing.toml. Raises `ConfigurationError` naming every mistake."""
    raise NotImplementedError(directory)


def decide(
    routing: Routing,
    text: str,
    *,
    place: str = "",
    employer: str = "",
    people: int | None = None,
    amount_owed: Decimal | None = None,
    channel: str = "phone",
) -> Decision:
    """What the rules say about this narrative; `amount_owed` in yuan, `people` counts those affected."""
    raise NotImplementedError(routing, text, place, employer, people, amount_owed, channel)
