"""The adaptive limit: what each sign of load does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues import AdaptiveLimit, AdmissionGate, LimitDecision, LoadSignal

CEILING = 1024
CALM = LoadSignal(kv_use=0.3, queued=0, preemptions=0)


class Driver:
    """A policy and the limit that it steers, as the gate drives them."""

    def __init__(self, limit: int, ceiling: int = CEILING) -> None:
        self.policy = AdaptiveLimit()
        self.limit = limit
        self.ceiling = ceiling
        self.now = 100.0
        self.changes: list[LimitDecision] = []

    def see(self, signal: LoadSignal, times: int = 1) -> None:
        for _ in range(times):
            decision = self.policy.decide(replace(signal, at=self.now), self.limit, self.ceiling)
            if decision is not None:
                assert decision.limit != self.limit
                self.limit = decision.limit
                self.changes.append(decision)

    def answers(self, times: int, *, saturated: bool = True) -> None:
        self.see(LoadSignal(answered=1, saturated=saturated), times)

    def refusals(self, times: int = 1, since: float | None = None) -> None:
        self.see(LoadSignal(refused=1, saturated=True, since=since), times)


def test_starts_moderately() -> None:
    """The limit starts at 16, or at the ceiling where that is lower; a start below 1 is refused."""
    assert AdaptiveLimit().start(1024).limit == 16
    assert AdaptiveLimit().start(4).limit == 4
    with pytest.raises(ValueError, match="1 or more"):
        AdaptiveLimit(0)


def test_doubles_until_first_load() -> None:
    """Clean full turnovers double the limit until a refusal, after which it never doubles again."""
    driver = Driver(16)
    driver.answers(15)
    assert driver.limit == 16
    driver.answers(1 + 32 + 64)
    assert [change.limit for change in driver.changes] == [32, 64, 128]
    assert driver.changes[0].reason == "slow start: clean turnover"
    driver.refusals(2)
    assert driver.changes[-1] == (89, "cut: 2 of 2 refused")
    driver.answers(127 + 88)
    assert driver.limit == 89
    driver.answers(1)
    assert driver.changes[-1] == (97, "clean turnover")


def test_grows_only_when_the_cap_binds() -> None:
    """Answers while nobody waits never raise the limit."""
    driver = Driver(8)
    driver.answers(500, saturated=False)
    assert driver.changes == []


def test_stops_at_the_ceiling() -> None:
    """The limit grows up to the ceiling and then rests."""
    driver = Driver(16, ceiling=20)
    driver.answers(200)
    assert [change.limit for change in driver.changes] == [20]


def test_one_overload_cuts_once() -> None:
    """However many of the requests in flight are refused, the limit is cut once, not from 1024 to 8."""
    driver = Driver(1024)
    driver.refusals(1024)
    assert [change.limit for change in driver.changes] == [716]


def test_stragglers_of_old_load_cut_no_more() -> None:
    """Time-outs of requests admitted before the cut, even long after its episode, cut nothing; new ones do."""
    driver = Driver(64)
    driver.refusals(1, since=90.0)
    admitted = driver.now
    assert driver.limit == 44
    driver.answers(64)
    driver.now += 500
    driver.refusals(30, since=99.0)
    assert driver.limit == 44
    driver.refusals(1, since=admitted)
    assert driver.limit == 30


def test_load_admitted_after_the_cut_counts() -> None:
    """Later bad signs of an episode do not excuse the requests that were admitted after its cut."""
    driver = Driver(64)
    driver.see(LoadSignal(kv_use=0.95))
    driver.now += 5
    driver.see(LoadSignal(kv_use=0.95))
    driver.answers(64)
    driver.refusals(1, since=driver.now - 2)
    assert [change.limit for change in driver.changes] == [44, 30]


def test_stray_resets_are_no_overload() -> None:
    """Up to a hundredth of a turnover may fail without a cut, but stops growth; more is an overload."""
    driver = Driver(400)
    for _ in range(8):
        driver.refusals()
        driver.answers(99)
    assert driver.changes == []
    driver.refusals(5)
    assert driver.limit == 280


def test_total_failure_cuts_slowly() -> None:
    """While nothing at all is answered, turnovers of refusals cut once in 30 s only."""
    driver = Driver(64)
    for _ in range(29):
        driver.refusals(100)
        driver.now += 1
    assert driver.limit == 44
    for _ in range(4):
        driver.refusals(100)
        driver.now += 1
    assert driver.limit == 30


def test_quiet_ends_an_episode() -> None:
    """Thirty seconds without a bad sign end an episode that has no full turnover."""
    driver = Driver(64)
    driver.see(LoadSignal(kv_use=0.95, queued=0))
    driver.now += 29
    driver.see(LoadSignal(kv_use=0.95, queued=0))
    driver.now += 29
    driver.see(CALM)
    driver.see(LoadSignal(kv_use=0.95, queued=0))
    assert driver.limit == 44
    driver.now += 31
    driver.see(CALM)
    driver.see(LoadSignal(kv_use=0.95, queued=0))
    assert driver.limit == 30


@pytest.mark.parametrize(
    ("signal", "times", "limit", "reason"),
    [
        (LoadSignal(kv_use=0.75, queued=0), 9, 100, ""),
        (LoadSignal(kv_use=0.85, queued=0), 9, 90, "cut: KV cache 85% used"),
        (LoadSignal(kv_use=0.93, queued=0), 9, 70, "cut: KV cache 93% used"),
        (LoadSignal(kv_use=0.5, queued=0, preemptions=3), 1, 70, "cut: 3 preempted"),
        (LoadSignal(kv_use=0.5, queued=20), 4, 100, ""),
        (LoadSignal(kv_use=0.5, queued=20), 5, 80, "cut: 20 queued for capacity"),
        (LoadSignal(kv_use=0.5, queued=900), 5, 70, "cut: 900 queued for capacity"),
        (LoadSignal(kv_use=0.5, queued=98, running=2), 5, 2, "cut: 98 queued for capacity"),
        (LoadSignal(kv_use=0.5, queued=45, running=55), 5, 70, "cut: 45 queued for capacity"),
        (LoadSignal(kv_use=0.5, queued=900, running=80), 5, 70, "cut: 900 queued for capacity"),
        (LoadSignal(kv_use=0.5, queued=3), 50, 100, ""),
        (LoadSignal(kv_use=0.95, queued=0, age_s=16), 9, 100, ""),
    ],
)
def test_figures_cut(signal: LoadSignal, times: int, limit: int, reason: str) -> None:
    """A full cache, preemptions and a lasting queue cut; a fairly full one trims; stale figures do nothing."""
    driver = Driver(100)
    driver.see(CALM)
    driver.see(signal, times)
    assert driver.limit == limit
    assert [change.reason for change in driver.changes] == ([reason] if reason else [])


def test_brief_queue_is_forgiven() -> None:
    """A queue that comes and goes does not cut."""
    driver = Driver(100)
    for _ in range(10):
        driver.see(LoadSignal(kv_use=0.5, queued=50), 4)
        driver.see(CALM)
    assert driver.changes == []


def test_mild_cut_deepens_once() -> None:
    """Within an episode a trim may become a full cut, measured from the limit before the trim, and no more."""
    driver = Driver(100)
    driver.see(LoadSignal(kv_use=0.85))
    driver.see(LoadSignal(kv_use=0.99, preemptions=5), 50)
    assert [change.limit for change in driver.changes] == [90, 70]


def test_draining_is_no_new_overload() -> None:
    """Figures cannot cut while more is in flight than the limit allows, for what they show was admitted before."""
    driver = Driver(100)
    full = LoadSignal(kv_use=0.95, in_flight=101)
    driver.see(full, 9)
    assert driver.changes == []
    driver.see(replace(full, in_flight=100))
    assert driver.limit == 70


def test_calm_figures_let_it_grow() -> None:
    """With figures, growth needs a cache below 0.6 and no queue; after load it is a quarter, then careful again."""
    driver = Driver(64)
    driver.see(LoadSignal(kv_use=0.65, queued=0))
    driver.answers(500)
    driver.see(LoadSignal(kv_use=0.3, queued=1))
    driver.answers(500)
    assert driver.changes == []
    driver.see(CALM)
    driver.answers(64)
    assert driver.changes == [(80, "clean turnover, KV cache 30% used")]
    driver.see(LoadSignal(kv_use=0.95))
    driver.see(CALM)
    driver.answers(80 + 56 + 70 + 80)
    assert [change.limit for change in driver.changes[1:]] == [56, 70, 80, 85]


def test_stale_figures_freeze_growth() -> None:
    """Figures older than 15 s stop growth; after two minutes without any, outcomes alone steer again."""
    driver = Driver(16)
    driver.see(CALM)
    driver.now += 16
    driver.answers(300)
    assert driver.changes == []
    driver.now += 100
    driver.answers(300)
    assert driver.changes == []
    driver.now += 5
    driver.answers(16)
    assert driver.limit == 32


def test_calm_server_may_refuse_a_few() -> None:
    """While figures show a server at ease, a tenth of a turnover may be refused; a rate limiter's storm still cuts."""
    driver = Driver(100)
    driver.see(CALM)
    driver.refusals(10)
    assert driver.changes == []
    driver.refusals(1)
    assert driver.limit == 70


