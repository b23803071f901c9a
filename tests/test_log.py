from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st

from hotline import log
from hotline.privacy.masking import mask_text
from hotline.telephony.calls import Channel

NUMBER, NAME, SECRET = "13857910246", "欧阳青禾", "q8-Zitrone"
LEAKS = (NUMBER, "138-5791-0246", "138 5791 0246", "１３８５７９１０２４６", NAME, SECRET)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    yield
    root.handlers, sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@dataclass
class Lines:
    stream: io.StringIO

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def event(self) -> dict[str, Any]:
        (event,) = self.events
        return event


def configured(*, as_json: bool = True, level: str = "info") -> Lines:
    stream = io.StringIO()
    logging.getLogger().handlers = []  # those of the test runner print what they are given
    log.configure(level, json=as_json, mask=mask_text, stream=stream)
    return Lines(stream)


@pytest.fixture
def lines() -> Lines:
    return configured()


def logger() -> Any:
    return structlog.get_logger("hotline.tests")


def test_an_event_is_one_json_object_with_time_level_and_origin(lines: Lines) -> None:
    logger().info("case routed", case="20261124-0001", department="legal_aid", ms=1.5, tries=2, late=False, lead=None)
    event = lines.event
    assert datetime.fromisoformat(event.pop("timestamp")).utcoffset() == datetime.now(UTC).utcoffset()
    assert event == {
        "level": "info",
        "logger": "hotline.tests",
        "event": "case routed",
        "case": "20261124-0001",
        "department": "legal_aid",
        "ms": 1.5,
        "tries": 2,
        "late": False,
        "lead": None,
    }


def test_what_is_bound_to_the_request_stands_in_every_line(lines: Lines) -> None:
    with structlog.contextvars.bound_contextvars(request_id="7f3a", caller_name=NAME):
        logger().info("one")
        logging.getLogger("library").warning("two")
    assert [event["request_id"] for event in lines.events] == ["7f3a", "7f3a"]
    assert NAME not in lines.text


@pytest.mark.parametrize("leak", LEAKS[:4])
def test_a_number_is_masked_wherever_it_stands(lines: Lines, leak: str) -> None:
    logger().warning(f"tried {leak}", a=leak, b=[leak, {"c": (leak,)}], d={leak: 1}, e=ValueError(leak), f=int(NUMBER))
    logging.getLogger("library").warning("of %s and %r", leak, [leak])
    assert lines.text.count("****") >= 8
    assert not any(each in lines.text for each in LEAKS)


@pytest.mark.parametrize(
    "key",
    ["caller_name", "Caller-Number", "narrative", "new_password", "api_token", "Cookie", "set-cookie", "form", "body"],
)
def test_fields_of_names_and_secrets_are_replaced_wholly(lines: Lines, key: str) -> None:
    logger().info("signed in", **{key: SECRET}, inner={"deep": [{key: [SECRET]}]})
    assert SECRET not in lines.text
    assert lines.event[key] == log.HIDDEN
    assert lines.event["inner"] == {"deep": [{key: log.HIDDEN}]}


def test_an_object_does_not_print_itself(lines: Lines) -> None:
    @dataclass
    class Caller:
        name: str

    logger().info("call", caller_of=Caller(NAME), raw=NAME.encode())
    assert lines.event["caller_of"] == "<Caller>"
    assert lines.event["raw"] == "<bytes>"


def test_plain_values_stay_readable(lines: Lines) -> None:
    logger().info(
        "x", amount=Decimal("12.50"), channel=Channel.WEB, at=datetime(2026, 11, 24, tzinfo=UTC), odd=float("nan")
    )
    event = lines.event
    assert (event["amount"], event["channel"], event["odd"]) == ("12.50", "web", "nan")
    assert event["at"] == "2026-11-24 00:00:00+00:00"


def _violation() -> None:
    caller_name, number = NAME, NUMBER
    problem = ValueError(
        'duplicate key value violates unique constraint "uq_calls"\n'
        f"DETAIL:  Key (caller_name, caller_number)=({caller_name},\n{number}) already exists."
    )
    raise problem


def _failing_row() -> None:
    msg = f"new row violates check constraint\nFailing row contains (1, {NAME}, {SECRET})."
    raise ValueError(msg)


def _wrong_argument() -> None:
    msg = f"invalid input for query argument $2: '{NAME}' (expected int)"
    raise ValueError(msg)


def _wrapped() -> None:
    try:
        _violation()
    except ValueError as problem:
        msg = f"(UniqueViolationError)\n[SQL: …]\n[parameters: ('{NAME}',)]"
        raise RuntimeError(msg) from problem


def _while_handling() -> None:
    try:
        _failing_row()
    except ValueError:
        raise KeyError(NUMBER)  # noqa: B904 - the context is the point


def _group() -> None:
    problems: list[Exception] = []
    for act in (_violation, _wrapped, _wrong_argument):
        try:
            act()
        except Exception as problem:  # noqa: BLE001 - collected
            problems.append(problem)
    msg = "several"
    raise ExceptionGroup(msg, problems)


def _noted() -> None:
    problem = ValueError("noted")
    problem.add_note(f"called from {NUMBER}")
    problem.add_note(f"Key (caller_name)=({NAME}) is not present")
    raise problem


