"""Logging: our own events and those of libraries run through one chain, which keeps personal data out.

Events are counted on, not read like letters: a line says what happened, to which case or request, never to whom. Still
a number can come along in an error's text, a traceback or a library's message; so every value is masked, fields that
hold names or secrets are replaced wholly, and what a database quotes from a row is cut.
"""

from __future__ import annotations

import logging
import math
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from json import dumps
from pathlib import PurePath
from types import TracebackType
from typing import TextIO
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Mask = Callable[[str], str]
"""Hides numbers in running text: `hotline.privacy.masking.mask_text`, handed in because logging lies below it."""

HIDDEN = "[hidden]"
LONGEST = 4096
"""Characters of one value; the rest is cut."""
_DEEPEST, _MOST_ITEMS, _MOST_FRAMES, _MOST_LINKED = 5, 50, 12, 8
_SHORTEST_NUMBER = 10**9
"""Integers from here on may be telephone numbers."""

_HIDDEN_KEYS = frozenset(
    {
        *("caller", "caller_name", "caller_number", "caller_extension", "narrative", "phone", "id_number", "summary"),
        *(
            "password",
            "secret",
            "token",
            "cookie",
            "session",
            "authorization",
            "credentials",
            "database_url",
            "one_time_code",
        ),
        *("form", "body", "draft", "fields", "parameters", "query"),
    }
)
_HIDDEN_ENDINGS = ("_name_of_caller", "_password", "_secret", "_token", "_cookie", "_phone", "_narrative")

_QUOTED_BY_DATABASE = re.compile(
    r"DETAIL:|CONTEXT:|Key \(|Failing row contains|\[parameters:|input_value=|"
    r"invalid input for query argument \$\d+[^:\n]{0,80}:|invalid input (?:syntax|value) [^:\n]{0,80}:"
)
"""Behind these words PostgreSQL, its driver or a validator quotes the very values: the rest of the text is cut."""
_CREDENTIALS = re.compile(r"(://)\S{0,300}(?=@)|\b([Bb]earer|[Bb]asic) \S+")
_QUERY = re.compile(r"\?[^\s\"'?=]{1,100}=[^\s\"']*")
_BREAKS_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def configure(level: str, *, json: bool, mask: Mask, stream: TextIO | None = None) -> None:
    """Set logging up for this process: `level` such as "info", one JSON object a line or lines for people.

    Goes to standard error unless `stream` is given: standard output belongs to answers. Uncaught exceptions are
    logged too, because the interpreter would print what they quote. May be called again.
    """
    chain = _chain(mask)
    renderer: Processor = _json_line
    for_people: list[Processor] = []
    if not json:
        renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        for_people = [_escape_values]
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *for_people, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if not isinstance(other, _Handler)] + [handler]
    root.setLevel(level.upper())
    for chatty in ("sqlalchemy", "asyncio", "aiohttp.access"):
        logging.getLogger(chatty).setLevel(max(root.level, logging.WARNING))
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *chain,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    _log_the_uncaught()


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines; when one cannot be written it says so without quoting it, as the standard handler would."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is the library's
        kind, *_ = sys.exc_info()
        print(f"a log line of {record.name} could not be written: {kind and kind.__name__}", file=sys.__stderr__)


def _chain(mask: Mask) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        _Redaction(mask),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


