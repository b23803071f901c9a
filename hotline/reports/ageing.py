"""How old the open cases are, in working days begun since the call: pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hotline.reports.small_cells import Cell, Hidden, Tally, rows_to_hide, show_cell, show_column
from hotline.reports.working_time import WorkingClock

UPPER: Final = (1, 3, 5, 10, 20)
"""The upper ends of the bands in working days; the last band has none."""
BANDS: Final = ("0–1", "2–3", "4–5", "6–10", "11–20", ">20")


@dataclass(frozen=True, slots=True)
class AgeingLine:
    """Open cases of one key: all of them, and those of each band of `BANDS`."""

    key: str
    open: Cell
    bands: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Ageing:
    """A total and its lines, in the order of their keys, the one without a key last."""

    total: AgeingLine
    lines: tuple[AgeingLine, ...]


Opened = tuple[str, date, bool, int]
"""Key, day of the call, whether confidential, how many."""


Beside = tuple[Mapping[str, Cell], Cell]
"""How many are open as another report of the same cases shows it: of each line by its key, and of all."""


def band_of(opened_on: date, today: date, clock: WorkingClock) -> int:
    """The place of its band."""
    return bisect_left(UPPER, clock.age(opened_on, today))


def ageing_of(opened: Iterable[Opened], today: date, clock: WorkingClock, *, beside: Beside | None = None) -> Ageing:
    """The bands of what was opened on these days and is open still; what is hidden `beside` it is hidden here."""
    told, told_whole = beside or ({}, 0)
    found = {key: [[0, 0] for _band in BANDS] for key, cell in told.items() if isinstance(cell, Hidden)}
    for key, on, confidential, count in opened:
        bands = found.setdefault(key, [[0, 0] for _band in BANDS])
        bands[band_of(on, today, clock)][0] += count
        bands[band_of(on, today, clock)][1] += count * confidential
    keys = sorted(found, key=lambda key: (not key, key))
    tallies = {key: [Tally(*band) for band in found[key]] for key in keys}
    sums = [_sum(tallies[key]) for key in keys]
    shown = [told.get(key, cell) for key, cell in zip(keys, show_column(sums), strict=True)]
    hidden = rows_to_hide([tallies[key] for key in keys]) | {
        i for i, cell in enumerate(shown) if isinstance(cell, Hidden)
    }
    lines = tuple(
        AgeingLine(key, Hidden.BESIDE, (Hidden.BESIDE,) * len(BANDS))
        if i in hidden
        else AgeingLine(key, shown[i], show_column(tallies[key]))
        for i, key in enumerate(keys)
    )
    whole = [_sum([tallies[key][band] for key in keys]) for band in range(len(BANDS))]
    total = AgeingLine("", show_cell(_sum(sums)), show_column(whole))
    if isinstance(told_whole, Hidden):
        total = AgeingLine("", told_whole, (Hidden.BESIDE,) * len(BANDS))
    return Ageing(total, lines)


def _sum(tallies: list[Tally]) -> Tally:
    return Tally(sum(tally.n for tally in tallies), sum(tally.sealed for tally in tallies))
