"""Where sequences come from, behind one interface: walks over the graph, walks by chance, a model's own proposals."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations, permutations
from typing import Literal, Protocol, TypeAlias

import networkx as nx

from stages.sequencing.novel_walks import novel_walks
from stages.sequencing.walks import OPENING, Walks
from stages.sequencing.wanted_shapes import Distribution, Shape
from synthtools_stream.embeddings.encoder import Encoder
from synthtools_stream.engine.stage import Context
from synthtools_stream.engine.task_group import all_results
from synthtools_stream.errors import UnusableReply
from synthtools_stream.records import AuditedTool, ToolPool
from synthtools_stream.roles.role_parts import ToolOutline
from synthtools_stream.roles.sequencing_roles import PLANNER, PROPOSER, PlannerInput, ProposerInput
from synthtools_stream.toolgraph.tool_graph import Graph, part_texts, tool_graph
from synthtools_stream.values.lineages import lineage

__all__ = ["Proposals", "Strategy", "StrategyName", "strategy_for"]

StrategyName: TypeAlias = Literal["graph", "llm", "random"]
MOST_PROPOSED = 60
"""Sequences that one answer may hold, as the proposer's prompt says."""
ROUNDS = 5
"""Draws for the sequences that are missing: each costs a request for each of these, and after the fifth few are."""


class Strategy(Protocol):
    """A source of sequences for one environment."""

    @property
    def rounds(self) -> int:
        """How often it is worth asking for what is missing."""
        ...

    async def orders(self, shapes: Sequence[Shape], turn: int, kept: Sequence[list[str]]) -> list[list[str]]:
        """Return an order of tools for each of `shapes`, empty where there is none; or more, to choose from.

        `turn` counts the asks from 0, and `kept` are the orders that have been kept so far.

        :raises TransportError: when a model could not be reached.
        """
        ...


async def strategy_for(
    name: StrategyName,
    pool: ToolPool,
    distribution: Distribution,
    encoder: Encoder,
    seed: int,
    context: Context,
    oversample: int = 1,
) -> Strategy:
    """Return the strategy of that name for one environment, which draws `oversample` candidates for each sequence.

    :raises TransportError: when the encoder's model could not be reached.
    """
    if name == "llm":
        return Proposals(pool, distribution, context, oversample)
    rng = random.Random(blake2b(f"{seed}|{lineage(pool.id)}|walks".encode(), digest_size=8).digest())
    graph = await _graph(pool, encoder, context) if name == "graph" else _every_way(pool)
    return PlannedWalks(pool, distribution, graph, Walks(graph, rng), context, oversample)


async def _graph(pool: ToolPool, encoder: Encoder, context: Context) -> Graph:
    tools = [entry.tool for entry in pool.tools]
    likeness = await encoder.likeness(part_texts(tools), context)
    return tool_graph(tools, pool.setting.entity_types, likeness, encoder.threshold)


def _every_way(pool: ToolPool) -> Graph:
    """Return the baseline: every tool leads to every other, and nothing is known to feed anything."""
    graph: Graph = nx.DiGraph()
    graph.add_edges_from(permutations((entry.tool_name for entry in pool.tools), 2), weight=1.0)
    return graph


@dataclass(frozen=True)
class PlannedWalks:
    """Walks, the most different of more, which the planner role accepts, reorders, trims or refuses."""

    pool: ToolPool
    distribution: Distribution
    graph: Graph
    walks: Walks
    context: Context
    oversample: int = 1
    """Walks that are drawn where one is kept."""
    rounds: int = ROUNDS

    async def orders(self, shapes: Sequence[Shape], turn: int, kept: Sequence[list[str]]) -> list[list[str]]:
        """Draw a walk for each shape, all of them before the planner is asked about the first."""
        drawn = novel_walks(self.walks, shapes, self.oversample, kept)
        taken = [", ".join(opening) for opening in dict.fromkeys(tuple(order[:OPENING]) for order in kept)]
        return await all_results(self._planned(walk, taken, f"{turn}.{index}") for index, walk in enumerate(drawn))

    async def _planned(self, walk: list[str], taken: list[str], key: str) -> list[str]:
        asked = PlannerInput(
            scenario=self.pool.setting.scenario,
            tools=_outlines(self.pool.tools),
            min_length=self.distribution.shortest,
            max_length=self.distribution.longest,
            walk=walk,
            links=self._links(walk),
            taken_openings=taken,
        )
        try:
            reply = await self.context.ask(PLANNER, asked, key=key)
        except UnusableReply:
            return []
        return reply.sequence if reply.accept else []

    def _links(self, walk: Sequence[str]) -> list[str]:
        """Say which of the walk's tools feeds which."""
        pairs = combinations(dict.fromkeys(walk), 2)
        edges = ((here, there, self.graph.get_edge_data(here, there, {})) for here, there in pairs)
        return [f"{a}.{edge['gives']} -> {b}.{edge['takes']}" for a, b, edge in edges if edge.get("kind") == "feeds"]


@dataclass(frozen=True)
class Proposals:
    """Sequences that the proposer role makes freely, asked for once."""

    pool: ToolPool
    distribution: Distribution
    context: Context
    oversample: int = 1
    """Sequences that are asked for where one is kept."""
    rounds: int = 1

    async def orders(
        self,
        shapes: Sequence[Shape],
        turn: int,  # noqa: ARG002 - as in Strategy
        kept: Sequence[list[str]],  # noqa: ARG002 - as in Strategy
    ) -> list[list[str]]:
        """Ask for some for each of the shapes; which they have is the proposer's choice."""
        asked = ProposerInput(
            scenario=self.pool.setting.scenario,
            tools=_outlines(self.pool.tools),
            min_length=self.distribution.shortest,
            max_length=self.distribution.longest,
            count=max(len(shapes), min(MOST_PROPOSED, self.oversample * len(shapes))),
        )
        return (await self.context.ask(PROPOSER, asked)).sequences


def _outlines(tools: Sequence[AuditedTool]) -> list[ToolOutline]:
    return [
        ToolOutline(
            tool_name=entry.tool_name,
            tool_description=entry.tool.tool_description,
            inputs=list(entry.tool.parameters),
            outputs=list(entry.tool.output_details),
            writes=entry.tool.effects.writes if entry.tool.effects else [],
        )
        for entry in tools
    ]
