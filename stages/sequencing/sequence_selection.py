"""Sequencing: an environment's reliable tools into chains that make sense together.

A walk over the tool graph proposes, the planner role disposes, and code enforces the rules: names known, no adjacent
repeats, lengths, distinct openings. Walks are drawn by coverage, the least-used tools and pairs first, so that every
tool and every connection of an environment gets its turn.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from typing import Literal

from stages.sequencing.tool_graph import ToolGraph
from synthtools_stream.engine.stage import Context
from synthtools_stream.engine.task_group import all_results
from synthtools_stream.errors import Rejection, TransportError, UnusableReply
from synthtools_stream.records import AuditedTool, NearTool, ToolPool, ToolSequence
from synthtools_stream.roles.role_parts import ToolOutline
from synthtools_stream.roles.sequencing_roles import PLANNER, PROPOSER, PlannerInput, ProposerInput
from synthtools_stream.values.lineages import lineage

__all__ = ["MIN_TOOLS", "Sequencing"]

MIN_TOOLS = 3
"""Reliable tools that an environment needs: of fewer, every sequence is much the same."""
ROUNDS = 3
"""Draws for the sequences that are missing: whom the planner refused twice, it mostly refuses again."""
OPENING = 2
"""Calls with which no two sequences of an environment both begin: tasks that start alike go on alike."""


class Sequencing:
    """Tools of one environment into its sequences."""

    name = "sequencing"

    def __init__(
        self, strategy: Literal["graph", "llm", "random"], count: int, max_length: int, seed: int, near: int = 0
    ) -> None:
        """Make up to `count` sequences of up to `max_length` calls, with up to `near` tools besides each."""
        self._strategy = strategy
        self._count = count
        self._max_length = max_length
        self._min_length = min(max_length, max(2, max_length // 2))
        self._seed = seed
        self._near = near

    async def process(self, item: ToolPool, context: Context) -> Sequence[ToolSequence]:
        """Draw, plan and enforce.

        :raises Rejection: when too few tools or no sequence is left.
        :raises TransportError: when tools of the environment failed, which the next run tries again.
        """
        if item.failed:
            raise TransportError(f"{item.failed} tools of {item.id} failed; the next run tries them again")
        if len(item.tools) < MIN_TOOLS:
            raise Rejection("too_few_tools", f"{len(item.tools)} of the tools are reliable; {MIN_TOOLS} are needed")
        if self._strategy == "llm":
            kept = self._enforce(item, [], await self._propose(item, context))
        else:
            kept = await self._plan(item, context)
        if not kept:
            raise Rejection("no_sequences", "no walk over the tools made a sensible sequence")
        return [self._sequence(item, index, order) for index, order in enumerate(kept)]

    async def _propose(self, item: ToolPool, context: Context) -> list[list[str]]:
        asked = ProposerInput(
            scenario=item.setting.scenario,
            tools=_outlines(item.tools),
            min_length=self._min_length,
            max_length=self._max_length,
            count=self._count,
        )
        return (await context.ask(PROPOSER, asked)).sequences

    async def _plan(self, item: ToolPool, context: Context) -> list[list[str]]:
        graph = ToolGraph([entry.tool for entry in item.tools], connected=self._strategy == "graph")
        rng = random.Random(blake2b(f"{self._seed}|{lineage(item.id)}|walks".encode(), digest_size=8).digest())
        uses: Counter[tuple[str, ...]] = Counter()
        kept: list[list[str]] = []
        for turn in range(ROUNDS):
            missing = self._count - len(kept)
            if missing <= 0:
                break
            walks = [graph.walk(rng.randint(self._min_length, self._max_length), uses, rng) for _ in range(missing)]
            planned = await all_results(
                self._planned(item, walk, f"{turn}.{index}", context) for index, walk in enumerate(walks)
            )
            kept += self._enforce(item, kept, [order for order in planned if order])
        return kept

    async def _planned(self, item: ToolPool, walk: list[str], key: str, context: Context) -> list[str]:
        asked = PlannerInput(
            scenario=item.setting.scenario,
            tools=_outlines(item.tools),
            min_length=self._min_length,
            max_length=self._max_length,
            walk=walk,
        )
        try:
            reply = await context.ask(PLANNER, asked, key=key)
        except UnusableReply:
            return []
        return reply.sequence if reply.accept else []

    def _enforce(self, item: ToolPool, kept: Sequence[list[str]], orders: Sequence[list[str]]) -> list[list[str]]:
        known = {entry.tool_name for entry in item.tools}
        openings = {tuple(order[:OPENING]) for order in kept}
        good: list[list[str]] = []
        for order in orders:
            opening = tuple(order[:OPENING])
            if len(kept) + len(good) < self._count and opening not in openings and self._lawful(order, known):
                openings.add(opening)
                good.append(order)
        return good

    def _lawful(self, order: list[str], known: set[str]) -> bool:
        adjacent = any(a == b for a, b in itertools.pairwise(order))
        return self._min_length <= len(order) <= self._max_length and known.issuperset(order) and not adjacent

    def _sequence(self, item: ToolPool, index: int, order: list[str]) -> ToolSequence:
        tools = {entry.tool_name: entry.tool for entry in item.tools}
        return ToolSequence(
            id=f"{item.id}_seq{index:02d}",
            setting=item.setting,
            tools=[tools[name] for name in dict.fromkeys(order)],
            order=order,
            programs={
                entry.tool_name: entry.program for entry in item.tools if entry.program and entry.tool_name in order
            },
            near=[
                NearTool(tool=entry.tool, program=entry.program) for entry in item.tools if entry.tool_name not in order
            ][: self._near],
            strategy=self._strategy,
        )


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