SIGNALS = st.builds(
    LoadSignal,
    answered=st.integers(0, 40),
    refused=st.integers(0, 3) | st.just(0),
    kv_use=st.none() | st.floats(0, 1),
    queued=st.none() | st.integers(0, 2000),
    preemptions=st.none() | st.integers(0, 5) | st.just(0),
    age_s=st.floats(0, 60),
    saturated=st.booleans(),
    since=st.none() | st.floats(0, 500),
    at=st.none() | st.floats(0, 500),
    in_flight=st.none() | st.integers(0, 2000),
)


@given(signals=st.lists(SIGNALS, max_size=80), ceiling=st.integers(1, 1024), start=st.integers(1, 64))
def test_stays_within_bounds(signals: list[LoadSignal], ceiling: int, start: int) -> None:
    """Whatever is signalled, the limit stays within 1 and the ceiling, and grows on clean saturated answers only."""
    policy = AdaptiveLimit(start)
    limit = policy.start(ceiling).limit
    for signal in signals:
        decision = policy.decide(signal, limit, ceiling)
        if decision is None:
            continue
        assert 1 <= decision.limit <= ceiling
        assert decision.reason
        if decision.limit > limit:
            assert signal.answered
            assert not signal.refused
        limit = decision.limit


BAD = st.one_of(
    st.builds(LoadSignal, refused=st.integers(1, 3), since=st.none() | st.floats(0, 99)),
    st.builds(LoadSignal, kv_use=st.floats(0.81, 1), preemptions=st.integers(0, 9), queued=st.integers(0, 999)),
    st.builds(LoadSignal, answered=st.just(1), saturated=st.just(True)),
)


