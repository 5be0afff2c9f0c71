"""`atif`: trajectories in the Agent Trajectory Interchange Format of Harbor.

Source: Harbor's RFC 0001 and its pydantic models. Version 1.7 is what most readers know; later ones read it. A step is
a message; what tools answered stands in the step that called them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from synthtools_stream import __version__
from synthtools_stream.errors import Rejection
from synthtools_stream.export.chat_messages import Call, Conversation, Said, conversation_of
from synthtools_stream.export.export_format import Choices, Made
from synthtools_stream.export.traces.session_format import HARNESS, SessionFormat, of_session
from synthtools_stream.records import Trajectory
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["AtifTraces"]

_VERSION = "ATIF-v1.7"
_SOURCES = {"system": "system", "user": "user", "assistant": "agent"}
_TOTALS = {"prompt_tokens": "total_prompt_tokens", "completion_tokens": "total_completion_tokens"}
"""What an attempt's `meta.usage` counts, and what the format calls it."""


class AtifTraces(SessionFormat):
    """A JSON file a session: `{"schema_version", "session_id", "agent", "steps", "final_metrics", …}`."""

    name = "atif"
    read_by = "Harbor, NeMo Relay, OpenEnv and whatever else reads ATIF"
    suffix = ".json"

    def session(self, attempt: Trajectory, choices: Choices) -> bytes:
        """Return the file; a message without text is an empty text, since the format knows no other."""
        conversation = conversation_of(attempt, choices)
        steps = [*_steps(conversation.messages)]
        return orjson.dumps(
            {
                "schema_version": _VERSION,
                "session_id": attempt.id,
                "trajectory_id": attempt.id,
                "agent": _agent(attempt, conversation),
                "steps": steps,
                "final_metrics": {**_totals(attempt), "total_steps": len(steps)},
                "extra": of_session(attempt),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        part = next(part for part in made.parts if made.lines.get(f"{part}/"))
        return f"""`pip install atif` has the models (so has `harbor`):

```python
from pathlib import Path
from atif import Trajectory
for file in sorted(Path("{part}").rglob("*.json")):
    trajectory = Trajectory.model_validate_json(file.read_bytes())
    print(trajectory.session_id, trajectory.extra["verdict"]["kind"], len(trajectory.steps))
```"""


def _agent(attempt: Trajectory, conversation: Conversation) -> JsonObject:
    agent: JsonObject = {"name": HARNESS, "version": __version__}
    if model := attempt.meta.get("model"):
        agent["model_name"] = str(model)
    return {**agent, "tool_definitions": [*conversation.tools]}


def _totals(attempt: Trajectory) -> JsonObject:
    usage = object_at(attempt.meta, "usage")
    return {total: usage[name] for name, total in _TOTALS.items() if isinstance(usage.get(name), int)}


def _steps(messages: Sequence[Said]) -> Iterator[JsonObject]:
    """Yield the steps, numbered from 1, each once the results of its calls are there.

    :raises Rejection: for a result that does not follow its call.
    """
    step: JsonObject | None = None
    number, asked, results = 0, set[str](), list[Json]()
    for said in messages:
        if said.speaker == "tool":
            if said.call_id not in asked:
                raise Rejection("result_without_call", f"the result {said.call_id!r} does not follow a call of that id")
            results.append({"source_call_id": said.call_id, "content": said.content or ""})
            continue
        if step is not None:
            yield _observed(step, results)
        number, results = number + 1, []
        step, asked = _step(number, said), {call.id for call in said.calls}
    if step is not None:
        yield _observed(step, results)


def _step(number: int, said: Said) -> JsonObject:
    step: JsonObject = {"step_id": number, "source": _SOURCES[said.speaker], "message": said.content or ""}
    if said.reasoning:
        step["reasoning_content"] = said.reasoning
    if said.calls:
        step["tool_calls"] = [_call(call) for call in said.calls]
    return step


def _call(call: Call) -> JsonObject:
    return {"tool_call_id": call.id, "function_name": call.name, "arguments": call.arguments}


def _observed(step: JsonObject, results: list[Json]) -> JsonObject:
    return {**step, "observation": {"results": results}} if results else step
