from __future__ import annotations

import itertools

from hypothesis import assume, given
from hypothesis import strategies as st

from hotline.reports.small_cells import Hidden, Tally, rows_to_hide, show_cell, show_column


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    n = draw(st.integers(0, 7))
    return Tally(n, draw(st.integers(0, n)))


COLUMNS = st.lists(tallies(), min_size=1, max_size=6)


def test_one_or_two_cases_with_a_confidential_one_are_not_shown() -> None:
    assert show_cell(Tally(2, sealed=1)) is Hidden.SMALL
    assert show_cell(Tally(1, sealed=1)) == "<3"


def test_small_numbers_without_a_confidential_case_are_shown_and_so_are_larger_ones() -> None:
    assert show_cell(Tally(2)) == 2
    assert show_cell(Tally(3, sealed=3)) == 3
    assert show_cell(Tally(0)) == 0


def test_a_hidden_cell_takes_the_next_smaller_one_with_it_so_that_the_sum_does_not_tell() -> None:
    assert show_column([Tally(50), Tally(1, sealed=1), Tally(9), Tally(0)]) == (50, Hidden.SMALL, Hidden.BESIDE, 0)


def test_a_column_without_anything_confidential_is_shown_whole() -> None:
    assert show_column([Tally(1), Tally(2), Tally(30, sealed=3)]) == (1, 2, 30)


def test_several_small_cells_may_hide_each_other() -> None:
    assert show_column([Tally(1, 1), Tally(2, 1), Tally(40)]) == (Hidden.SMALL, Hidden.SMALL, 40)


@given(COLUMNS)
def test_no_small_confidential_number_is_ever_shown(column: list[Tally]) -> None:
    for tally, cell in zip(column, show_column(column), strict=True):
        assert cell == tally.n or isinstance(cell, Hidden)
        if tally.small:
            assert isinstance(cell, Hidden)


@given(COLUMNS)
def test_who_knows_the_sum_cannot_compute_a_hidden_cell(column: list[Tally]) -> None:
    """Try every world that agrees with what is shown: a small cell has to differ in at least two of them."""
    assume(any(tally.n > 2 for tally in column))  # something large enough to hide behind
    cells = show_column(column)
    hidden = [i for i, cell in enumerate(cells) if isinstance(cell, Hidden)]
    known = sum(column[i].n for i in hidden)
    ranges = [range(1, 3) if cells[i] is Hidden.SMALL else range(1, known + 1) for i in hidden]
    worlds = [world for world in itertools.product(*ranges) if sum(world) == known]
    for place, i in enumerate(hidden):
        if column[i].small:
            assert len({world[place] for world in worlds}) > 1


TABLES = st.lists(st.lists(tallies(), min_size=2, max_size=2), min_size=2, max_size=3)


def test_a_row_with_a_small_cell_is_hidden_whole_and_the_smallest_of_the_others_with_it() -> None:
    rows = [[Tally(2, sealed=1), Tally(5)], [Tally(0), Tally(0)], [Tally(9), Tally(4)], [Tally(1), Tally(3)]]
    assert rows_to_hide(rows) == {0, 3}
    assert rows_to_hide(rows[2:]) == frozenset()
    assert rows_to_hide(rows[:1]) == frozenset()


@given(TABLES)
def test_who_knows_every_sum_cannot_compute_a_cell_of_a_hidden_row(rows: list[list[Tally]]) -> None:
    """Try every world with the same sums: a small cell has to differ in at least two of them."""
    hidden = sorted(rows_to_hide(rows))
    for column in range(2):
        known = sum(rows[i][column].n for i in hidden)
        worlds = [each for each in itertools.product(range(known + 1), repeat=len(hidden)) if sum(each) == known]
        for place, i in enumerate(hidden):
            assert not rows[i][column].small or len({world[place] for world in worlds}) > 1
    assert all(i in hidden for i, row in enumerate(rows) if any(tally.small for tally in row))
