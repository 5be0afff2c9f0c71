"""The parts of a run as the watchdog sees them: what each has in hand, and what counts as progress."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from queues import AdmissionGate
from synthtools_stream.chat.language_model import Usage
from synthtools_stream.engine.moving_parts import MovingParts
from synthtools_stream.engine.progress import Meter
from synthtools_stream.engine.watchdog import Part
from tests.metrics.figurekit import StillEndpoint, StillPool


@dataclass
class Writer:
    """Something that writes later."""

    pending: int = 2
    settled: int = 5


@dataclass
class Shared:
    """Another model behind a gate that somebody has already."""

    gate: AdmissionGate
    name: str = "another model"
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])


def named(parts: MovingParts) -> dict[str, Part]:
    """Return the parts by name."""
    return {part.name: part for part in parts()}


async def test_parts_have_work_and_counters() -> None:
    """A gate counts once, however many models share it; a stage moves with its items and its replies."""
    endpoint, meter = StillEndpoint(), Meter()
    parts = MovingParts([StillPool()], [endpoint, Shared(endpoint.gate)], meter, {"the journal": Writer()})
    seen = named(parts)
    assert [*seen] == ["endpoint another model", "the journal", "stage generation.tool"]
    assert (seen["the journal"].in_hand, seen["the journal"].moved) == (2, 5)
    stage = seen["stage generation.tool"]
    assert (stage.in_hand, stage.moved, stage.is_last, stage.held_back) == (2, 7, True, False)
    assert stage.told == "2 items in work and 3 queued, none settled and no reply used"
    meter.on_reply("generation", "tool", Usage(), from_log=True, latency_s=0.0)
    assert named(parts)["stage generation.tool"].moved == 8
    async with endpoint.gate.slot("generation", label="tool"):
        held = named(parts)["endpoint another model"]
        assert (held.in_hand, held.moved) == (1, 0)
        assert held.told.startswith("1 request in flight, none answered; the oldest is for tool")
    assert named(parts)["endpoint another model"].moved == 1


def test_a_closed_gate_excuses_the_stages() -> None:
    """A run that is ending sends nothing more, so its stages wait for nothing that comes."""
    endpoint = StillEndpoint()
    parts = MovingParts([StillPool()], [endpoint], Meter(), {})
    endpoint.gate.close()
    assert named(parts)["stage generation.tool"].held_back
