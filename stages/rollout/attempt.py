"""Rollout: an agent tries a task against the simulator; code gives the verdict, the judge its reading.

The agent works on the task's own tape, so that all attempts at one task meet the same world. With `dialogue` the
planned turns are said one by one by a simulated user; else the one request holds them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from weakref import WeakKeyDictionary

from stages.rollout.agents import Agent, JsonAgent, NativeAgent
from stages.rollout.alignment import align
from stages.rollout.fault_attribution import Observed, fault_of
from stages.rollout.once_target import OnceTarget
from stages.rollout.row_meta import row_meta
from stages.rollout.simulated_user import SimulatedUser
from stages.rollout.state_differences import only_differences
from stages.rollout.transcript import Wish
from synthtools_stream.asking.origin import UsageMeter
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import Rejection, StateProblem, UnusableReply
from synthtools_stream.live.episode import Episode
from synthtools_stream.proof.answer_slots import slot_meanings
from synthtools_stream.proof.variants.base_task import proven_row
from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.records import (
    Fault,
    JudgeReading,
    RolloutPlan,
    StopReason,
    Task,
    ToolTurn,
    Trajectory,
    Verdict,
    VerdictKind,
)
from synthtools_stream.records.twist import Expected
from synthtools_stream.roles.rollout_roles import (
    TRAJECTORY_JUDGE,
    Attempt,
    TrajectoryJudgeInput,
    Utterance,
)
from synthtools_stream.simulator.tape import Tape, TapeShelf
from synthtools_stream.state import as_json, as_state
from synthtools_stream.toolcalls import WireNames, openai_function
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Rollout", "RolloutOptions", "attempt_ids", "rollout_plans", "turn_limit"]

TURNS_A_CALL = 4
"""Turns that an agent has for each call of the ground truth: two to look things up, one to err, and one to do it."""
SPARE_TURNS = 4
"""Turns that it has besides, so that a short task, too, leaves room for the answer and a detour."""
MAX_REPEATS = 3
"""Times in a row that an action may be made with the same result: a second may be a check, a third learns nothing."""
MAX_CALLS_A_TURN = 8
"""Calls that are made of one action: more than tasks have steps, and few enough that a runaway list costs little."""


@dataclass(frozen=True)
class RolloutOptions:
    """How attempts are made."""

    model: str
    mode: Literal["json", "native"] = "json"
    dialogue: bool = False
    """Whether the planned turns are said one by one."""
    max_turns: int | None = None
    """How often the agent may act; None: as often as the task's length allows."""
    judge: bool = True
    seed: int = 0
    """The run's, for the row."""
    sampling: JsonObject = field(default_factory=dict[str, Json])
    """How the agent's replies are drawn, for the row."""


@dataclass
class _Attempt:
    """One attempt while it goes on."""

    task: Task
    agent: Agent
    episode: Episode
    user: SimulatedUser | None
    """Who says the planned turns; None where one request holds them all."""
    said: list[Utterance] = field(default_factory=list)
    answers: JsonObject | None = None
    """What the agent told by slot when it closed."""
    stop: StopReason = StopReason.max_turns
    user_failed: bool = False
    """Whether the simulated user said nothing usable."""
    last: list[ToolTurn] = field(default_factory=list)
    """The calls of the agent's latest action, and how often in a row it was the same with the same result."""
    same: int = 0

    def repeats(self, made: list[ToolTurn]) -> int:
        """Note the calls of an action, and return how often in a row it was made with the same result."""
        self.same = self.same + 1 if made == self.last else 1
        self.last = made
        return self.same

    @property
    def closing(self) -> str | None:
        """Everything that the agent told the user."""
        told = [line.text for line in self.said if line.speaker == "agent"]
        return "\n".join(told) if told else None


