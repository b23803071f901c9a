"""What the rules could learn, counted once behind the page: seconds of work for an answer that seldom changes."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hotline.routing.suggest import Suggestion

KEPT: Final = 12


@dataclass(slots=True)
class Counting:
    """One counting: begun at, ended or not; `found` stays None where it went wrong."""

    begun_at: datetime
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    found: tuple[Suggestion, ...] | None = None

    @property
    def failed(self) -> bool:
        """Whether it ended without an answer."""
        return self.ended.is_set() and self.found is None


class Learnt:
    """The last countings of this process, by what they depend on: the reader, the rules, the corrections, the day."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Counting] = {}

    def find(self, of: Hashable) -> Counting | None:
        """The counting of exactly this, running or ended; None where none is kept."""
        return self._kept.get(of)

    def begin(self, of: Hashable, *, now: datetime) -> Counting:
        """A new counting in the place of an earlier one; the oldest is forgotten where there are too many."""
        self._kept.pop(of, None)
        while len(self._kept) >= KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[of] = counting = Counting(now)
        return counting
