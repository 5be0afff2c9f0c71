"""The time left is said once it is known: not during a ramp, an outage or a replay, and then it is about right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.engine.time_left import AGREEING, MOST_LOOKS, TimeLeft


def test_steady_pace_is_told() -> None:
    """A run that settles one item a second is told its end, after a few looks that agree."""
    left = TimeLeft(100.0, 0)
    told = [left.look(100.0 + 5 * beat, 5 * beat, 600, held_up=False) for beat in range(1, 13)]
    assert told[: AGREEING - 1] == [None] * (AGREEING - 1)
    assert told[-1] == 540


def test_ramp_says_nothing_wrong() -> None:
    """While the pace still grows from nothing there is no estimate; then it is that of the pace reached."""
    left, settled = TimeLeft(0.0, 0), 0.0
    told: list[tuple[float, int]] = []
    for beat in range(1, 200):
        settled += 5 * min(1.0, beat / 40)  # from nothing to one a second within 200 s
        estimate = left.look(5.0 * beat, round(settled), 2000, held_up=False)
        if estimate is not None:
            told.append((5.0 * beat + estimate, estimate))
    ends = [end for end, _ in told]
    assert ends
    assert max(ends) < 1.6 * min(ends)
    assert ends[-1] == pytest.approx(2100, rel=0.02)


def test_outage_is_left_out() -> None:
    """An hour in which no server answers does not raise the estimate once it goes on; meanwhile there is none."""
    left = TimeLeft(0.0, 0)
    before = [left.look(5.0 * beat, 5 * beat, 1000, held_up=False) for beat in range(1, 41)]
    assert before[-1] == 800
    assert left.look(3800.0, 200, 1000, held_up=True) is None
    after = [left.look(3800.0 + 5 * beat, 200 + 5 * beat, 1000, held_up=False) for beat in range(1, 41)]
    assert after[-1] == 600


def test_replay_is_left_out() -> None:
    """What comes from the log in no time does not make the rest look near."""
    left = TimeLeft(0.0, 50)
    assert left.look(1.0, 400, 1000, held_up=True) is None
    told = [left.look(1.0 + 5 * beat, 400 + beat, 1000, held_up=False) for beat in range(1, 60)]
    assert told[-1] == pytest.approx(5 * (600 - 59), rel=0.05)


@pytest.mark.parametrize("expected", [0, -1])
def test_nothing_expected_nothing_said(expected: int) -> None:
    """A run of which nobody knows how much is to come has no end to tell."""
    left = TimeLeft(0.0, 0)
    assert {left.look(float(beat), 10 * beat, expected, held_up=False) for beat in range(1, 50)} == {None}


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=60), st.integers(0, 500))
def test_never_negative_and_never_fails(steps: list[tuple[int, bool]], expected: int) -> None:
    """Whatever happens, what is said is a whole number of seconds, not below nothing."""
    left, settled = TimeLeft(0.0, 0), 0
    for beat, (more, held_up) in enumerate(steps, start=1):
        settled += more
        told = left.look(float(beat), settled, expected, held_up=held_up)
        assert told is None or told >= 0


def test_long_runs_are_remembered_briefly() -> None:
    """Looks are kept in bounded number, and the estimate stays right over a week of them."""
    left = TimeLeft(0.0, 0)
    told = [left.look(5.0 * beat, beat, 100_000, held_up=False) for beat in range(1, 20 * MOST_LOOKS)]
    assert told[-1] == pytest.approx(5 * (100_000 - 20 * MOST_LOOKS), rel=0.01)
    assert len(left._looks) <= MOST_LOOKS
