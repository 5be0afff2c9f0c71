"""Attempts of an agent that somebody brought: any coroutine that acts in an environment and returns what it tells."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import orjson

from stages.rollout.alignment import align
from stages.rollout.attempt import SPARE_TURNS, TURNS_A_CALL
from synthtools_stream.asking.origin import UsageMeter
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import TransportError
from synthtools_stream.live.episode import Episode
from synthtools_stream.live.tape_only import TapeOnly
from synthtools_stream.live.tool_environment import ToolEnvironment
from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.records import RolloutPlan, StopReason, Task, ToolTurn, Trajectory
from synthtools_stream.simulator.tape import TapeShelf
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["BroughtAgent", "BroughtRollout"]

BroughtAgent: TypeAlias = Callable[[ToolEnvironment], Awaitable[str]] | type[Callable[[ToolEnvironment], Awaitable[str]]]
"""From an environment that is begun to the closing message; of a class, an instance is made for each attempt."""

_CALLS_A_TURN = 8
"""Calls that an agent may make for each turn that ours would have: as many as ours may make at once."""
_SHOWN = 200
"""Characters of an agent's error that a row tells."""


class BroughtRollout:
    """One planned attempt into a trajectory with its verdict."""

    name = "rollout"

    def __init__(self, agent: BroughtAgent, agent_name: str, *, simulated: bool) -> None:
        """Let `agent` act; `simulated` says whether a model plays the tools that are no code."""
        self._agent = agent
        self._agent_name = agent_name
        self._simulated = simulated
        self._tapes = TapeShelf()

    async def process(self, item: RolloutPlan, context: Context) -> Sequence[Trajectory]:
        """Let the agent act until it is done.

        :raises TransportError: when a model, or whatever the agent speaks to, cannot be reached.
        """
        task = item.task
        with self._tapes.borrow(task) as tape:
            asks = replace(context, usage=UsageMeter()) if self._simulated else TapeOnly()
            episode = Episode(task, asks, coded=context.coded(task.meta.programs), tape=tape)
            limit = _CALLS_A_TURN * (TURNS_A_CALL * len(task.gt_tool_calls) + SPARE_TURNS)
            env = ToolEnvironment.around(task, episode, max_calls=limit)
            try:
                closing, raised = await self._act(env), ""
            except (TransportError, OSError, TimeoutError) as error:
                raise TransportError(f"the agent could not reach what it needs: {error}") from error
            except Exception as error:  # noqa: BLE001 - the agent is not ours: whatever it raises is how it ended
                closing, raised = None, f"the agent raised {type(error).__name__}: {error}"[:_SHOWN]
            finally:
                await env.close()
        return [self._trajectory(item, env, closing, raised)]

    async def _act(self, env: ToolEnvironment) -> str:
        agent = self._agent() if isinstance(self._agent, type) else self._agent
        return await agent(env)

    def _trajectory(self, item: RolloutPlan, env: ToolEnvironment, closing: str | None, raised: str) -> Trajectory:
        task = item.task
        verdict = judge_attempt(task, env.state, closing)
        if raised:
            verdict = verdict.model_copy(update={"reasons": [raised, *verdict.reasons]})
        return Trajectory(
            id=item.id,
            task_id=task.id,
            field=task.field,
            mode="brought",
            messages=_messages(task, env.turns, closing),
            tools=env.tools,
            turns=env.turns,
            final_state=env.state,
            stop_reason=StopReason.agent_raised if raised else StopReason.answered,
            fault=env.fault,
            verdict=verdict,
            alignment=align(task, [turn.call for turn in env.turns if 200 <= turn.status_code < 300]),
            meta={"model": self._agent_name, "attempt": item.attempt, "dialogue": False, "usage": {}},
        )
