"""A limit that finds how many requests an endpoint takes: a state machine fed by signals, with no clock of its own.

The server's own figures steer where there are any; else the outcomes of requests do, by additive increase and
multiplicative decrease. What each kind of sign does:

* **Growth** needs a full turnover: as many clean answers as the limit, each given while the limit held others back. A
  refusal starts the count anew, hence no storm of errors can raise the limit. Until the first sign of load the limit
  doubles; then it grows by a quarter. The last level that was too high is treated with care: from the cut (without
  figures) or from the level itself (with figures) growth goes by sixteenths of it, until it is left behind by a
  quarter; so the limit settles instead of swinging. With figures, only answers given while the KV cache is below
  `CALM_KV` and nothing is queued are counted. Figures older than `STALE_S` freeze growth; older than `LOST_S` they are
  forgotten, or a server that lost its metrics could never recover.
* **Noise** (`refusal_noise.py`), refusals that come whatever the limit, neither cuts nor starts a count anew.
* **Cuts** come from a KV cache above `CUT_KV` (above `TRIM_KV`: a mild one), preemptions, a capacity queue that lasts
  for `QUEUE_RUN` signals, or refusals (429, 503, 529, a time-out), which leave `CUT` of the limit; less only where
  the server works at fewer than wait, as one with a single slot, and then as many as it works at. A stray refusal is no
  overload: a hundredth of a turnover may be refused, a tenth while the figures show that the server is at ease.
* **Episodes.** What one overload causes must cut once: without this rule a limit of 1024 falls to 8 while the requests
  that were admitted before the cut still come back. A cut opens an episode, which ends when as many requests were
  settled as were admitted then, or `COOLDOWN_S` after its last bad sign. Meanwhile the limit neither grows nor is
  cut again; a mild cut may be deepened to the full one, measured from where the episode began. A refusal of a request
  admitted before the last cut never counts, and no figures cut while more is in flight than the limit. If nothing was
  answered since the cut, a turnover takes `COOLDOWN_S` at least: a server that is down says little about what it takes
  when it is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from queues.load_signals import LimitDecision, LoadSignal
from queues.refusal_noise import Noise

__all__ = ["AdaptiveLimit"]

START = 16
"""Requests to begin with: what any server takes; doubling is at 1024 after a thousand answers."""
GROWTH = 1.25
"""Factor of one step up after the first sign of load: a step that is too high is too high by a fifth only."""
STEP_SHARE = 16
"""Near the last level that was too high, one step up is that level divided by this: it overshoots by little."""
CUT = 0.7
"""What a cut leaves of the limit, as a factor: enough to end an overload, where the half that is the custom of networks
leaves much of a server idle until the limit has grown back."""
TRIM = 0.9
"""What a mild cut leaves of the limit, as a factor: the server is close to full and not over it."""
CALM_KV = 0.6
"""Used part of the KV cache, 0 to 1, below which a server is at ease: running requests still grow by their answers."""
TRIM_KV = 0.8
"""Used part of the KV cache above which the limit is cut mildly, before the server must preempt."""
CUT_KV = 0.9
"""Used part of the KV cache above which it is cut in full: the next answers will not fit."""
QUEUE_RUN = 5
"""Signals in a row that show a queue until it counts: about five seconds, longer than a burst."""
QUEUE_SHARE = 20
"""A queue below the limit divided by this only keeps the server busy."""
STALE_S = 15.0
"""Seconds until the server's figures say nothing of now: growth waits for fresh ones."""
LOST_S = 120.0
"""Seconds until figures are forgotten, and outcomes alone steer: a server that restarts is back sooner."""
COOLDOWN_S = 30.0
"""Seconds without a bad sign that end an overload: longer than most requests take, and than a 503 is told to wait."""
TOLERANCE = 0.01
"""Part of a turnover that may be refused: a stray one is no overload."""
TOLERANCE_AT_EASE = 0.1
"""The same while the server's figures show that it is at ease, so that load is not the reason."""