@given(signals=st.lists(BAD, max_size=100), limit=st.integers(301, 1024))
def test_never_cascades(signals: list[LoadSignal], limit: int) -> None:
    """No mixture of bad signs within one turnover takes more than three tenths of the limit."""
    driver = Driver(limit)
    driver.policy.decide(LoadSignal(kv_use=0.7), limit, CEILING)
    for signal in signals:
        driver.see(signal)
        driver.now += 0.1
        assert driver.limit >= int(0.7 * limit)


def test_gate_tells_time_and_flight() -> None:
    """The gate fills in when a signal was seen and what was in flight, unless the time is given."""
    seen: list[LoadSignal] = []

    class Noting:
        def decide(self, signal: LoadSignal, _limit: int, _ceiling: int, /) -> LimitDecision | None:
            seen.append(signal)
            return None

    gate = AdmissionGate(2, stages=["s"], policy=Noting(), clock=lambda: 7.0)
    gate.observe(LoadSignal(answered=1))
    gate.observe(LoadSignal(answered=1, at=5.0))
    assert [(signal.at, signal.in_flight) for signal in seen] == [(7.0, 0), (5.0, 0)]


async def test_slot_tells_its_admission() -> None:
    """A slot gives the time of its admission, from which a straggler of an old overload is told."""
    clock = iter(range(100))
    gate = AdmissionGate(64, stages=["s"], policy=AdaptiveLimit(), clock=lambda: float(next(clock)))
    async with gate.slot("s") as early:
        gate.observe(LoadSignal(refused=1, since=early))
        assert gate.limit == 44
        gate.observe(LoadSignal(answered=64))
        gate.observe(LoadSignal(refused=40, since=early))
    assert gate.limit == 44
    assert [change.reason for change in gate.history] == ["cut: 1 of 1 refused"]
