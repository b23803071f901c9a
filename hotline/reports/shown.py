"""Which numbers are shown: decided for all that is counted at once, so that no report tells what another one hides.

Where cases stand is told by numbers that follow from each other: what was given to a department is resolved, open,
or has ended otherwise; whoever has resolved a matter has accepted it and been in touch; who was in touch and has not
accepted has given it back. Hiding one of these is no use.
So a line with a small one of them is not shown at all, in any report, and another line with it, whose sum hides it. Any
other number stands alone and is hidden alone, with what hides it in its column (`small_cells.show_column`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hotline.reports.counts import Line, Names, count_of
from hotline.reports.small_cells import Cell, Hidden, Tally, rows_to_hide, show_cell, show_column

_OPEN: Final[tuple[Names, ...]] = (("open",), ("stock",))
_OTHERS: Final[tuple[Names, ...]] = (
    ("cases",), ("routed",), ("returned",), ("aside",), ("waiting",), ("accepted",), ("contacted",), ("uncontacted",)
)  # fmt: skip
STANDING: Final = (("resolved",), *_OPEN, *_OTHERS)
"""Where cases stand. Of everything together what is resolved and what is open, which is asked for first, stays when
one of the others is small."""
_BESIDE: Final[Mapping[Names, tuple[Names, ...]]] = {
    ("ever_resolved",): (("resolved",), ("reopened",)),
    ("reopened",): (("ever_resolved",),),
    ("dated", "over"): (("resolved",), ("over",)),
    ("accept_dated", "waiting_over"): (("accepted",), ("waiting_over",)),
}
"""What would tell one of these others: hidden where that is."""


@dataclass(frozen=True, slots=True)
class Share:
    """`n` of `of`, either of which may be hidden."""

    n: Cell
    of: Cell

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None when there is nothing to divide by, or it is hidden."""
        return self.n / self.of if isinstance(self.n, int) and isinstance(self.of, int) and self.of else None


class Shown:
    """The numbers of a total and its lines by what is counted: the same for every report."""

    def __init__(self, lines: Mapping[str, Line], total: Line) -> None:
        self.keys: Final = tuple(sorted(lines, key=lambda key: (not key, key)))
        """The lines in the order of their keys, the one without a key last."""
        self._each = [lines[key] for key in self.keys]
        self._total = total
        self._hidden = rows_to_hide([[_tally(line, names) for names in STANDING] for line in self._each])
        small = {names for names in STANDING if _tally(total, names).small}
        self._veiled = {*(_OTHERS if small else ()), *(_OPEN if small & {*_OPEN} else ())}
        self._kept: dict[Names, tuple[Cell, ...]] = {}

    def cells(self, names: Names) -> tuple[Cell, ...]:
        """The number of each line, and at the end that of the total."""
        if names not in self._kept:
            cells = self._own(names)
            for other in _BESIDE.get(names, ()):
                cells = _veiled(cells, self._own(other))
            self._kept[names] = cells
        return self._kept[names]

    def shares(self, n: Names, of: Names) -> tuple[Share, ...]:
        """The same for a share: where it is not shown of how many, it is not shown how many."""
        whole = self.cells(of)
        return tuple(map(Share, _veiled(self.cells(n), whole), whole))

    def _own(self, names: Names) -> tuple[Cell, ...]:
        whole = show_cell(_tally(self._total, names))
        if names in self._veiled and isinstance(whole, int):
            whole = Hidden.BESIDE
        if len(self._each) == 1:
            return whole, whole  # the line is all there is
        tallies = [_tally(line, names) for line in self._each]
        unseen = sum(tallies[i].n for i in self._hidden)
        column = iter(show_column([t for i, t in enumerate(tallies) if i not in self._hidden], unseen=unseen))
        return *(Hidden.BESIDE if i in self._hidden else next(column) for i in range(len(tallies))), whole


def _veiled(cells: Sequence[Cell], others: Sequence[Cell]) -> tuple[Cell, ...]:
    """These cells, hidden as well where the other one is."""
    return tuple(
        Hidden.BESIDE if isinstance(other, Hidden) and isinstance(cell, int) else cell
        for cell, other in zip(cells, others, strict=True)
    )


def _tally(line: Line, names: Names) -> Tally:
    return Tally(count_of(line.everything, names), count_of(line.sealed, names))