class Rollout:
    """One planned attempt into a judged trajectory."""

    name = "rollout"

    def __init__(self, options: RolloutOptions) -> None:
        """All attempts share `options`; those at one task share its tape."""
        self._options = options
        self._tapes = TapeShelf()
        self._targets: WeakKeyDictionary[Tape, OnceTarget] = WeakKeyDictionary()

    async def process(self, item: RolloutPlan, context: Context) -> Sequence[Trajectory]:
        """Let the agent act until it answers, then judge.

        :raises Rejection: when a request itself is refused.
        :raises TransportError: when a model cannot be reached.
        """
        with self._tapes.borrow(item.task) as tape:
            attempt = self._open(item.task, tape, context)
            await self._act(attempt, context)
            return [await self._judged(item, attempt, self._targets.setdefault(tape, OnceTarget()), context)]

    def _open(self, task: Task, tape: Tape, context: Context) -> _Attempt:
        # The simulator's tokens belong to the task's tape, not to the attempt that happened to ask first.
        taped = replace(context, usage=UsageMeter())
        episode = Episode(task, taped, coded=context.coded(task.meta.programs), tape=tape)
        user = SimulatedUser(task) if self._is_dialogue(task) else None
        request = task.summary if user is None else user.opening
        agent: Agent
        if self._options.mode == "json":
            # In a dialogue the names would tell what the user is still going to ask.
            slots = slot_meanings(task) if user is None else {}
            agent = JsonAgent(context, task.tools, episode.now, request, slots)
        else:
            agent = NativeAgent(context, task.tools, episode.now, request)
        return _Attempt(task, agent, episode, user, said=[Utterance(speaker="user", text=request)])

    def _is_dialogue(self, task: Task) -> bool:
        """A value that is held back for good is told by the plan's turns, so that request is said as it is."""
        if not self._options.dialogue or _must_end_by(task) == "asking":
            return False
        return 0 < len(task.dialogue) <= len(proven_row(task).steps)

    async def _act(self, attempt: _Attempt, context: Context) -> None:
        limit = self._options.max_turns or turn_limit(attempt.task)
        for turn in range(limit):
            try:
                action = await attempt.agent.act(f"turn{turn}")
            except UnusableReply:
                attempt.stop = StopReason.unusable_reply
                return
            except Rejection as refusal:
                if refusal.reason != "context_overflow":
                    raise
                attempt.stop = StopReason.context
                return
            if action.stop is not None:
                attempt.stop = action.stop
                return
            if action.wishes:
                before = len(attempt.episode.turns)
                attempt.agent.hear_results(
                    [await self._serve(attempt.episode, wish, index) for index, wish in enumerate(action.wishes)]
                )
                if attempt.repeats(attempt.episode.turns[before:]) >= MAX_REPEATS:
                    attempt.stop = StopReason.stuck
                    return
                continue
            attempt.said.append(Utterance(speaker="agent", text=action.message or ""))
            attempt.answers = action.answers
            if not await self._user_goes_on(attempt, turn, context):
                attempt.stop = StopReason.answered
                return

    async def _serve(self, episode: Episode, wish: Wish, index: int) -> JsonObject:
        if index >= MAX_CALLS_A_TURN:
            told = f"not made: at most {MAX_CALLS_A_TURN} calls are made at once; read what they gave, then go on"
            return episode.refuse(wish.name, wish.arguments, told)
        return await episode.call(wish.name, wish.arguments, wish.written)

    async def _user_goes_on(self, attempt: _Attempt, turn: int, context: Context) -> bool:
        """In a planned dialogue, let the user speak; False when there is nothing more to say, or nothing usable."""
        if attempt.user is None:
            return False
        try:
            message = await attempt.user.reply(attempt.said, attempt.episode.turns, f"turn{turn}", context)
        except UnusableReply:
            attempt.user_failed = True
            return False
        if message is None:
            return False
        attempt.said.append(Utterance(speaker="user", text=message))
        attempt.agent.hear_user(message)
        return True

    async def _judged(self, item: RolloutPlan, attempt: _Attempt, target: OnceTarget, context: Context) -> Trajectory:
        task = item.task
        answers = None if self._is_dialogue(task) else attempt.answers  # there no names were told
        verdict = judge_attempt(task, attempt.episode.state, attempt.closing, answers, target)
        reading = await self._read(attempt, context) if self._options.judge else None
        proven = verdict.kind is not VerdictKind.unproven
        solved = verdict.kind is VerdictKind.solved
        names = WireNames(tool.tool_name for tool in task.tools)
        return Trajectory(
            id=item.id,
            task_id=task.id,
            field=task.field,
            mode=self._options.mode,
            messages=attempt.agent.transcript,
            tools=[openai_function(tool, names) for tool in task.tools],
            turns=attempt.episode.turns,
            final_state=attempt.episode.state,
            answers=attempt.answers,
            stop_reason=attempt.stop,
            fault=self._fault(attempt, verdict),
            verdict=verdict,
            alignment=align(task, attempt.episode.turns, attempt.episode.state),
            judge=reading,
            disagreement=reading.solved != solved if reading and proven else None,
            meta={
                **row_meta(item, self._options.model, attempt.episode.fault),
                "dialogue": self._options.dialogue,
                "seed": self._options.seed,
                "sampling": self._options.sampling,
                "usage": context.usage.to_json(),
            },
        )

    def _fault(self, attempt: _Attempt, verdict: Verdict) -> Fault:
        seen = Observed(attempt.episode.fault, attempt.user_failed, attempt.stop)
        return fault_of(attempt.task, attempt.episode.turns, verdict, seen)

    async def _read(self, attempt: _Attempt, context: Context) -> JudgeReading | None:
        task = attempt.task
        less, (initial, expected, final) = _shown_states(task, attempt.episode.state)
        asked = TrajectoryJudgeInput(
            summary=task.summary,
            ground_truth=task.gt_tool_calls,
            expected_answers=[answer.value for answer in task.answer],
            must_end_by=_must_end_by(task),
            only_differences=less,
            initial_state=initial,
            expected_state=expected,
            attempt=[
                Attempt(call=turn.call, status_code=turn.status_code, response=turn.response)
                for turn in attempt.episode.turns
            ],
            final_message=attempt.closing,
            told_answers=attempt.answers,
            final_state=final,
        )
        try:
            reply = await context.ask(TRAJECTORY_JUDGE, asked)
        except Rejection:
            return None
        return JudgeReading.from_json(reply.to_json())


