"""OpenEnv's shapes: what its clients send and are sent, and the schemas that tell of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = [
    "SCHEMAS",
    "Action",
    "CallTool",
    "ListTools",
    "Reset",
    "Wrong",
    "error_message",
    "observation",
    "parse_action",
    "parse_reset",
]

_ID_CHARS = 255
"""Characters of an episode's id at most, by the protocol."""
_SHOWN = 3
"""Faults of one message that are told."""


class Wrong(Exception):
    """A message that is none; `code` is the protocol's word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid")
    metadata: dict[str, Json] = Field(default_factory=dict)


class ListTools(_Action):
    """Name the tools of the episode."""

    type: Literal["list_tools"]


class CallTool(_Action):
    """Call a tool, or submit."""

    type: Literal["call_tool"]
    tool_name: str
    arguments: dict[str, Json] = Field(default_factory=dict)


Action = ListTools | CallTool
_ACTION: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="type")])


class Reset(BaseModel):
    """Begin an episode: at the task named, at the one of this index, or at the one that the seed names."""

    seed: Annotated[int, Field(ge=0)] | None = None
    episode_id: Annotated[str, Field(max_length=_ID_CHARS)] | None = None
    split: str | None = None
    index: int | None = None
    task_id: str | None = None


class _Tool(BaseModel):
    name: str
    description: str
    input_schema: dict[str, Json]


class _ToolError(BaseModel):
    error_type: Literal["execution_error", "invalid_args", "transport_error", "tool_not_found", "timeout"]
    message: str


class _Observation(BaseModel):
    done: bool = False
    reward: float | None = None
    metadata: dict[str, Json] = Field(default_factory=dict)


class _Begun(_Observation):
    task_id: str
    request: str
    tools: list[_Tool]


class _Seen(_Observation):
    tool_name: str | None = None
    result: Json = None
    error: _ToolError | None = None
    tools: list[_Tool] | None = None


class _State(BaseModel):
    episode_id: str | None = None
    step_count: int = Field(default=0, ge=0)
    session_id: str | None = None
    task_id: str | None = None
    done: bool = False


SCHEMAS: JsonObject = {
    "action": _ACTION.json_schema(),
    "observation": _Seen.model_json_schema(),
    "reset_observation": _Begun.model_json_schema(),
    "state": _State.model_json_schema(),
}


def parse_action(data: Json) -> Action:
    """Read an action.

    :raises Wrong: when it is none.
    """
    try:
        return _ACTION.validate_python(data)
    except ValidationError as error:
        raise Wrong("VALIDATION_ERROR", f"this is no action: {_faults(error)}") from error


def parse_reset(data: Json) -> Reset:
    """Read what a reset asks for.

    :raises Wrong: when it cannot be read.
    """
    try:
        return Reset.model_validate(data)
    except ValidationError as error:
        raise Wrong("VALIDATION_ERROR", f"this is no reset: {_faults(error)}") from error


def observation(seen: JsonObject, *, reward: float | None = None, done: bool = False) -> JsonObject:
    """Return the message that tells what was seen."""
    return {"type": "observation", "data": {"observation": seen, "reward": reward, "done": done}}


def error_message(code: str, message: str) -> JsonObject:
    """Return the message that tells of an error."""
    return {"type": "error", "data": {"message": message, "code": code}}


def _faults(error: ValidationError) -> str:
    faults = [f"{'.'.join(map(str, fault['loc'])) or 'it'}: {fault['msg']}" for fault in error.errors()]
    return "; ".join(faults[:_SHOWN])
