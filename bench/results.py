"""What was measured, beside what was wanted; as a table for the screen and for a file."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from rich.table import Table

COLUMNS: Final = ("What", "Measured", "Goal", "Held")
LIBRARIES: Final = ("hotline", "aiohttp", "asyncpg", "sqlalchemy", "jinja2", "pydantic", "ahocorasick-rs")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: `held` is None where nothing was promised; `aim` is what we would like beyond the goal."""

    what: str
    measured: str
    goal: str = ""
    held: bool | None = None


def at_most(what: str, value: float, limit: float, unit: str, *, aim: float | None = None, more: str = "") -> Figure:
    """A figure that must not be larger."""
    wished = f" (aim {aim:g})" if aim is not None else ""
    return Figure(what, f"{_plain(value)} {unit}{more}".strip(), f"≤ {limit:g} {unit}{wished}".strip(), value <= limit)


def at_least(what: str, value: float, limit: float, unit: str, *, aim: float | None = None, more: str = "") -> Figure:
    """A figure that must not be smaller."""
    wished = f" (aim {aim:g})" if aim is not None else ""
    return Figure(what, f"{_plain(value)} {unit}{more}".strip(), f"≥ {limit:,g} {unit}{wished}".strip(), value >= limit)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _held(figure: Figure) -> str:
    return "" if figure.held is None else "yes" if figure.held else "NO"


def table_of(title: str, figures: Sequence[Figure]) -> Table:
    """For the screen."""
    table = Table(*COLUMNS, title=title, title_justify="left", expand=True)
    for figure in figures:
        style = "" if figure.held is None else "green" if figure.held else "red"
        table.add_row(figure.what, figure.measured, figure.goal, f"[{style}]{_held(figure)}[/]" if style else "")
    return table


def markdown(sections: Sequence[tuple[str, Sequence[Figure]]], *, ground: Sequence[str]) -> str:
    """For the file."""
    lines = [*(f"- {line}" for line in ground), ""]
    for title, figures in sections:
        lines += [f"## {title}", "", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
        lines += [f"| {each.what} | {each.measured} | {each.goal} | {_held(each)} |" for each in figures]
        lines.append("")
    return "\n".join(lines)


def versions() -> str:
    """What ran."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"Python {platform.python_version()}, {libraries}"
