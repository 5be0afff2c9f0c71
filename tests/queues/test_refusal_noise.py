"""Which refusals are put up with: those whose share is the same at a limit and at half of it."""

from __future__ import annotations

import pytest

from queues.refusal_noise import OUTCOMES, Noise


def feed(noise: Noise, limit: int, refused_of_ten: int, tens: int) -> None:
    """Settle so many tens of requests under `limit`, as many of each refused as told."""
    for _ in range(tens):
        for number in range(10):
            noise.add(limit, 1, int(number < refused_of_ten))


def believed() -> Noise:
    """Return what has seen a fifth refused at two limits."""
    noise = Noise()
    feed(noise, 64, 2, 12)
    feed(noise, 32, 2, 12)
    return noise


def test_same_share_at_two_limits_is_noise() -> None:
    """A fifth refused at a limit and at half of it is believed to come whatever the limit, give or take chance."""
    noise = believed()
    assert noise.share == pytest.approx(0.2, abs=0.03)
    assert 20 < noise.among(100) < 40


def test_refusals_of_the_larger_limit_alone_are_load() -> None:
    """Where half of the limit meets no refusals, the load was the reason, and nothing is put up with."""
    noise = Noise()
    feed(noise, 64, 2, 12)
    feed(noise, 32, 0, 12)
    assert noise.share == 0
    assert noise.among(100) == 0


def test_few_outcomes_say_nothing() -> None:
    """A share of fewer than `OUTCOMES` outcomes is none."""
    noise = Noise()
    for limit in (64, 32):
        noise.add(limit, OUTCOMES - 1, 4)
    assert noise.share == 0


def test_a_lucky_hour_lowers_the_share_little() -> None:
    """A tenth refused for a while may be the same fifth, and is believed to be: chance does not starve a run."""
    noise = believed()
    feed(noise, 32, 1, 12)
    assert 0.13 < noise.share <= 0.23


def test_noise_that_ends_is_forgotten() -> None:
    """Once nothing is refused any more, nothing is put up with any more."""
    noise = believed()
    feed(noise, 32, 0, 100)
    assert noise.share == 0
