"""Trajectory: one agent attempt at a task, its verdict and what the judge made of it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from synthtools_stream.records.change import Change
from synthtools_stream.records.record import Record
from synthtools_stream.records.task import Task
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Alignment", "JudgeReading", "RolloutPlan", "StopReason", "ToolTurn", "Trajectory", "Verdict", "VerdictKind"]


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


class ToolTurn(Record):
    """One call of the agent and what the runtime answered."""

    call: str
    status_code: int
    response: JsonObject
    changes: list[Change] = Field(default_factory=list)
    decided_by: str
    """`code`, `program` or `simulator` (the tape repeats what the simulator said)."""
    imagined: list[str] = Field(default_factory=list)
    """Facts that the simulator supplied where a free-form state is silent."""


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
    fault: str = ""
    """Who other than the agent spoiled the attempt: `simulator`, where it gave no usable answer; else empty."""
    verdict: Verdict
    alignment: Alignment
    judge: JudgeReading | None = None
    disagreement: bool | None = None
    """The judge's reading differs from the verdict."""
    meta: JsonObject = Field(default_factory=dict)


class RolloutPlan(Record):
    """One attempt to be made."""

    id: str
    """`<task id>#r<k>`."""
    task: Task
    attempt: int
