"""`llamafactory-v1`: samples of LLaMA-Factory's new engine (`USE_V1=1`), as it holds them itself.

Source: LLaMA-Factory 0.9.5, `v1/utils/types.py`, `v1/core/data_engine.py`. A message is a list of parts: reasoning,
text, calls. Read without a converter, nothing is lost; its `sharegpt` converter drops every turn that says something
beside its calls. There is no place for ids of calls.
"""

from __future__ import annotations

import orjson

from synthtools_stream.export.chat_messages import Said, conversation_of
from synthtools_stream.export.export_format import AttemptFormat, Choices, Made
from synthtools_stream.records import Trajectory
from synthtools_stream.storage.appendlog.whole_file import put_file
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["LlamaFactoryV1Rows"]


class LlamaFactoryV1Rows(AttemptFormat):
    """`{"messages": [{"role", "content": [{"type", "value"}], "loss_weight"}], "tools"}`, a line an attempt."""

    name = "llamafactory-v1"
    read_by = "LLaMA-Factory's v1 engine"

    def row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; only what the agent said has a weight."""
        conversation = conversation_of(attempt, choices)
        messages: list[Json] = [
            {
                "role": said.speaker,
                "content": _parts(said),
                "loss_weight": 1.0 if said.speaker == "assistant" else 0.0,
            }
            for said in conversation.messages
        ]
        return {"messages": messages, "tools": orjson.dumps([*conversation.tools]).decode()}

    def finish(self, made: Made) -> None:
        """Write `dataset_info.yaml` for the first part: the engine mixes all that one file names."""
        # JSON is YAML.
        info = {"train": {"path": f"{made.parts[0]}.jsonl", "source": "local"}}
        put_file(made.folder / "dataset_info.yaml", orjson.dumps(info, option=orjson.OPT_INDENT_2))

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""```yaml
train_dataset: {made.parts[0]}.jsonl  # or dataset_info.yaml, from inside this folder
```"""


def _parts(said: Said) -> list[Json]:
    parts: list[Json] = [_part("reasoning", said.reasoning)] if said.reasoning else []
    if said.content or not said.calls:
        parts.append(_part("text", said.content or ""))
    calls = ({"name": call.name, "arguments": call.arguments} for call in said.calls)
    return [*parts, *(_part("tool_call", orjson.dumps(call).decode()) for call in calls)]


def _part(kind: str, value: str) -> JsonObject:
    return {"type": kind, "value": value}
