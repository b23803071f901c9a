"""The templates of the console: one environment, everything compiled at start, undefined names refused.

Only jinja2 lives here. The piece that speaks HTTP adds to every context: `actor`, `may`, `csrf`, `lang`, `path`, `nav`,
`hotline_name`, `now`, `flash` (see `templates/base.html`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from hotline.i18n import _, pick
from hotline.web import show

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
_HASH_LENGTH = 10

Url = Callable[..., str]
"""`url(name, **parts)`: the address of a route, handed in by the application."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation; `count` is None where there is nothing to count."""

    name: str
    label: str
    href: str
    count: int | str | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Flash:
    """One quiet line after a step, with a link to what it is about and, for a while, a way to take it back."""

    text: str
    href: str = ""
    link_label: str = ""
    undo_action: str = ""
    undo_label: str = ""
    undo_fields: Mapping[str, str] = field(default_factory=dict)


def static_versions(folder: Path = STATIC) -> dict[str, str]:
    """The content hash of every file below `folder`, by its path with forward slashes."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()[:_HASH_LENGTH]
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


class _Compiled(BytecodeCache):
    """What this process has compiled, by place and source: applications after the first begin in no time."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def load_environment(url: Url, *, static_root: str = "/static/") -> Environment:
    """The environment with every template compiled, so that a broken one stops the start and not a call.

    Raises `jinja2.TemplateError` for a template that cannot be compiled.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )
    versions = static_versions()

    def static(path: str) -> str:
        return f"{static_root}{path}?v={versions[path]}"

    environment.globals.update({"_": _, "pick": pick, "url": url, "static": static})
    environment.filters.update(show.FILTERS)
    for name in environment.list_templates():
        environment.get_template(name)
    return environment


def render(environment: Environment, template: str, context: Mapping[str, Any]) -> str:
    """The page as text; raises `jinja2.UndefinedError` when the context lacks a name the template prints."""
    return environment.get_template(template).render(context)