class _Redaction:
    """The processor which lets no personal data through, wherever in an event it stands."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """Redact every value; exceptions and stacks become text."""
        del logger, method
        kept = {key: event.pop(key) for key in ("_record", "_from_structlog") if key in event}
        try:
            return {**self._redacted(event), **kept}
        except Exception as problem:  # noqa: BLE001 - a value that cannot be read must not break what is being logged
            return {"event": "an event could not be read", "level": "error", "problem": type(problem).__name__, **kept}

    def _redacted(self, event: EventDict) -> EventDict:
        exception = _exception_of(event.pop("exc_info", None))
        stack = event.pop("stack_info", None)
        redacted = {self.text(str(key)): self._field(str(key), value) for key, value in event.items()}
        if exception is not None:
            redacted["exception"] = self._traceback(exception)
        if stack:
            redacted["stack"] = self.text(str(stack))
        return redacted

    def text(self, text: str) -> str:
        """A text without what a database quotes, credentials, query strings and full numbers; at most `LONGEST`."""
        text = text[: LONGEST + 100]  # a number must not be cut in two before it is looked for
        if quoted := _QUOTED_BY_DATABASE.search(text):
            text = text[: quoted.end()] + " …"
        text = self._mask(_QUERY.sub("?…", _CREDENTIALS.sub(_uncredited, text)))
        return text if len(text) <= LONGEST else text[:LONGEST] + "…"

    def _field(self, key: str, value: object, depth: int = 0) -> object:
        name = key.lower().replace("-", "_")
        if name in _HIDDEN_KEYS or name.endswith(_HIDDEN_ENDINGS):
            return HIDDEN if value else ""
        return self._value(value, depth)

    def _value(self, value: object, depth: int) -> object:
        match value:
            case None | bool():
                return value
            case Enum():
                return self._value(value.value, depth)
            case str():
                return self.text(value)
            case int():
                masked = self.text(str(value)) if abs(value) >= _SHORTEST_NUMBER else value
                return value if masked == str(value) else masked
            case float():
                return value if math.isfinite(value) else str(value)
            case Decimal() | UUID() | PurePath() | date() | datetime() | time():
                return self.text(str(value))
            case BaseException():
                return f"{type(value).__name__}: {self.text(_message(value))}"
            case Mapping() | list() | tuple() | set() | frozenset():
                return self._container(value, depth + 1)
            case _:
                # What an object prints of itself is unknown: a call would print its caller.
                return f"<{type(value).__name__}>"

    def _container(self, value: Iterable[object], depth: int) -> object:
        if depth > _DEEPEST:
            return "…"
        if isinstance(value, Mapping):
            pairs = [(str(key), value[key]) for key, _ in zip(value, range(_MOST_ITEMS), strict=False)]
            return {self.text(key): self._field(key, item, depth) for key, item in pairs}
        return [self._value(item, depth) for item, _ in zip(value, range(_MOST_ITEMS), strict=False)]

    def _traceback(self, exception: BaseException, depth: int = 0) -> str:
        """The exception and those behind it, oldest first, without local variables."""
        parts = []
        for behind, joint in _linked(exception):
            frames = [self.text(frame).rstrip() for frame in traceback.format_tb(behind.__traceback__, -_MOST_FRAMES)]
            name = f"{type(behind).__module__}.{type(behind).__qualname__}"
            message = "\n".join([_message(behind), *map(str, getattr(behind, "__notes__", ()))])
            parts.append(joint + "\n".join([*frames, f"{name}: {self.text(message)}", ""]))
            if isinstance(behind, BaseExceptionGroup) and depth < _DEEPEST:
                parts += [f"+ {self._traceback(inner, depth + 1)}\n" for inner in behind.exceptions[:_MOST_LINKED]]
        whole = "".join(parts).rstrip()
        half = LONGEST // 2
        return whole if len(whole) <= LONGEST else f"{whole[:half]}\n…\n{whole[-half:]}"


def _exception_of(exc_info: object) -> BaseException | None:
    """The exception meant by `exc_info=True`, a triple or the exception itself."""
    match exc_info:
        case BaseException():
            return exc_info
        case (_, BaseException() as exception, _):
            return exception
        case None | False | ():
            return None
        case _:
            return sys.exc_info()[1]


def _linked(exception: BaseException) -> list[tuple[BaseException, str]]:
    """The exception and those it came from, oldest first, each with the sentence that leads to it."""
    links: list[tuple[BaseException, str]] = []
    seen: set[int] = set()
    at: BaseException | None = exception
    while at is not None and id(at) not in seen and len(links) < _MOST_LINKED:
        seen.add(id(at))
        behind, joint = at.__cause__, "which was the direct cause of:\n"
        if behind is None and not at.__suppress_context__:
            behind, joint = at.__context__, "while handling it another came up:\n"
        links.append((at, joint if behind is not None else ""))
        at = behind
    return links[::-1]


def _uncredited(found: re.Match[str]) -> str:
    return f"{found[1] or found[2]}…"


def _message(exception: BaseException) -> str:
    try:
        return str(exception)
    except Exception:  # noqa: BLE001 - an exception that cannot say what it is must not break logging
        return "(no message)"


def _json_line(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """One line, whatever stands in the values; Chinese stays readable."""
    del logger, method
    ordered = {key: event.pop(key) for key in ("timestamp", "level", "logger", "event") if key in event}
    ordered.update(event)
    line = dumps(ordered, ensure_ascii=False, default=lambda value: f"<{type(value).__name__}>")
    return _BREAKS_A_LINE.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _escape_values(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """For lines that people read: nothing in a value may move the cursor, colour the screen or begin a line."""
    del logger, method
    escaped = {}
    for key, value in event.items():
        if isinstance(value, str):
            lines = value.split("\n") if key in {"exception", "stack"} else [value]
            escaped[_escape(key)] = "\n    ".join(map(_escape, lines))
        else:
            escaped[_escape(key)] = value  # shown as Python writes it, escaped
    return escaped


def _escape(text: str) -> str:
    return _BREAKS_A_LINE.sub(lambda found: ascii(found[0])[1:-1], text)


def _log_the_uncaught() -> None:
    """Send what nobody caught through the chain; a hook somebody else has set stays."""
    log = logging.getLogger("hotline")

    def uncaught(kind: type[BaseException], value: BaseException | None, _: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("uncaught exception", exc_info=value or kind())

    def uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            log.critical("uncaught exception in a thread", exc_info=args.exc_value or args.exc_type())

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        log.error("exception that could not be raised", exc_info=args.exc_value)

    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = uncaught_in_thread
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = unraisable
