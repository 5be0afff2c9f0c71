"""The adaptive limit on simulated servers: it comes near what they take, and back there after a crash."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from dataclasses import dataclass, field, replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from queues import AdaptiveLimit, LoadSignal

CEILING = 1024


@dataclass
class Server:
    """A server in simulated time that always has more to do: it runs `capacity` requests at once and queues `room`."""

    capacity: int
    room: int
    figures: bool
    seed: int = 1
    flaky: float = 0.0
    """Share of the requests that are refused whatever the load."""
    now: float = 0.0
    in_flight: int = 0
    running: int = 0
    waiting: deque[float] = field(default_factory=deque[float])
    ends: list[tuple[float, float, bool]] = field(default_factory=list[tuple[float, float, bool]])

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.poll_at = 1.0
        self.down_until = 0.0

    def admit(self, limit: int) -> None:
        while self.in_flight < limit:
            self.in_flight += 1
            if self.rng.random() < self.flaky:
                heapq.heappush(self.ends, (self.now + self.rng.random(), self.now, False))
            elif self.now < self.down_until or len(self.waiting) >= self.room + max(self.capacity - self.running, 0):
                heapq.heappush(self.ends, (self.now + 0.5 + self.rng.random(), self.now, False))
            else:
                self.waiting.append(self.now)
            self._start()

    def _start(self) -> None:
        while self.waiting and self.running < self.capacity:
            self.running += 1
            heapq.heappush(self.ends, (self.now + self.rng.uniform(1, 5), self.waiting.popleft(), True))

    def crash(self, down_s: float) -> None:
        """Reset every request; refuse all for a while."""
        self.ends = [(self.now, since, False) for _, since, _ in self.ends] + [
            (self.now, since, False) for since in self.waiting
        ]
        heapq.heapify(self.ends)
        self.running = 0
        self.waiting.clear()
        self.down_until = self.now + down_s

    def next(self) -> LoadSignal:
        """Go on to the next thing that happens."""
        if self.figures and self.now >= self.down_until and (not self.ends or self.poll_at <= self.ends[0][0]):
            self.now = max(self.now, self.poll_at)
            self.poll_at = self.now + 1
            kv_use = min(1.0, 0.75 * self.running / self.capacity)
            return LoadSignal(kv_use=kv_use, queued=len(self.waiting), preemptions=0, at=self.now)
        end, since, well = heapq.heappop(self.ends)
        self.now = max(self.now, end)
        self.poll_at = max(self.poll_at, self.now)
        self.in_flight -= 1
        self.running -= well
        self._start()
        return LoadSignal(answered=int(well), refused=int(not well), saturated=True, since=since, at=self.now)


def simulate(server: Server, policy: AdaptiveLimit, limit: int, signals: int) -> list[int]:
    """Return the limit after each of so many signals."""
    limits: list[int] = []
    for _ in range(signals):
        server.admit(limit)
        signal = server.next()
        decision = policy.decide(replace(signal, in_flight=server.in_flight), limit, CEILING)
        limit = decision.limit if decision else limit
        limits.append(limit)
    return limits


@settings(max_examples=15, deadline=None)
@given(capacity=st.integers(8, 300), seed=st.integers(0, 9), figures=st.booleans())
def test_converges_near_capacity(capacity: int, seed: int, figures: bool) -> None:
    """On a server with a short queue the limit comes near what it takes, and stays there without wild swings."""
    room = capacity // 4 + 2
    server = Server(capacity, room, figures, seed)
    limits = simulate(server, AdaptiveLimit(), 16, 40 * capacity + 2000)
    settled = limits[len(limits) // 2 :]
    takes = capacity + room
    assert min(settled) >= 0.55 * capacity
    assert max(settled) <= 1.3 * takes + 2
    assert 0.7 * capacity <= sum(settled) / len(settled) <= 1.1 * takes
    changes = sum(1 for before, after in itertools.pairwise(settled) if before != after)
    assert changes <= 4 + 2.5 * len(settled) / capacity


@settings(max_examples=10, deadline=None)
@given(capacity=st.integers(16, 200), seed=st.integers(0, 9), figures=st.booleans(), down=st.sampled_from([0.0, 20.0]))
def test_recovers_from_overload(capacity: int, seed: int, figures: bool, down: float) -> None:
    """After a crash at full load, whether short or long, the limit is back at four fifths of the capacity in time."""
    server = Server(capacity, capacity // 4 + 2, figures, seed)
    policy = AdaptiveLimit()
    limits = simulate(server, policy, 16, 20 * capacity + 1000)
    server.crash(down)
    while server.now < server.down_until:
        limits += simulate(server, policy, limits[-1], 1)
    assert limits[-1] >= 0.3 * capacity
    assert max(simulate(server, policy, limits[-1], 30 * capacity + 500)) >= 0.8 * capacity


@settings(max_examples=10, deadline=None)
@given(capacity=st.integers(16, 200), seed=st.integers(0, 9), figures=st.booleans(), flaky=st.sampled_from([0.1, 0.2]))
@example(capacity=128, seed=2, figures=True, flaky=0.2)  # a lucky hour once made an eighth of the fifth, for ever
def test_noise_does_not_starve(capacity: int, seed: int, figures: bool, flaky: float) -> None:
    """Refusals that come whatever the limit bring it down once; then it comes near what the server takes, and stays."""
    server = Server(capacity, capacity // 4 + 2, figures, seed, flaky)
    limits = simulate(server, AdaptiveLimit(), 16, 40 * capacity + 3000)
    settled = limits[len(limits) // 2 :]
    assert sum(settled) / len(settled) >= 0.7 * capacity
    assert sum(settled) / len(settled) <= 1.6 * (capacity + server.room) / (1 - flaky)
