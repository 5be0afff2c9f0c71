"""Sequencing: an environment's reliable tools into chains that make sense together.

A strategy proposes, mostly a walk over the tool graph that the planner role has looked at, and code enforces the
rules: names known, no adjacent repeats, lengths, distinct openings. Where a strategy has more than are wanted, the most
different ones stay. What is missing then is drawn again, in the shapes that are missing.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from hashlib import blake2b

from stages.sequencing.near_tools import near_tools
from stages.sequencing.walk_strategies import StrategyName, strategy_for
from stages.sequencing.walks import OPENING
from stages.sequencing.wanted_shapes import Distribution, wanted_shapes
from synthtools_stream.embeddings.encoder import Encoder
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection, TransportError
from synthtools_stream.quality.novelty import Candidate, chain_marks, choose
from synthtools_stream.records import ToolPool, ToolSequence
from synthtools_stream.values.lineages import lineage

__all__ = ["MIN_TOOLS", "Sequencing"]

MIN_TOOLS = 3
"""Reliable tools that an environment needs: of fewer, every sequence is much the same."""


class Sequencing:
    """Tools of one environment into its sequences."""

    name = "sequencing"

    def __init__(
        self,
        strategy: StrategyName,
        count: int | Callable[[ToolPool], int],
        distribution: Distribution,
        encoder: Encoder,
        seed: int,
        near: int = 0,
        oversample: int = 1,
    ) -> None:
        """Make up to `count` sequences, in shapes of `distribution`; `encoder` joins the graph.

        `count` is the same for all environments, or told for each. Each sequence is one of `oversample` candidates, and
        has up to `near` tools besides, that it does not use.
        """
        self._strategy: StrategyName = strategy
        self._count = count
        self._distribution = distribution
        self._encoder = encoder
        self._seed = seed
        self._near = near
        self._oversample = oversample

    async def process(self, item: ToolPool, context: Context) -> Sequence[ToolSequence]:
        """Draw, plan and enforce.

        :raises Rejection: when too few tools or no sequence is left.
        :raises TransportError: when tools of the environment failed, which the next run tries again.
        """
        if item.failed:
            raise TransportError(f"{item.failed} tools of {item.id} failed; the next run tries them again")
        if len(item.tools) < MIN_TOOLS:
            raise Rejection("too_few_tools", f"{len(item.tools)} of the tools are reliable; {MIN_TOOLS} are needed")
        kept = await self._orders(item, context)
        if not kept:
            raise Rejection("no_sequences", "no walk over the tools made a sensible sequence")
        return [self._sequence(item, index, order) for index, order in enumerate(kept)]

    async def _orders(self, item: ToolPool, context: Context) -> list[list[str]]:
        strategy = await strategy_for(
            self._strategy, item, self._distribution, self._encoder, self._seed, context, self._oversample
        )
        rng = random.Random(blake2b(f"{self._seed}|{lineage(item.id)}|shapes".encode(), digest_size=8).digest())
        count = self._count if isinstance(self._count, int) else self._count(item)
        missing = wanted_shapes(self._distribution, count, rng)
        known = {entry.tool_name for entry in item.tools}
        kept: list[list[str]] = []
        for turn in range(strategy.rounds):
            orders = await strategy.orders(missing, turn, kept)
            good = self._lawful_ones(orders, kept, known)
            if len(good) > len(missing):
                candidates = [Candidate(chain_marks(orders[place])) for place in good]
                good = [good[place] for place in choose(candidates, len(missing))]
            kept += [orders[place] for place in good]
            missing = [shape for place, shape in enumerate(missing) if place not in good]
            if not missing:
                break
        return kept

    def _lawful_ones(self, orders: Sequence[list[str]], kept: Sequence[list[str]], known: set[str]) -> list[int]:
        """Return the places of the orders that are lawful and begin like none before."""
        begun = {tuple(order[:OPENING]) for order in kept}
        good: list[int] = []
        for place, order in enumerate(orders):
            opening = tuple(order[:OPENING])
            if opening not in begun and self._lawful(order, known):
                begun.add(opening)
                good.append(place)
        return good

    def _lawful(self, order: list[str], known: set[str]) -> bool:
        adjacent = any(a == b for a, b in itertools.pairwise(order))
        fits = self._distribution.shortest <= len(order) <= self._distribution.longest
        return fits and known.issuperset(order) and not adjacent

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
            near=near_tools(item, order, self._near),
            strategy=self._strategy,
        )
