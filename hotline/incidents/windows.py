"""Whether so many people tell of one thing that it is a warning: pure; people are counted, not messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.routing.crowds import CrowdLimits


@dataclass(frozen=True, slots=True)
class Telling:
    """One call that names the thing: by whom ("" for everybody who gave no number), when, for how many people."""

    caller: str
    at: datetime
    people: int = 1


@dataclass(frozen=True, slots=True)
class Warned:
    """A full window: how many callers, for how many people they spoke, the first and the last call within it."""

    days: int
    callers: int
    people: int
    first_at: datetime
    last_at: datetime


def warn(tellings: Iterable[Telling], limits: CrowdLimits, *, now: datetime) -> Warned | None:
    """The shortest full window that ends `now`; None when none is full.

    A caller counts on the day of the first call within the longest window: who calls again is known already, so
    another message of the same caller never makes a warning. For how many people somebody speaks is the most that
    was ever said.
    """
    since = now - timedelta(days=limits.longest)
    first: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    people: dict[str, int] = {}
    for told in tellings:
        if since < told.at <= now:
            first[told.caller] = min(first.get(told.caller, told.at), told.at)
            last[told.caller] = max(last.get(told.caller, told.at), told.at)
            people[told.caller] = max(people.get(told.caller, 1), told.people)
    for window in limits.windows:
        begins = now - timedelta(days=window.days)
        within = [caller for caller, at in first.items() if at > begins]
        if len(within) >= window.callers:
            return Warned(
                window.days,
                len(within),
                sum(people[caller] for caller in within),
                min(first[caller] for caller in within),
                max(last[caller] for caller in within),
            )
    return None
