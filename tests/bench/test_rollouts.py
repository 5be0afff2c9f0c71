"""The rollout benchmark: what its looks come to."""

from __future__ import annotations

import pytest

from synthtools_stream.bench.rollouts import Look, level_of


def test_between_ramp_and_tail() -> None:
    """Busy is the mean from when nine tenths of the slots are, until fewer attempts are left than slots."""
    looks = [
        Look(0, 0, 50.0),
        Look(4, 0, 60.0),
        Look(9, 2, 90.0),
        Look(10, 10, 100.0),
        Look(8, 20, 100.0),
        Look(1, 28, 105.0),
        Look(0, 30, 101.0),
    ]
    level = level_of(looks, slots=10, turns=200, cpu_s=0.1)
    assert level.busy == pytest.approx((9 + 10 + 8) / 30)
    assert level.cpu_ms == pytest.approx(0.5)
    assert (level.first_mib, level.second_mib, level.growth) == (100.0, 105.0, 1.05)


def test_a_run_without_a_middle() -> None:
    """Is told by its first busy look."""
    level = level_of([Look(0, 0, 1.0), Look(10, 0, 1.0), Look(0, 10, 1.0)], slots=10, turns=1, cpu_s=0.001)
    assert level.busy == 1.0
