"""What items have cost, stage by stage, read from a journal without decoding what came of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from synthtools_stream.storage.appendlog.segment_reader import SegmentReader
from synthtools_stream.storage.journal.outcome import OutcomeKind
from synthtools_stream.storage.journal.outcomes import journal_segments
from synthtools_stream.values.phases import UNTOLD, Phases

__all__ = ["StageUsage", "read_stage_usage"]

_HEAD = re.compile(rb'\{"stage":"([^"\\]*)","item":"(?:[^"\\]|\\.)*","outcome":"(done|rejected|failed)"')
_USAGE, _TIMING = b'"usage":', b',"timing":'
"""They stand behind everything else, so the last of each is the record's own."""


@dataclass
class StageUsage:
    """How items left one pool, and what all of them cost together."""

    outcomes: Counter[OutcomeKind] = field(default_factory=Counter[OutcomeKind])
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def settled(self) -> int:
        """Items that left for good."""
        return self.outcomes[OutcomeKind.DONE] + self.outcomes[OutcomeKind.REJECTED]


def read_stage_usage(run_dir: Path, phases: Phases = UNTOLD) -> dict[str, StageUsage]:
    """Return what a run's journal says of each pool; fails as `SegmentReader` does."""
    segments = journal_segments(run_dir)
    found: dict[str, StageUsage] = {}
    with phases.phase("reading what an earlier run has cost", of_bytes=segments.size()) as phase:
        for position, payload in SegmentReader(segments):
            phase.step(position.length)
            head = _HEAD.match(payload)
            if head is not None:
                of_stage = found.setdefault(head[1].decode(), StageUsage())
                of_stage.outcomes[OutcomeKind(head[2].decode())] += 1
                _add(of_stage, payload)
    return found


def _add(stage: StageUsage, payload: bytes) -> None:
    usage = orjson.loads(payload[payload.rfind(_USAGE) + len(_USAGE) : payload.rfind(_TIMING)])
    stage.requests += usage.get("requests", 0)
    stage.prompt_tokens += usage.get("prompt_tokens", 0)
    stage.completion_tokens += usage.get("completion_tokens", 0)
