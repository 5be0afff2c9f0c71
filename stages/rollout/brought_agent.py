"""Attempts of an agent that somebody brought: a coroutine that acts in an environment and returns what it tells.

What it returns comes from code that is not ours: what is no closing is how the attempt ended, and stops nothing else.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

import orjson

from stages.rollout.alignment import align
from stages.rollout.attempt import MAX_CALLS_A_TURN, turn_limit
from stages.rollout.fault_attribution import Observed, fault_of
from stages.rollout.row_meta import row_meta
from stages.rollout.transcript import Transcript, Wish
from synthtools_stream.asking.origin import UsageMeter
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import TransportError
from synthtools_stream.live.episode import Episode
from synthtools_stream.live.tape_only import TapeOnly
from synthtools_stream.live.tool_environment import Closing, ToolEnvironment
from synthtools_stream.proof.answer_slots import slot_meanings
from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.records import RolloutPlan, StopReason, Task, Trajectory
from synthtools_stream.simulator.tape import TapeShelf
from synthtools_stream.toolcalls import WireNames, openai_function
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["BroughtAgent", "BroughtRollout"]

Acting: TypeAlias = Callable[[ToolEnvironment], Awaitable[str | Closing]]
BroughtAgent: TypeAlias = Acting | Callable[[], Acting]
"""From an environment that is begun to the closing message; of a class, an instance is made for each attempt."""

_SHOWN = 200
"""Characters of an agent's error that a row tells."""


@dataclass(frozen=True)
class _Ending:
    """How an attempt ended."""

    closing: str | None = None
    answers: JsonObject | None = None
    """What it told by name beside that."""
    raised: str = ""
    """What the agent's own code raised."""


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

        :raises TransportError: when a model, or what the agent speaks to, cannot be reached.
        """
        task = item.task
        with self._tapes.borrow(task) as tape:
            asks = replace(context, usage=UsageMeter()) if self._simulated else TapeOnly()
            episode = Episode(task, asks, coded=context.coded(task.meta.programs), tape=tape)
            # What ours may do in its turns, all calls at once each time, is enough for any agent.
            env = ToolEnvironment.around(task, episode, max_calls=MAX_CALLS_A_TURN * turn_limit(task))
            ending = await self._act(env)
            await env.close()
        return [self._trajectory(item, episode, ending)]

    async def _act(self, env: ToolEnvironment) -> _Ending:
        # Only of a class can be told that it is to be called for an agent, and is none itself.
        agent = cast("Callable[[], Acting]", self._agent)() if inspect.isclass(self._agent) else self._agent
        try:
            return _ending(await cast("Acting", agent)(env))
        except TransportError:
            raise
        except (OSError, TimeoutError) as error:
            raise TransportError(f"the agent cannot reach what it needs: {type(error).__name__}: {error}") from error
        except Exception as error:  # the agent is not ours: whatever it raises is how it ended
            return _Ending(raised=f"the agent raised {type(error).__name__}: {error}"[:_SHOWN])

    def _trajectory(self, item: RolloutPlan, episode: Episode, ending: _Ending) -> Trajectory:
        task = item.task
        verdict = judge_attempt(task, episode.state, ending.closing, ending.answers)
        if ending.raised:
            verdict = verdict.model_copy(update={"reasons": [ending.raised, *verdict.reasons]})
        names = WireNames(tool.tool_name for tool in task.tools)
        transcript = _transcript(task, episode, ending, names)
        return Trajectory(
            id=item.id,
            task_id=task.id,
            field=task.field,
            mode="brought",
            messages=transcript.messages,
            tools=[openai_function(tool, names) for tool in task.tools],
            turns=episode.turns,
            final_state=episode.state,
            answers=ending.answers,
            stop_reason=StopReason.agent_raised if ending.raised else StopReason.answered,
            fault=fault_of(task, episode.turns, verdict, Observed(episode.fault)),
            verdict=verdict,
            alignment=align(task, episode.turns, episode.state),
            meta={**row_meta(item, self._agent_name, episode.fault), "dialogue": False},
        )


def _ending(told: object) -> _Ending:
    """Read what an agent returned.

    :raises TypeError: when it is no closing.
    """
    closing = told if isinstance(told, Closing) else Closing(told) if isinstance(told, str) else None
    if closing is None or not isinstance(cast("object", closing.message), str):
        raise TypeError(f"what it returned is neither a text nor a Closing with one: {type(told).__name__}")
    if closing.answers is None:
        return _Ending(closing.message)
    # Once through JSON, so that they are the same to the verdict as to who reads the row.
    answers = orjson.loads(orjson.dumps(dict(closing.answers)))
    return _Ending(closing.message, answers)


def _transcript(task: Task, episode: Episode, ending: _Ending, names: WireNames) -> Transcript:
    """Return the attempt as a conversation: one call a turn, since nobody knows which were made at once.

    Of an agent that told its answers by name the row says which names it was given.
    """
    slots = None if ending.answers is None else slot_meanings(task)
    transcript = Transcript(None, episode.now, task.summary, names, slots)
    for said in episode.said:
        transcript.calls([Wish(said.tool_name, said.arguments)], None)
        transcript.results([said.told])
    if ending.closing is not None:
        transcript.say("assistant", ending.closing)
    return transcript
