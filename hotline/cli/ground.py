"""What every command stands on: its settings, the language of its answers, and refusals told without a traceback."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console

if sys.platform != "win32":
    import uvloop

from hotline import log
from hotline.errors import Invalid, Refusal
from hotline.i18n import LANGUAGES, _, language
from hotline.privacy.masking import mask_text
from hotline.settings import Settings, load_settings

_P = ParamSpec("_P")
_T = TypeVar("_T")

err = Console(stderr=True, highlight=False)
out = Console(highlight=False)

with_home = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder of the embedded database.",
)


def told_plainly(command: Callable[_P, _T]) -> Callable[_P, _T]:
    """Tell a refusal in words on standard error and exit with 1; speak the language of the terminal."""

    @wraps(command)
    def run(*given: _P.args, **named: _P.kwargs) -> _T:
        language.set(terminal_language())
        try:
            return command(*given, **named)
        except Invalid as problem:
            for mistake in problem.mistakes:
                err.print(
                    f"{mistake.field}: {_(mistake.message, **mistake.params)}",
                    style="red",
                    markup=False,
                    soft_wrap=True,
                )
        except Refusal as problem:
            err.print(_(problem.message, **problem.params), style="red", markup=False, soft_wrap=True)
        raise SystemExit(1)

    return run


def terminal_language() -> str:
    """Chinese in a Chinese terminal, else English: a terminal may not be able to show Chinese."""
    wanted = os.environ.get("HOTLINE_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return LANGUAGES[0] if wanted.lower().startswith("zh") else "en"


def settings_for(home: Path | None, **given: object) -> Settings:
    """The settings with what the command line says; sets logging up as they ask."""
    settings = load_settings(home=home, **given)
    log.configure(settings.log_level, json=settings.log_json, mask=mask_text)
    return settings


def wait_for(work: Coroutine[Any, Any, _T]) -> _T:
    """Run asynchronous work to its end, on the faster loop where there is one (measured: a third less time a page)."""
    if sys.platform == "win32":
        return asyncio.run(work)
    return uvloop.run(work)
