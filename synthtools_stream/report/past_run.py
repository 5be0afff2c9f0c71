"""The figures of an earlier run that tell what another one will cost: what an item of each pool took, and how fast.

What items cost together is more than what was sent: items share replies, and replies that were refused cost, too. So
each item's part is scaled to what the run has sent and spent as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.errors import UsageError
from synthtools_stream.report.stage_usage import StageUsage, read_stage_usage
from synthtools_stream.storage.journal.outcome import OutcomeKind
from synthtools_stream.storage.journal.outcomes import has_journal
from synthtools_stream.storage.rundir.progress_file import read_snapshots
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.values.jsontypes import JsonObject, object_at
from synthtools_stream.values.phases import UNTOLD, Phases

__all__ = ["USUAL", "Cost", "PastRun", "PoolFigures", "has_figures", "read_past_run"]


class Cost(NamedTuple):
    """What something takes; an item's are fractions."""

    calls: float = 0.0
    prompt: float = 0.0
    completion: float = 0.0

    def plus(self, other: Cost) -> Cost:
        """Return both together."""
        return Cost(self.calls + other.calls, self.prompt + other.prompt, self.completion + other.completion)

    def times(self, factor: float) -> Cost:
        """Return so many of it."""
        return Cost(self.calls * factor, self.prompt * factor, self.completion * factor)


class PoolFigures(NamedTuple):
    """What became of the items of a pool."""

    settled: int
    done: int
    each: Cost
    """What one item took."""


@dataclass(frozen=True)
class PastRun:
    """A run whose figures are known."""

    name: str
    """Where they come from, in words."""
    pools: Mapping[str, PoolFigures]
    subfields: int
    """Asked for, of each field."""
    scenarios: int
    sequences: int
    seconds: float = 0.0
    """At work, all sessions together."""
    calls: float = 0.0
    """Sent in that time."""
    most_in_flight: int = 0

    @property
    def pace(self) -> float | None:
        """Calls a second; None where that is not known."""
        return self.calls / self.seconds if self.seconds and self.calls else None

    @property
    def spent(self) -> Cost:
        """What the run took as a whole."""
        whole = Cost()
        for pool in self.pools.values():
            whole = whole.plus(pool.each.times(pool.settled))
        return whole


USUAL = PastRun(
    "the usual figures of the embedded model; --like DIR or --sample 1 tells those of yours",
    {
        "generation.subfields": PoolFigures(4, 4, Cost(1, 570, 20)),
        "generation.scenarios": PoolFigures(4, 4, Cost(1, 700, 35)),
        "generation.blueprint": PoolFigures(4, 4, Cost(1, 2_300, 1_300)),
        "generation.tool": PoolFigures(40, 40, Cost(1, 4_100, 220)),
        "auditing": PoolFigures(40, 39, Cost(6, 16_000, 2_600)),
        "sequencing": PoolFigures(4, 4, Cost(5, 7_500, 250)),
        "evolution": PoolFigures(16, 16, Cost(12, 33_000, 2_400)),
        "summarizing": PoolFigures(16, 15, Cost(2, 3_900, 150)),
        "rollout": PoolFigures(32, 32, Cost(6, 15_000, 250)),
    },
    subfields=1,
    scenarios=1,
    sequences=4,
)
"""Four environments of the embedded model (`run --field … --sequences 4 --rollouts 2`), rounded."""


def has_figures(directory: Path) -> bool:
    """Whether a directory holds a run of which anything was journaled.

    :raises RunDirectoryError: for a directory that no run can be in.
    """
    return read_run(directory) is not None and has_journal(directory)


def read_past_run(directory: Path, phases: Phases = UNTOLD) -> PastRun:
    """Return the figures of a run directory.

    :raises UsageError: where there is no run, or one that has settled nothing yet.
    :raises LogDamage: for a damaged journal.
    """
    record = read_run(directory)
    if record is None or not has_journal(directory):
        raise UsageError(f"{directory}: there is no run here whose figures could be used")
    pools = read_stage_usage(directory, phases)
    if not any(pool.settled for pool in pools.values()):
        raise UsageError(f"{directory}: this run has no figures yet: nothing of it is settled")
    snapshots = [*read_snapshots(directory)]
    last = snapshots[-1] if snapshots else {}
    content = object_at(record, "content")
    seconds, calls = _at_work(snapshots)
    scale = _scale(pools.values(), last)
    return PastRun(
        str(directory),
        {name: _figures(pool, scale) for name, pool in pools.items()},
        subfields=int(_number(content, "subfields")) or 1,
        scenarios=int(_number(content, "scenarios")) or 1,
        sequences=int(_number(content, "sequences")) or 1,
        seconds=seconds,
        calls=calls,
        most_in_flight=int(max((_number(object_at(shot, "requests"), "peak") for shot in snapshots), default=0)),
    )


def _figures(pool: StageUsage, scale: Cost) -> PoolFigures:
    settled = max(1, pool.settled)
    each = Cost(
        scale.calls * pool.requests / settled,
        scale.prompt * pool.prompt_tokens / settled,
        scale.completion * pool.completion_tokens / settled,
    )
    return PoolFigures(pool.settled, pool.outcomes[OutcomeKind.DONE], each)


def _scale(pools: Iterable[StageUsage], last: JsonObject) -> Cost:
    """Return by which factors all items together differ from what was sent and spent; 1 where that is not known."""
    pools = [*pools]
    requests, tokens = object_at(last, "requests"), object_at(last, "tokens")
    return Cost(
        _ratio(_number(requests, "total"), sum(pool.requests for pool in pools)),
        _ratio(_number(tokens, "prompt"), sum(pool.prompt_tokens for pool in pools)),
        _ratio(_number(tokens, "completion"), sum(pool.completion_tokens for pool in pools)),
    )


def _ratio(whole: float, parts: float) -> float:
    return whole / parts if whole and parts else 1.0


def _at_work(snapshots: Iterable[JsonObject]) -> tuple[float, float]:
    """Return for how many seconds all sessions together were at work, and how many calls they sent then."""
    seconds = calls = elapsed = sent = 0.0
    for shot in snapshots:
        now_s, now_sent = _number(shot, "elapsed_s"), _number(object_at(shot, "requests"), "sent")
        if now_s < elapsed:  # another session
            seconds, calls = seconds + elapsed, calls + sent
        elapsed, sent = now_s, now_sent
    return seconds + elapsed, calls + sent


def _number(values: JsonObject, key: str) -> float:
    value = values.get(key)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