ACTS = [_violation, _failing_row, _wrong_argument, _wrapped, _while_handling, _group, _noted]


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("act", ACTS)
def test_an_exception_tells_where_but_quotes_nobody(act: Callable[[], None], *, as_json: bool) -> None:
    lines = configured(as_json=as_json)
    try:
        act()
    except Exception as problem:
        logger().exception("failed")
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
        logger().error("failed", error=problem, text=str(problem))
    assert act.__name__ in lines.text
    assert not any(leak in lines.text for leak in LEAKS)


def test_the_cause_stands_before_what_it_caused(lines: Lines) -> None:
    try:
        _wrapped()
    except RuntimeError:
        logger().exception("failed")
    trace = lines.event["exception"]
    assert trace.index("builtins.ValueError: duplicate key") < trace.index("direct cause") < trace.index("RuntimeError")


def test_an_exception_that_cannot_say_what_it_is_is_logged(lines: Lines) -> None:
    class Mute(Exception):  # noqa: N818 - as libraries name theirs
        def __str__(self) -> str:
            raise ValueError

    logger().error("failed", exc_info=Mute())
    assert "(no message)" in lines.event["exception"]


def test_a_circle_of_causes_ends(lines: Lines) -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    logger().error("failed", exc_info=first)
    assert lines.event["exception"].count("first") == 1


def test_credentials_and_queries_of_addresses_are_cut(lines: Lines) -> None:
    logger().info(
        f"postgresql://hotline:{SECRET}@127.0.0.1:5432/hotline", h=f"Bearer {SECRET}", q=f"/search?q={NAME}&n=1"
    )
    assert lines.event["event"] == "postgresql://…@127.0.0.1:5432/hotline"
    assert (lines.event["h"], lines.event["q"]) == ("Bearer…", "/search?…")


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize(
    "hostile", ["a\r\nb", "\x1b[31mred", "\x00", "\u2028", "\x85", "\u202eevil", "\ud800", "\x9b1m", "\v\f"]
)
def test_no_value_begins_a_line_or_moves_the_cursor(hostile: str, *, as_json: bool) -> None:
    lines = configured(as_json=as_json)
    logger().info(f"said {hostile}", value=hostile, inner=[hostile], **{f"k{hostile}": 1})
    logging.getLogger("library").warning(hostile)
    text = lines.text
    text.encode()  # a lone surrogate would break the stream
    assert len(text.rstrip("\n").splitlines()) == 2
    assert all(character.isprintable() for character in text.replace("\n", ""))


@given(st.text(st.characters(codec=None)))
@example("?0=")
def test_any_value_is_one_line_that_reads_back_but_for_what_is_cut(value: str) -> None:
    """A query string does not read back, wherever it stands: it may hold what somebody searched for."""
    lines = configured()
    logger().info("x", value=value)
    assert lines.text.count("\n") == 1
    assert lines.event["value"] == mask_text(log._QUERY.sub("?…", value))


def test_a_long_value_is_cut_and_a_number_at_the_cut_still_masked(lines: Lines) -> None:
    logger().info("x" * 1_000_000, value="x" * (log.LONGEST - 10) + NUMBER)
    assert len(lines.text) < 3 * log.LONGEST
    assert NUMBER[:10] not in lines.text


def test_deep_and_wide_values_are_bounded(lines: Lines) -> None:
    deep: list[Any] = []
    deep.append(deep)
    logger().info("x", deep=deep, wide=list(range(100_000)), keys={str(n): n for n in range(100_000)})
    assert len(lines.text) < 3 * log.LONGEST


def test_a_value_that_breaks_when_read_does_not_break_the_work(lines: Lines) -> None:
    class Broken(dict[str, int]):
        def __iter__(self) -> Iterator[str]:
            raise RuntimeError(NAME)

    logger().info("x", value=Broken(a=1))
    assert lines.event["problem"] == "RuntimeError"
    assert NAME not in lines.text


def test_a_library_with_wrong_arguments_does_not_quote_them(capsys: pytest.CaptureFixture[str]) -> None:
    lines = configured()
    logging.getLogger("library").warning("%d", NAME)
    assert NAME not in lines.text + "".join(capsys.readouterr())


def test_below_the_level_nothing_is_written_and_parameters_of_statements_never() -> None:
    lines = configured(level="warning")
    logger().info("quiet")
    assert lines.text == ""
    lines = configured(level="debug")
    logging.getLogger("sqlalchemy.engine.Engine").info("insert into calls … %s", NAME)
    logging.getLogger("aiohttp.access").info("GET /search?q=%s", NAME)
    assert lines.text == ""
    logger().debug("loud")
    assert lines.event["level"] == "debug"


def test_configuring_again_writes_each_line_once() -> None:
    configured()
    lines = configured()
    logger().info("once")
    assert lines.event["event"] == "once"


@pytest.mark.parametrize(
    "ending",
    [
        "raise ValueError(words)",
        "import threading; t = threading.Thread(target=lambda: int(words)); t.start(); t.join()",
        "import warnings; warnings.warn(words)",
        "class C:\n    def __del__(self): raise ValueError(words)\nC()",
    ],
)
def test_what_nobody_caught_quotes_nobody(ending: str) -> None:
    program = (
        "import sys\nfrom hotline import log\nfrom hotline.privacy.masking import mask_text\n"
        "log.configure('info', json=True, mask=mask_text)\n"
        f"words = 'from 138' + '57910246 ' + 'DETAIL: ' + sys.argv[1]\n{ending}\n"
    )
    done = subprocess.run([sys.executable, "-c", program, NAME], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    (event,) = [json.loads(line) for line in done.stderr.splitlines()]
    assert "138****0246" in json.dumps(event)
    assert NAME not in done.stderr
