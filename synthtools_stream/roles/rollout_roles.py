"""The rollout's roles: the agent (JSON or native tool calls), the simulated user, and the trajectory judge."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from synthtools_stream.records.record import Record
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.role import Role
from synthtools_stream.roles.role_parts import Arguments, Line, Name, Output, Reason, Text
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = [
    "AGENT_JSON",
    "AGENT_NATIVE",
    "TRAJECTORY_JUDGE",
    "USER",
    "AgentAction",
    "AgentJsonInput",
    "AgentNativeInput",
    "Attempt",
    "TrajectoryJudgeInput",
    "TrajectoryJudgeOutput",
    "UserInput",
    "UserOutput",
    "Utterance",
]


class AgentJsonInput(Record):
    """Opens a `json` mode rollout.

    The conversation goes on as chat messages: the agent's JSON action, then a user message
    `<tool_result>{"status_code": …, "response": …}</tool_result>` or `<user>…</user>`, and so on.
    """

    tools: list[Tool]
    now: str | None
    request: str
    slots: JsonObject = Field(default_factory=dict)
    """What the request asks to be told: by the name under which `answers` tell it, what it is."""


class AgentAction(Output):
    """One action: `call` a tool, or give the `final` message, with `answers` by slot."""

    reasoning: Reason
    action: Literal["call", "final"]
    tool_name: Name | None = None
    arguments: Arguments | None = None
    message: Text | None = None
    answers: Arguments | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare_call(cls, value: object) -> object:
        """Take a call in the form that models are trained on, `{"name": …, "arguments": {…}}`, for the action it is."""
        if not isinstance(value, dict) or not {"name", "arguments"} <= value.keys() <= {
            "name",
            "arguments",
            "reasoning",
        }:
            return value
        reasoning = value.get("reasoning", "")
        return {"reasoning": reasoning, "action": "call", "tool_name": value["name"], "arguments": value["arguments"]}


class AgentNativeInput(Record):
    """Opens a `native` mode rollout: tools travel in the request's `tools`, calls in `tool_calls`."""

    now: str | None
    request: str


class AgentNativeOutput(Output):
    """Never parsed: in `native` mode the message itself is the answer."""


class Utterance(Record):
    """One spoken line of a conversation."""

    speaker: Literal["user", "agent"]
    text: str


class UserInput(Record):
    """Ask for the user's answer to a question that the plan does not foresee."""

    persona: str
    turns: list[str]
    """What the user has said of the plan so far, the turn that is asked about last."""
    hidden: list[str]
    """What the user knows besides, and may tell where it is asked for."""
    conversation: list[Utterance]


class UserOutput(Output):
    """What the user says."""

    message: Text


class Attempt(Record):
    """One call of the agent as the judge sees it."""

    call: str
    status_code: int
    response: JsonObject


class TrajectoryJudgeInput(Record):
    """Ask for a reading of one attempt against the ground truth."""

    summary: str
    ground_truth: list[str]
    expected_answers: list[Json] = Field(default_factory=list[Json])
    """What the closing message must tell; empty for other people's tasks."""
    must_end_by: Literal["declining", "asking"] | None = None
    """How an attempt must end at a request that cannot be done as it stands."""
    only_differences: bool = False
    """Whether the states hold only entities that are not the same in all of them."""
    initial_state: JsonObject | None
    expected_state: JsonObject | None
    attempt: list[Attempt]
    final_message: str | None
    told_answers: JsonObject | None = None
    """What the agent told by name, beside its message."""
    final_state: JsonObject | None


class TrajectoryJudgeOutput(Output):
    """The reasoning first, then the reading."""

    reasoning: Reason
    solved: bool
    confidence: Annotated[float, Field(ge=0.0, le=1.0)]
    failure: Line | None = None

    @field_validator("confidence", mode="before")
    @classmethod
    def _within_bounds(cls, value: object) -> object:
        # What is meant by 1.7, or by 85 (a percentage), is plain: as sure as can be. It is worth no second request.
        return min(1.0, max(0.0, value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


AGENT_JSON = Role("agent_json", AgentJsonInput, AgentAction, temperature=0.2, max_tokens=1536, acts=True)
AGENT_NATIVE = Role("agent_native", AgentNativeInput, AgentNativeOutput, temperature=0.2, max_tokens=1536)
USER = Role("user", UserInput, UserOutput, temperature=0.8, max_tokens=512)
TRAJECTORY_JUDGE = Role(
    "trajectory_judge", TrajectoryJudgeInput, TrajectoryJudgeOutput, temperature=0.0, max_tokens=1024
)