class _Trouble(NamedTuple):
    """A sign of overload: what it leaves of the limit, and why."""

    factor: float
    reason: str


class _Sight(Enum):
    """What is known of the server's own figures."""

    NONE = auto()
    STALE = auto()
    BUSY = auto()
    CALM = auto()


class _Figures:
    """The latest figures of the server itself."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._kv_use: float | None = None
        self._queued = 0
        self._queue_run = 0

    def read(self, signal: LoadSignal, limit: int, now: float) -> _Trouble | None:
        """Take in the figures of `signal`, if it has any and they are fresh, and return the worst they say."""
        if signal.kv_use is None and signal.queued is None and signal.preemptions is None:
            return None
        if signal.age_s > STALE_S:
            return None
        self._at = now - signal.age_s
        self._kv_use = signal.kv_use
        self._queued = signal.queued or 0
        self._queue_run = self._queue_run + 1 if self._queued * QUEUE_SHARE > limit else 0
        return self._trouble(signal.preemptions or 0, signal.running, limit)

    def _trouble(self, preemptions: int, running: int | None, limit: int) -> _Trouble | None:
        kv_use = self._kv_use or 0.0
        if preemptions > 0:
            return _Trouble(CUT, f"{preemptions} preempted")
        if kv_use > CUT_KV:
            return _Trouble(CUT, str(self))
        if self._queue_run >= QUEUE_RUN:
            # The server tells how many were too many; where fewer run than wait, the limit is far above what it takes.
            left = 1 - self._queued / limit
            least = CUT if running is None or running >= self._queued else min(CUT, running / limit)
            return _Trouble(min(max(left, least), TRIM), f"{self._queued} queued for capacity")
        if kv_use > TRIM_KV:
            return _Trouble(TRIM, str(self))
        return None

    def sight(self, now: float) -> _Sight:
        if self._at is None or now - self._at > LOST_S:
            return _Sight.NONE
        if now - self._at > STALE_S:
            return _Sight.STALE
        return _Sight.BUSY if self._queued or (self._kv_use or 0.0) >= CALM_KV else _Sight.CALM

    def __str__(self) -> str:
        return "nothing queued" if self._kv_use is None else f"KV cache {self._kv_use:.0%} used"


@dataclass
class _Episode:
    """One overload, from its cut until what was admitted before has been settled."""

    base: int
    """The limit before the cut."""
    factor: float
    crowd: int
    """Requests that were admitted before the cut."""
    began: float
    last_bad: float
    settled: int = 0
    answered: int = 0

    def over(self, now: float) -> bool:
        """Tell whether the signs seen from now on are of another overload."""
        turned = self.settled >= self.crowd and (self.answered > 0 or now - self.began >= COOLDOWN_S)
        return turned or now - self.last_bad >= COOLDOWN_S


class AdaptiveLimit:
    """A LimitPolicy that steers by load; one for each gate.

    Time comes in with the signals; the gate puts it there. A gate opens at its ceiling, so set its limit to `start`.
    """

    def __init__(self, start: int = START) -> None:
        """Begin at `start`, or at the ceiling where that is lower.

        :raises ValueError: if `start` is less than 1.
        """
        if start < 1:
            raise ValueError(f"the limit must start at 1 or more, not {start}")
        self._start = start
        self._figures = _Figures()
        self._noise = Noise()
        self._episode: _Episode | None = None
        self._now = 0.0
        self._slow_start = True
        self._too_high: int | None = None
        self._cut_at: float | None = None
        self._changed_at = float("-inf")
        self._clean = 0
        self._settled = 0
        self._refused = 0

    def start(self, ceiling: int) -> LimitDecision:
        """Return the limit to begin with, for `AdmissionGate.set_limit`."""
        return LimitDecision(min(self._start, ceiling), "start")

    def decide(self, signal: LoadSignal, limit: int, ceiling: int, /) -> LimitDecision | None:
        """Return the new limit, or None to leave it as it is."""
        if signal.at is not None:
            self._now = max(self._now, signal.at)
        trouble = self._figures.read(signal, limit, self._now)
        if trouble and signal.in_flight is not None and signal.in_flight > limit:
            self._bad()
            trouble = None
        sight = self._figures.sight(self._now)
        if trouble or signal.refused or sight is _Sight.BUSY:
            self._slow_start = False
        refusals = self._count(signal, limit, sight)
        if trouble is None or (refusals and refusals.factor < trouble.factor):
            trouble = refusals
        decision = self._cut(trouble, signal, limit) if trouble else self._grow(signal, limit, ceiling, sight)
        self._settle(signal)
        if decision is not None:
            self._changed_at = self._now
        return decision

    def _count(self, signal: LoadSignal, limit: int, sight: _Sight) -> _Trouble | None:
        """Count the outcomes of this turnover; too many refusals among them are trouble."""
        if self._settled >= limit:
            self._settled = self._refused = 0
        self._settled += signal.answered + signal.refused
        old = signal.since is not None and self._cut_at is not None and signal.since < self._cut_at
        if not old:
            self._refused += signal.refused
        if signal.since is None or signal.since >= self._changed_at:
            self._noise.add(limit, signal.answered + signal.refused, signal.refused)
        if signal.refused and not self._noise.share:
            self._clean = 0
        elif signal.saturated and self._episode is None and sight in (_Sight.CALM, _Sight.NONE):
            self._clean += signal.answered
        if old or not signal.refused:
            return None
        allowed = max(limit * (TOLERANCE_AT_EASE if sight is _Sight.CALM else TOLERANCE), self._noise.among(limit))
        if self._refused <= allowed:
            return None
        return _Trouble(CUT, f"{self._refused} of {self._settled} refused")

    def _bad(self) -> None:
        if self._episode:
            self._episode.last_bad = self._now

    def _cut(self, trouble: _Trouble, signal: LoadSignal, limit: int) -> LimitDecision | None:
        self._bad()
        episode = self._episode
        if episode is None:
            crowd = max(limit, signal.in_flight or 0)
            episode = self._episode = _Episode(limit, trouble.factor, crowd, self._now, self._now)
            lower = min(limit - 1, int(limit * trouble.factor))
        elif trouble.factor < episode.factor:
            episode.factor = trouble.factor
            lower = int(episode.base * trouble.factor)
        else:
            return None
        self._too_high = episode.base
        self._cut_at = self._now
        self._renew()
        lower = max(lower, 1)
        return LimitDecision(lower, f"cut: {trouble.reason}") if lower < limit else None

    def _settle(self, signal: LoadSignal) -> None:
        episode = self._episode
        if episode is None:
            return
        episode.settled += signal.answered + signal.refused
        episode.answered += signal.answered
        if episode.over(self._now):
            self._episode = None
            self._renew()

    def _renew(self) -> None:
        self._clean = self._settled = self._refused = 0

    def _grow(self, signal: LoadSignal, limit: int, ceiling: int, sight: _Sight) -> LimitDecision | None:
        if not signal.answered or signal.refused or self._clean < limit or sight in (_Sight.STALE, _Sight.BUSY):
            return None
        self._renew()
        if limit >= ceiling:
            return None
        why = f"clean turnover, {self._figures}" if sight is _Sight.CALM else "clean turnover"
        why = f"slow start: {why}" if self._slow_start else why
        return LimitDecision(min(self._higher(limit, measured=sight is _Sight.CALM), ceiling), why)

    def _higher(self, limit: int, *, measured: bool) -> int:
        if self._slow_start:
            return 2 * limit
        quarter = max(int(limit * GROWTH), limit + 1)
        high = self._too_high
        if high is None or limit > high * GROWTH:
            self._too_high = None
            return quarter
        if measured and limit < high:
            return min(quarter, high)
        return limit + max(1, high // STEP_SHARE)
