"""A whole file checked: each row by itself, then the rows together with the register: codes, superiors, circles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hotline.errors import Mistake
from hotline.i18n import mark
from hotline.registry.cells import Value, read_row
from hotline.registry.fields import BY_CODE
from hotline.registry.sources import Source

TOLD_EVERY: Final = 1000
TOLD_OF_A_CIRCLE: Final = 5
Keep = Callable[[int, dict[str, Value]], None]
Tell = Callable[[int, int], None]


@dataclass(slots=True)
class Checked:
    """What of a file can be imported: mistakes by number of row; `codes` and `superiors` of the rows without any."""

    rows: int = 0
    mistakes: dict[int, list[Mistake]] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    superiors: dict[str, str | None] = field(default_factory=dict)

    def blame(self, row: int, mistake: Mistake) -> None:
        """Note a mistake: the row is not imported."""
        self.mistakes.setdefault(row, []).append(mistake)
        code = self.codes.pop(row, None)
        if code is not None:
            self.superiors.pop(code, None)


def check(
    source: Source, mapping: Mapping[str, int], *, known: Mapping[str, str | None], keep: Keep, tell: Tell
) -> Checked:
    """Read every row of `source`; `keep` gets those that are right by themselves.

    `known` are the organisations of the register, with their superiors. Afterwards rows that were kept may have
    mistakes all the same: those that only show when all rows are known.
    """
    checked = Checked()
    first_with: dict[str, int] = {}
    merged = {row for first, last in source.merged for row in range(first, last + 1)}
    for number, cells in source.rows():
        checked.rows += 1
        values, mistakes = read_row(_mapped(cells, mapping))
        mistakes += _of_the_sheet(source, number, mapping, merged=number in merged)
        code = values.get("code")
        if isinstance(code, str) and code:
            if code in first_with:
                mistakes.append(Mistake("code", mark("Row {row} has the same code."), {"row": first_with[code]}))
                checked.blame(first_with[code], Mistake("code", mark("Row {row} has the same code."), {"row": number}))
            first_with.setdefault(code, number)
        if mistakes:
            for mistake in mistakes:
                checked.blame(number, mistake)
        elif isinstance(code, str):
            checked.codes[number] = code
            superior = values.get("superior_code")
            checked.superiors[code] = superior if isinstance(superior, str) else None
            keep(number, values)
        if checked.rows % TOLD_EVERY == 0:
            tell(checked.rows, source.total)
    if "superior_code" in mapping:
        _check_superiors(checked, known, first_with)
        _check_circles(checked, known)
    return checked


def _mapped(cells: list[Any], mapping: Mapping[str, int]) -> dict[str, object]:
    return {code: cells[column] if column < len(cells) else "" for code, column in mapping.items()}


def _of_the_sheet(source: Source, number: int, mapping: Mapping[str, int], *, merged: bool) -> Iterable[Mistake]:
    if merged:
        yield Mistake("", mark("The row has merged cells. Split them and fill each in."))
    columns = source.formulas.get(number)
    for code, column in mapping.items() if columns else ():
        if columns and column in columns:
            yield Mistake(code, mark("A formula stands here. Paste what it came to as a value."))


def _check_superiors(checked: Checked, known: Mapping[str, str | None], rows_of: Mapping[str, int]) -> None:
    """A superior stands in the register or in a row that is imported; a row whose superior is broken is broken too."""
    row_of = {code: row for row, code in checked.codes.items()}
    below: dict[str, list[str]] = {}
    for code, superior in checked.superiors.items():
        if superior is not None and superior not in known:
            below.setdefault(superior, []).append(code)
    waiting = [superior for superior in below if superior not in checked.superiors]
    while waiting:
        superior = waiting.pop()
        for code in below.get(superior, ()):
            if superior in rows_of:
                told = Mistake(
                    "superior_code", mark("Its superior, row {row}, has mistakes."), {"row": rows_of[superior]}
                )
            else:
                told = Mistake(
                    "superior_code",
                    mark("There is no organisation {code}, neither in the file nor in the register."),
                    {"code": superior},
                )
            checked.blame(row_of[code], told)
            if code not in known:
                waiting.append(code)


def _check_circles(checked: Checked, known: Mapping[str, str | None]) -> None:
    """Nobody stands above themselves, however many steps apart."""
    row_of = {code: row for row, code in checked.codes.items()}
    while circles := find_circles({**known, **checked.superiors}):
        found = [(code, circle) for circle in circles for code in circle if code in checked.superiors]
        for code, circle in found:
            more = ["…"] if len(circle) > TOLD_OF_A_CIRCLE else []
            path = " → ".join([*circle[:TOLD_OF_A_CIRCLE], *more, circle[0]])
            mistake = Mistake("superior_code", mark("The superiors run in a circle: {path}."), {"path": path})
            checked.blame(row_of[code], mistake)
        if not found:
            return  # it stands in the register already, and no file has made it


def find_circles(superiors: Mapping[str, str | None]) -> list[list[str]]:
    """Every circle among these superiors, its codes from below upwards."""
    circles: list[list[str]] = []
    done: set[str] = set()
    for start in superiors:
        seen: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in done and at not in seen:
            seen[at] = len(seen)
            at = superiors.get(at)
        if at is not None and at in seen:
            circles.append([*seen][seen[at] :])
        done.update(seen)
    return circles


def columns_of(mistakes: Iterable[Mistake], mapping: Mapping[str, int]) -> set[int]:
    """The columns in which these mistakes stand."""
    return {mapping[mistake.field] for mistake in mistakes if mistake.field in mapping}


def told(mistake: Mistake, say: Callable[[Mistake], str]) -> str:
    """A mistake with the name of its field in front."""
    said = say(mistake)
    return f"{BY_CODE[mistake.field].label}: {said}" if mistake.field in BY_CODE else said
