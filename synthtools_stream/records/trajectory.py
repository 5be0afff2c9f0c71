"""Trajectory: one agent attempt at a task, its verdict and what the judge made of it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, field_validator

from synthtools_stream.records.change import Change
from synthtools_stream.records.record import Record
from synthtools_stream.records.task import Task
from synthtools_stream.values.jsontypes import JsonObject

__all__ = [
    "Alignment",
    "Fault",
    "JudgeReading",
    "RolloutPlan",
    "SaidCall",
    "StopReason",
    "ToolTurn",
    "Trajectory",
    "Verdict",
    "VerdictKind",
]


class StopReason(StrEnum):
    """Why a rollout ended."""

    answered = "answered"
    max_turns = "max_turns"
    unusable_reply = "unusable_reply"
    context = "context"
    """The conversation outgrew the model's context."""
    call_as_text = "call_as_text"
    """Calls stood in the closing message as text, and it is not clear which one is meant: mostly a server without a
    parser for tool calls."""
    cut = "cut"
    """The closing message was cut off by the token limit, twice."""
    filtered = "filtered"
    """The server withheld the closing message (`content_filter`)."""
    stuck = "stuck"
    """The agent did the same with the same result three times in a row."""
    agent_raised = "agent_raised"
    """The code of an agent that somebody brought raised an error; the verdict's reasons tell which."""


class Fault(StrEnum):
    """Whose fault it is that an attempt came to nothing, by code; only the agent's count in a rate."""

    none = ""
    """Nobody's: it was solved, or nobody can tell."""
    agent = "agent"
    tool = "tool"
    """Whoever plays a tool (program, simulator, tape) gave no usable answer."""
    task = "task"
    """Its own calls, in its own order, came to another state than it says."""
    user = "user"
    """The simulated user said nothing usable."""
    server = "server"
    """The server withheld what the agent had to say."""

    @property
    def spoils(self) -> bool:
        """Whether the attempt says nothing of the agent."""
        return self not in (Fault.none, Fault.agent)


_PLAYERS = ("program", "simulator", "tape")
"""What rows of earlier versions name in place of `tool`."""


class VerdictKind(StrEnum):
    """What code says of an attempt; `unproven` where the task has no certificate."""

    solved = "solved"
    unsolved = "unsolved"
    unproven = "unproven"


class Verdict(Record):
    """The verdict and why."""

    kind: VerdictKind
    state_equal: bool | None = None
    answers_given: bool | None = None
    reasons: list[str] = Field(default_factory=list)


class Alignment(Record):
    """How the agent's calls lie against the ground truth; reported, never decides."""

    match_rate: float
    missing: list[str] = Field(default_factory=list)
    extra: list[str] = Field(default_factory=list)
    detours: list[str] = Field(default_factory=list)
    """Those of `extra` that changed something of which nothing is left in the final state."""


class JudgeReading(Record):
    """What the trajectory judge (a model) made of the attempt."""

    solved: bool
    confidence: float
    reasoning: str
    failure: str | None = None


class SaidCall(Record):
    """A call as the agent said it."""

    name: str
    arguments: JsonObject | str
    """An object, or the text that was to be one."""


class ToolTurn(Record):
    """One call of the agent and what the runtime answered."""

    call: str
    """As it was understood: canonical where it passed the checks, else as it came."""
    status_code: int
    response: JsonObject
    changes: list[Change] = Field(default_factory=list)
    decided_by: str
    """`code`, `program` or `simulator` (the tape repeats what the simulator said)."""
    imagined: list[str] = Field(default_factory=list)
    """Facts that the simulator supplied where a free-form state is silent."""
    said: SaidCall | None = None
    """The call as it was said, where that differs: defaults were left out, arguments were no object, and the like."""


class Trajectory(Record):
    """A row of `trajectories.jsonl`."""

    id: str
    """`<task id>#r<k>`."""
    task_id: str
    field: str
    mode: str
    messages: list[JsonObject]
    """OpenAI chat messages, tool-call ids ours."""
    tools: list[JsonObject]
    """OpenAI function definitions that the agent was offered."""
    turns: list[ToolTurn]
    final_state: JsonObject | None = None
    answers: JsonObject | None = None
    """What the agent told by slot, beside its closing message, as it told it."""
    stop_reason: StopReason
    fault: Fault = Fault.none
    verdict: Verdict
    alignment: Alignment
    judge: JudgeReading | None = None
    disagreement: bool | None = None
    """The judge's reading differs from the verdict."""
    meta: JsonObject = Field(default_factory=dict)

    @field_validator("fault", mode="before")
    @classmethod
    def _of_earlier_versions(cls, value: object) -> object:
        return Fault.tool if value in _PLAYERS else value


class RolloutPlan(Record):
    """One attempt to be made."""

    id: str
    """`<task id>#r<k>`."""
    task: Task
    attempt: int
