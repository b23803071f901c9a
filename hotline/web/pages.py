"""The templates of the console: one environment, everything compiled at start, undefined names refused.

Only jinja2 lives here. The piece that speaks HTTP adds to every context: `actor`, `may`, `csrf`, `lang`, `path`, `nav`,
`hotline_name`, `now`, `flash` (see `templates/base.html`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import _escape_inner, escape  # type: ignore[attr-defined]

from hotline.i18n import _, pick
from hotline.web import show
from hotline.web.compiled import Compiled

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
class NavGroup:
    """Entries that belong together, under a heading; `first`: those among the first of all, for a narrow screen."""

    name: str
    label: str
    items: tuple[NavItem, ...]
    first: int


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


_COMPILED: Final = Compiled(made_by=(Path(__file__), Path(show.__file__)))


class _PlainText(CodeGenerator):
    """Prints what is escaped as plain text.

    The library makes an object of each value that is printed, only to join them all into one text in the end: with
    fifty rows of a list a thousand of them, a tenth of the time for the whole page.
    """

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class _Pages(Environment):
    code_generator_class = _PlainText

    @staticmethod
    def escaped(value: object) -> str:
        """A value as text that is safe in a page; what is markup already stays as it is."""
        return str(_escape_inner(value) if type(value) is str else escape(value))  # the first: `escape`, but for markup


def load_environment(url: Url, *, static_root: str = "/static/", home: Path | None = None) -> Environment:
    """The environment with every template compiled, so that a broken one stops the start and not a call.

    What was compiled is kept in `home` for the next start.

    Raises `jinja2.TemplateError` for a template that cannot be compiled.
    """
    environment = _Pages(
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
    if home is not None:
        _COMPILED.find(home)
    for name in environment.list_templates():
        environment.get_template(name)
    if home is not None:
        _COMPILED.keep(home)
    return environment


def render(environment: Environment, template: str, context: Mapping[str, Any]) -> str:
    """The page as text; raises `jinja2.UndefinedError` when the context lacks a name the template prints."""
    return environment.get_template(template).render(context)
