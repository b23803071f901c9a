"""The estimate against worked examples that are in print, and against its definition worked out by hand."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.reports.survival import estimate, percentile, percentiles

# Freireich et al. 1963 (Blood 21), weeks of remission under 6-mercaptopurine: 9 relapses and 12 censored of 21; the
# estimate as tabulated by Gehan 1965 (Biometrika 52), Cox and Oakes 1984 (Analysis of Survival Data, table 1.1) and
# Kleinbaum and Klein (Survival Analysis, chapter 2).
RELAPSED = Counter([6, 6, 6, 7, 10, 13, 16, 22, 23])
IN_REMISSION = Counter([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
IN_PRINT = ((6, 21, 0.857), (7, 17, 0.807), (10, 15, 0.753), (13, 12, 0.690), (16, 11, 0.627), (22, 7, 0.538),
            (23, 6, 0.448))  # fmt: skip


def test_the_estimate_is_the_one_in_print() -> None:
    points = estimate(RELAPSED, IN_REMISSION)
    assert tuple((p.time, p.at_risk, round(p.lasting, 3)) for p in points) == IN_PRINT


def test_the_median_is_the_one_in_print_and_what_is_not_reached_is_not_made_up() -> None:
    points = estimate(RELAPSED, IN_REMISSION)
    assert percentile(points, 0.5) == 23
    assert percentile(points, 0.25) == 13
    assert percentile(points, 0.75) is None


def test_leaving_the_open_ones_out_would_have_made_it_faster() -> None:
    assert percentile(estimate(RELAPSED, {}), 0.5) == 10


def test_of_nothing_there_is_no_estimate() -> None:
    assert estimate({}, {}) == ()
    assert percentile((), 0.5) is None


TIMES = st.dictionaries(st.integers(0, 30), st.integers(1, 6), max_size=12)


@given(TIMES, TIMES)
def test_each_step_is_the_product_of_the_shares_that_went_on(ended: dict[int, int], still_open: dict[int, int]) -> None:
    people = [(t, True) for t, n in ended.items() for _ in range(n)]
    people += [(t, False) for t, n in still_open.items() for _ in range(n)]
    for point in estimate(ended, still_open):
        lasting = Fraction(1)
        for t in sorted({t for t, end in people if end and t <= point.time}):
            at_risk = sum(other >= t for other, _ in people)
            lasting *= 1 - Fraction(sum(end and other == t for other, end in people), at_risk)
        assert point.lasting == pytest.approx(float(lasting))


@given(TIMES)
def test_without_open_ones_a_percentile_is_the_shortest_time_by_which_so_many_have_ended(ended: dict[int, int]) -> None:
    all_of_them = sorted(Counter(ended).elements())
    for fraction in (Fraction(1, 2), Fraction(3, 4), Fraction(9, 10), Fraction(19, 20)):
        shortest = next((t for i, t in enumerate(all_of_them, 1) if i >= fraction * len(all_of_them)), None)
        assert percentile(estimate(ended, {}), float(fraction)) == shortest


@given(TIMES, TIMES)
def test_open_cases_never_make_it_faster(ended: dict[int, int], still_open: dict[int, int]) -> None:
    without = percentile(estimate(ended, {}), 0.5)
    with_them = percentile(estimate(ended, still_open), 0.5)
    assert with_them is None or (without is not None and with_them >= without)


@given(TIMES, TIMES)
def test_many_percentiles_at_once_are_the_same(ended: dict[int, int], still_open: dict[int, int]) -> None:
    points, fractions = estimate(ended, still_open), (0.25, 0.5, 0.75, 0.9, 0.95)
    by_time = [[found.get(time, 0) for time in range(31)] for found in (ended, still_open)]
    assert percentiles(by_time[0], by_time[1], fractions) == tuple(percentile(points, each) for each in fractions)
