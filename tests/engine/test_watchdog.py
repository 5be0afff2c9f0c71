"""The watchdog: who stands is named, who waits for it is not, and a run in which nothing moves is ended."""

from __future__ import annotations

import asyncio

import pytest

from synthtools_stream.engine.watchdog import Part, Watchdog
from synthtools_stream.errors import RunStopped
from synthtools_stream.values.jsontypes import JsonObject


class Scene:
    """A watchdog over parts that a test moves, at a time that it sets."""

    def __init__(self, *parts: Part, limit_s: float | None = 600.0) -> None:
        self.now = 0.0
        self.parts = {part.name: part for part in parts}
        self.events = list[JsonObject]()
        self.away = False
        self.dog = Watchdog(
            lambda: [*self.parts.values()],
            self.events.append,
            limit_s=limit_s,
            waiting=lambda: self.away,
            clock=lambda: self.now,
        )
        self.dog.look()

    def after(self, seconds: float, **moved: int) -> list[tuple[str, bool]]:
        """Let time pass, move parts on, look, and return what was told since."""
        self.now += seconds
        for name, by in moved.items():
            self.parts[name] = self.parts[name]._replace(moved=self.parts[name].moved + by)
        before = len(self.events)
        self.dog.look()
        return [(str(event["what"]), bool(event["ended"])) for event in self.events[before:]]


def part(name: str, in_hand: int = 1, *, last: bool = False, held_back: bool = False) -> Part:
    """Return a part that has something in hand."""
    return Part(name, in_hand, 0, f"{in_hand} in hand", last, held_back)


def test_what_stands_is_named_while_others_move() -> None:
    """After half a minute it is named, then at doubling times, and then that it moves again."""
    scene = Scene(part("hung"), part("quick"))
    assert scene.after(29, quick=1) == []
    assert scene.after(2, quick=1) == [("hung", False)]
    assert scene.after(20, quick=1) == []
    assert scene.after(12, quick=1) == [("hung", False)]
    assert scene.after(5, quick=1, hung=1) == [("hung", True)]
    assert scene.events[0]["told"] == "1 in hand"
    assert scene.events[-1]["for_s"] == 68


def test_who_waits_for_it_is_not_named() -> None:
    """A stage stands because an endpoint does; where only stages stand, they are named."""
    scene = Scene(part("endpoint"), part("stage", last=True))
    assert scene.after(31) == [("endpoint", False)]
    alone = Scene(part("endpoint", 0), part("stage", last=True), part("other", last=True))
    assert alone.after(31, other=1) == [("stage", False)]


def test_nothing_in_hand_is_no_standing() -> None:
    """What has no work, or waits for its turn at another part, is never named while the run goes on."""
    scene = Scene(part("idle", 0), part("stage", last=True, held_back=True), part("quick"))
    assert [scene.after(20, quick=1) for _ in range(10)] == [[]] * 10


def test_a_run_in_which_nothing_moves_is_ended() -> None:
    """It is named, and after the limit the run is stopped, so that the same command can go on."""
    scene = Scene(part("endpoint"))
    assert scene.after(599) == [("endpoint", False)]
    with pytest.raises(RunStopped, match=r"nothing has moved for 600 s \(endpoint: 1 in hand\); the same command"):
        scene.after(1)


def test_a_deadlock_is_ended_as_well() -> None:
    """Nothing in hand anywhere, and the run does not end: that is told of the run as a whole."""
    scene = Scene(part("stage", 0, last=True))
    assert scene.after(31) == [("the run", False)]
    assert scene.after(3, stage=1) == [("the run", True)]
    with pytest.raises(RunStopped, match="nothing is in hand"):
        scene.after(601)


def test_a_slow_reply_is_no_end() -> None:
    """A model that takes nine minutes for a reply is named as slow and kept; without a limit, for ever."""
    scene = Scene(part("endpoint"))
    for _ in range(5):
        scene.after(540, endpoint=1)
    patient = Scene(part("endpoint"), limit_s=None)
    assert patient.after(1e6) == [("endpoint", False)]


def test_waiting_for_a_server_is_told_elsewhere() -> None:
    """While no server is there nothing is named and nothing is ended; the time counts from its return."""
    scene = Scene(part("endpoint"), part("stage", last=True))
    scene.away = True
    assert scene.after(1500) == []
    scene.away = False
    assert scene.after(29) == []
    assert scene.after(2) == [("endpoint", False)]


async def test_watching_looks_again_and_again() -> None:
    """Every few seconds, until something stands for too long."""
    naps = list[float]()
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        naps.append(seconds)
        now += seconds
        await asyncio.sleep(0)

    dog = Watchdog(lambda: [part("x")], lambda _event: None, limit_s=60, clock=lambda: now, sleep=sleep)
    with pytest.raises(RunStopped):
        await dog.run()
    assert naps == [5.0] * 12
