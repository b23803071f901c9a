"""How values read on a screen: times, due dates, money, shares and marked words. Pure functions of their values.

Times are shown in Asia/Shanghai. The language is that of the work at hand (`hotline.i18n.language`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from markupsafe import Markup, escape

from hotline.clock import SHANGHAI
from hotline.i18n import _, language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_TIME = Markup('<time datetime="%s" title="%s">%s</time>')
WORKING_DAY = timedelta(hours=8)
"""How much working time one working day holds when a duration of working time is put into words."""

DueKind = Literal["ok", "soon", "today", "over", "none"]


@dataclass(frozen=True, slots=True)
class DueBadge:
    """Time left, the same everywhere: `kind` gives shape and colour, `text` the words, `why` the explanation."""

    kind: DueKind
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `rules` names what matched it, None where nothing did."""

    text: str
    rules: tuple[str, ...] | None = None


def on(day: date | datetime, now: datetime) -> str:
    """A date for people: 11月22日, with the year when it is not this year."""
    if isinstance(day, datetime):
        day = day.astimezone(SHANGHAI).date()
    same_year = day.year == now.astimezone(SHANGHAI).year
    if language.get() == "en":
        return f"{day.day} {_MONTHS[day.month - 1]}" + ("" if same_year else f" {day.year}")
    return ("" if same_year else f"{day.year}年") + f"{day.month}月{day.day}日"


def when(at: datetime | None, now: datetime) -> str:
    """A moment for people: 11月22日 10:31 in Asia/Shanghai; empty for None."""
    if at is None:
        return ""
    return f"{on(at, now)} {clock(at)}"


def clock(at: datetime) -> str:
    """The time of the day: 10:31."""
    return f"{at.astimezone(SHANGHAI):%H:%M}"


def full(at: datetime) -> str:
    """A moment with everything, for hovering: 2026-11-22 10:31:07."""
    return at.astimezone(SHANGHAI).isoformat(" ", "seconds")[:19]


def stamp(at: datetime | None, now: datetime) -> Markup:
    """A `<time>` element: short words, everything on hover; an em dash for None."""
    if at is None:
        return Markup("—")
    there = at.astimezone(SHANGHAI)
    return _TIME % (there.isoformat(timespec="seconds"), full(there), when(there, now))


def span(length: timedelta, *, day: timedelta = _DAY) -> str:
    """A length of time in at most two units: 2 天 3 小时, 40 分钟. Less than a minute counts as one."""
    length = max(length, _MINUTE)
    days, rest = divmod(length, day)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    if days and hours:
        return _("{days} d {hours} h", days=days, hours=hours)
    if days:
        return _("{days} d", days=days)
    if hours and minutes:
        return _("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if hours:
        return _("{hours} h", hours=hours)
    return _("{minutes} min", minutes=minutes)


def working_span(length: timedelta, *, day: timedelta = WORKING_DAY) -> str:
    """A length of working time in words: a working day holds eight hours unless it is told how many."""
    if length < day:
        return span(length)
    days, rest = divmod(length, day)
    hours = rest // _HOUR
    if hours:
        return _("{days} working d {hours} h", days=days, hours=hours)
    return _("{days} working d", days=days)


def age(since: datetime, now: datetime) -> str:
    """How long ago something began: 3 天, 2 小时, 刚刚."""
    length = now - since
    if length < _MINUTE:
        return _("just now")
    if length >= _DAY:
        return _("{days} d", days=length // _DAY)
    if length >= _HOUR:
        return _("{hours} h", hours=length // _HOUR)
    return _("{minutes} min", minutes=length // _MINUTE)


def due(due_at: datetime | None, now: datetime, *, left: timedelta | None = None, why: str = "") -> DueBadge:
    """The badge of a due date. `left` is the working time left where it is known, else calendar time is told."""
    if due_at is None:
        return DueBadge("none", _("no date"), why)
    why = why or full(due_at)
    if now > due_at:
        return DueBadge("over", _("{span} over", span=span(now - due_at)), why)
    days = (due_at.astimezone(SHANGHAI).date() - now.astimezone(SHANGHAI).date()).days
    if days == 0:
        return DueBadge("today", _("due today {time}", time=clock(due_at)), why)
    if days == 1:
        return DueBadge("soon", _("due tomorrow {time}", time=clock(due_at)), why)
    words = span(due_at - now) if left is None else working_span(left)
    return DueBadge("ok", _("{span} left", span=words), why)


def count(number: int | str | None) -> str:
    """A whole number with separators: 12,345; an em dash for None; what stands in a number's place as it is."""
    if number is None:
        return "—"
    return number if isinstance(number, str) else f"{number:,}"


def money(amount: Decimal | None) -> str:
    """Yuan: ¥120,000, with cents only where there are any; an em dash for None."""
    if amount is None:
        return "—"
    whole = amount == amount.to_integral_value()
    return f"¥{amount:,.0f}" if whole else f"¥{amount:,.2f}"


def share(part: int, whole: int) -> str:
    """A share with what it was counted from: 87.5%（7/8）; an em dash of nothing."""
    if whole == 0:
        return "—"
    return _("{percent} ({part}/{whole})", percent=percent(part, whole), part=count(part), whole=count(whole))


def weight(value: float) -> str:
    """How much a word counts: +3, -1.5; nothing for a word that decides urgency and not the kind of matter."""
    return f"{value:+g}" if value else ""


def percent(part: int, whole: int) -> str:
    """A share alone: 87.5%; an em dash of nothing."""
    return "—" if whole == 0 else f"{100 * part / whole:.1f}%"


def pieces(text: str, spans: Iterable[tuple[int, int, str]]) -> list[Piece]:
    """`text` cut at `(start, end, rule)`; overlapping spans become one piece that names every rule.

    Positions outside the text are cut off; the pieces always join to the text.
    """
    merged: list[tuple[int, int, list[str]]] = []
    for start, end, rule in sorted(_inside(spans, len(text))):
        if merged and start < merged[-1][1]:
            begun, ended, rules = merged[-1]
            merged[-1] = (begun, max(ended, end), rules if rule in rules else [*rules, rule])
        else:
            merged.append((start, end, [rule]))
    cut: list[Piece] = []
    position = 0
    for start, end, rules in merged:
        if start > position:
            cut.append(Piece(text[position:start]))
        cut.append(Piece(text[start:end], tuple(rules)))
        position = end
    if position < len(text):
        cut.append(Piece(text[position:]))
    return cut


def _inside(spans: Iterable[tuple[int, int, str]], length: int) -> Iterable[tuple[int, int, str]]:
    for start, end, rule in spans:
        first, last = max(start, 0), min(end, length)
        if first < last:
            yield first, last, rule


def marked(text: str, words: Sequence[str]) -> Markup:
    """`text` with every occurrence of `words` in `<mark>`: what a row of a list prints as its summary."""
    found: list[tuple[int, int, str]] = []
    for word in filter(None, words):
        at = text.find(word)
        while at >= 0:
            found.append((at, at + len(word), word))
            at = text.find(word, at + len(word))
    return Markup().join(
        escape(piece.text) if piece.rules is None else Markup("<mark>{}</mark>").format(piece.text)
        for piece in pieces(text, found)
    )


FILTERS: dict[str, Callable[..., Any]] = {
    "when": when, "on": on, "clock": clock, "full": full, "stamp": stamp, "age": age, "span": span,
    "working_span": working_span, "count": count, "money": money, "share": share, "percent": percent,
    "due": due,
}  # fmt: skip
"""What templates may use by name."""
