"""Intervals and comparisons against values worked out elsewhere."""

from __future__ import annotations

import pytest

from eval import stats


def test_wilson_gives_the_published_values() -> None:
    # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for hits, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found = stats.wilson(hits, n)
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert stats.wilson(20, 20).high == 1.0


def test_the_mean_of_shares_has_a_bootstrap_interval_around_it() -> None:
    found = stats.mean([0.0, 0.5, 1.0, 0.5] * 25)
    assert found.value == 0.5
    # The normal approximation: 1.96 times 0.3536 / 10.
    assert found.low == pytest.approx(0.5 - 0.0693, abs=0.015)
    assert found.high == pytest.approx(0.5 + 0.0693, abs=0.015)
    assert stats.mean([0.0, 0.5, 1.0, 0.5] * 25) == found


def test_f1_is_the_harmonic_mean() -> None:
    # 6 right refusals, 2 wrong ones, 4 missed: precision 6/8, recall 6/10.
    pairs = [(True, True)] * 6 + [(False, True)] * 2 + [(True, False)] * 4 + [(False, False)] * 8
    found = stats.f1(pairs)
    assert found.value == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))
    assert found.low < found.value < found.high
    assert stats.f1([(True, False), (False, False)]).value == 0.0


def test_percentiles_are_values_that_were_seen() -> None:
    values = [float(v) for v in range(1, 101)]
    assert stats.percentile(values, 0.5) == 50
    assert stats.percentile(values, 0.95) == 95
    assert stats.percentile([7.0], 0.95) == 7


def test_mcnemar_is_exact() -> None:
    # 11 gained and 10 lost is nothing; 10 lost and 1 gained is something: 2 * (1 + 11) / 2**11.
    nothing = stats.compare([1.0] * 10 + [0.0] * 11 + [1.0] * 79, [0.0] * 10 + [1.0] * 11 + [1.0] * 79)
    assert (nothing.better, nothing.worse, nothing.p) == (11, 10, 1.0)
    something = stats.compare([1.0] * 10 + [0.0], [0.0] * 10 + [1.0])
    assert something.p == pytest.approx(2 * 12 / 2**11)


def test_sign_flips_see_a_shift_and_no_shift() -> None:
    before = [0.5, 0.25, 0.75, 0.5] * 5
    assert stats.compare(before, before).p == 1.0
    worse = stats.compare(before, [value - 0.25 for value in before])
    assert worse.test == "sign flips"
    assert (worse.worse, worse.better) == (20, 0)
    assert worse.p < 0.001
