"""Phases: what is over within a second is never told of, what goes on is, with its counts, and its end."""

from __future__ import annotations

import pytest

from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.phases import Phases


class Clock:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_a_short_phase_is_silent() -> None:
    """Nobody wonders about half a second."""
    told, clock = list[JsonObject](), Clock()
    phases = Phases(told.append, clock)
    with phases.phase("reading") as phase:
        phase.step(10)
        clock.now += 0.5
        phases.look()
    phases.look()
    assert told == []


def test_a_long_phase_tells_how_far_it_is() -> None:
    """Counts, bytes, the share of what is known, and the time; and once more at the end."""
    told, clock = list[JsonObject](), Clock()
    phases = Phases(told.append, clock)
    with phases.phase("reading", "records", of_bytes=400) as phase:
        phase.step(100)
        clock.now += 2
        phases.look()
        phase.step(300)
        clock.now += 1
    going, ended = told
    assert (going["what"], going["for_s"], going["count"], going["bytes"], going["share"]) == (
        "reading",
        2,
        1,
        100,
        0.25,
    )
    assert (ended["ended"], ended["for_s"], ended["count"], ended["share"]) == (True, 3, 2, 1.0)


def test_the_share_is_of_things_where_bytes_are_unknown() -> None:
    """Things are counted as they are asked for, and the end is told of a phase that fails, too."""
    told, clock = list[JsonObject](), Clock()
    phases = Phases(told.append, clock)

    def compare() -> None:
        with phases.phase("comparing", "rows", of=4) as phase:
            for number in phase.counting(range(4)):
                clock.now += 1
                phases.look()
                if number == 2:
                    raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        compare()
    assert [(event["count"], event["share"], event["ended"]) for event in told] == [
        (0, 0.0, False),
        (1, 0.25, False),
        (2, 0.5, False),
        (2, 0.5, True),
    ]


def test_phases_beside_each_other() -> None:
    """Each is told of by its own name and time."""
    told, clock = list[JsonObject](), Clock()
    phases = Phases(told.append, clock)
    with phases.phase("one"):
        clock.now += 1
        with phases.phase("two"):
            phases.look()
            clock.now += 1
            phases.look()
    assert [(event["what"], event["for_s"], event["ended"]) for event in told] == [
        ("one", 1, False),
        ("one", 2, False),
        ("two", 1, False),
        ("two", 1, True),
        ("one", 2, True),
    ]
