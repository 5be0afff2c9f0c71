"""Strategies: what the planner is told of a walk, and what an encoder has to do with it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from stages.sequencing.walk_strategies import PlannedWalks, StrategyName, strategy_for
from stages.sequencing.wanted_shapes import Distribution, Shape
from synthtools_stream.asking.origin import Origin
from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.embeddings.encoder import Encoder, TfidfEncoder
from synthtools_stream.errors import TransportError
from synthtools_stream.toolgraph.likeness import Likeness
from synthtools_stream.toolgraph.tool_graph import Graph
from synthtools_stream.values.jsontypes import JsonObject
from tests.stages.stagekit import GET, MOVE, TOOLS, Stable, shown, tool_pool

FIND = GET.model_copy(update={"tool_name": "FindHorses", "parameters": {}, "output_details": MOVE.output_details})
LENGTHS = Distribution({3: 1.0, 4: 1.0}, {"chain": 1.0})


class Deaf:
    """An encoder whose server is away."""

    threshold: float | None = 0.82

    async def likeness(self, texts: Sequence[str], origin: Origin) -> Likeness:
        """Fail, as a server that is away."""
        raise TransportError(f"no embeddings for {origin.item}")


def accept(request: ChatRequest) -> JsonObject:
    """Take every walk as it is."""
    return {"reasoning": "", "accept": True, "sequence": shown(request, "walk")}


async def planned(stable: Stable, name: StrategyName, encoder: Encoder) -> PlannedWalks:
    """Return the walks over the stable's tools."""
    pool = tool_pool([*TOOLS, FIND])
    found = await strategy_for(name, pool, LENGTHS, encoder, 0, stable.context(pool.id))
    assert isinstance(found, PlannedWalks)
    return found


def kinds(graph: Graph) -> set[tuple[str, str, object]]:
    """Return the edges with their kinds."""
    return {(here, there, data.get("kind")) for here, there, data in graph.edges(data=True)}


async def test_graph_is_typed_by_the_environment() -> None:
    """The environment's entity types say which ids are the same: what is found feeds, what is passed in is shared."""
    graph = (await planned(Stable(), "graph", TfidfEncoder())).graph
    assert ("FindHorses", "MoveHorse", "feeds") in kinds(graph)
    assert ("GetHorse", "MoveHorse", "shares") in kinds(graph)
    assert ("MoveHorse", "FindHorses", "feeds") not in kinds(graph)


async def test_random_strategy_asks_no_encoder() -> None:
    """The baseline knows nothing of what tools take: every tool leads to every other."""
    graph = (await planned(Stable(), "random", Deaf())).graph
    assert len(graph.edges) == 4 * 3
    assert {kind for *_, kind in kinds(graph)} == {None}


async def test_planner_is_told_the_links() -> None:
    """The planner sees which output of the walk's tools can be which parameter; in a baseline it sees none."""
    strategies: list[tuple[StrategyName, bool]] = [("graph", True), ("random", False)]
    for name, told in strategies:
        stable = Stable(planner=accept)
        walks = await planned(stable, name, TfidfEncoder())
        await walks.orders([Shape(4, "chain")], 0, [["GetHorse", "MoveHorse", "GetHorse"]])
        (request,) = stable.asked("planner")
        links = shown(request, "links")
        assert isinstance(links, list)
        assert ("FindHorses.horse_id -> MoveHorse.horse_id" in links) is told
        assert bool(links) is told
        assert shown(request, "taken_openings") == ["GetHorse, MoveHorse"]


async def test_walks_of_one_turn_differ_from_those_of_the_next() -> None:
    """What the planner refused is not drawn again as it was."""
    walks = await planned(Stable(planner=accept), "graph", TfidfEncoder())
    first, second = [await walks.orders([Shape(3, "chain")] * 2, turn, []) for turn in range(2)]
    assert not {*map(tuple, first)} & {*map(tuple, second)}


async def test_lost_encoder_fails_the_environment() -> None:
    """An embedding server that is away is a matter of infrastructure: the next run tries the environment again."""
    with pytest.raises(TransportError, match="no embeddings for horses_spec_000"):
        await planned(Stable(), "graph", Deaf())
