"""Which request is sent next: drain first with floors, and adjacent by affinity."""

from __future__ import annotations

import asyncio

from queues import AdmissionGate
from tests.queues.gatekit import STAGES, Load, rest


async def test_drains_before_it_starts() -> None:
    """With one slot, later stages are always served before earlier ones, and each stage in order of arrival."""
    gate = AdmissionGate(1, stages=STAGES)
    async with asyncio.TaskGroup() as group:
        load = Load(gate, group)
        load.ask("source", times=2)
        load.ask("middle")
        load.ask("sink", times=2)
        await rest()
        await load.finish_all()
    assert load.entered == ["source", "sink", "sink", "middle", "source"]


async def test_waiting_stages_keep_a_floor() -> None:
    """Under pressure from the sink every waiting stage holds a sixteenth of the limit, and the sink all the rest."""
    gate = AdmissionGate(64, stages=STAGES)
    async with asyncio.TaskGroup() as group:
        load = Load(gate, group)
        load.ask("sink", times=80)
        await rest()
        for stage in STAGES[:2]:
            load.ask(stage, times=10)
        await rest()
        await load.finish("sink", times=12)
        assert load.in_flight == {"source": 4, "middle": 4, "sink": 56}
        await load.finish("middle")
        assert load.in_flight == {"source": 4, "middle": 4, "sink": 56}
        await load.finish_all()


async def test_unused_floors_go_to_others() -> None:
    """A stage without waiting requests keeps no slots free."""
    gate = AdmissionGate(32, stages=STAGES)
    async with asyncio.TaskGroup() as group:
        load = Load(gate, group)
        load.ask("source", times=40)
        await rest()
        assert load.in_flight == {"source": 32}
        await load.finish_all()


async def test_floors_take_half_at_most() -> None:
    """A limit below the number of stages still drains first, and its one floor slot goes round."""
    stages = [f"s{number}" for number in range(6)]
    gate = AdmissionGate(2, stages=stages)
    async with asyncio.TaskGroup() as group:
        load = Load(gate, group)
        load.ask("s5", times=20)
        await rest()
        for stage in stages[:5]:
            load.ask(stage, times=2)
        await load.finish("s5")
        for _ in range(4):
            assert load.in_flight["s5"] == 1
            (early,) = load.in_flight.keys() - {"s5"}
            await load.finish(early)
        assert sorted(load.entered[2:]) == stages[:5]
        await load.finish_all()


async def test_affinity_stays_adjacent() -> None:
    """Waiting requests of one affinity are served together, in order of arrival of their first."""
    gate = AdmissionGate(1, stages=STAGES)
    async with asyncio.TaskGroup() as group:
        load = Load(gate, group)
        load.ask("sink", "first")
        for affinity in ("a", "b", "a", "c", "b", "a"):
            load.ask("sink", affinity)
        await rest()
        await load.finish_all()
    assert load.entered == ["first", *"aaabbc"]


async def test_affinity_rotates() -> None:
    """No affinity is served more than 32 times in a row while another waits."""
    gate = AdmissionGate(1, stages=STAGES)
    async with asyncio.TaskGroup() as group:
        load = Load(gate, group)
        load.ask("sink", "first")
        load.ask("sink", "a", times=40)
        load.ask("sink", "b", times=40)
        await rest()
        await load.finish_all()
    assert load.entered == ["first"] + ["a"] * 32 + ["b"] * 32 + ["a"] * 8 + ["b"] * 8