def _must_end_by(task: Task) -> Literal["declining", "asking"] | None:
    expected = task.meta.twist.expects if task.meta.twist is not None else Expected.done
    if expected is Expected.done:
        return None
    return "asking" if expected is Expected.asked else "declining"


def _shown_states(task: Task, final: JsonObject | None) -> tuple[bool, list[JsonObject | None]]:
    """Return the initial, the expected and the final state as the judge is shown them, and whether that is less.

    Of typed states what is the same in all of them is left out: it is most of them, and hides what matters.
    """
    states = [task.initial_state, task.final_state, final]
    try:
        typed = [as_state(state) for state in states]
    except StateProblem:
        return False, states
    return True, [as_json(state) for state in only_differences(typed)]


def turn_limit(task: Task) -> int:
    """Return how often an agent may act where nothing else is set: it follows the task's length."""
    return TURNS_A_CALL * len(task.gt_tool_calls) + SPARE_TURNS


def attempt_ids(task_id: str, count: int) -> list[str]:
    """Return the ids of the attempts at a task."""
    return [f"{task_id}#r{attempt}" for attempt in range(count)]


def rollout_plans(task: Task, count: int) -> Iterator[RolloutPlan]:
    """Yield the attempts to be made at a task."""
    for attempt, name in enumerate(attempt_ids(task.id, count)):
        yield RolloutPlan(id=name, task=task, attempt=attempt)
