"""`sharegpt`: conversations of `from` and `value`, calls inside the agent's text as Hermes models write them.

Source: what Axolotl 0.19.0 (`chat_template` with `from` and `value` mapped) and ms-swift 4.6.0 (its message
preprocessor) take for ShareGPT: `system`, `human`, `gpt`, `tool`. Templates put tags around results, and leave calls
that stand in the text alone. It has no place for ids of calls: results stand in the calls' order.
"""

from __future__ import annotations

import orjson

from synthtools_stream.export.chat_messages import Said, conversation_of, turns_of
from synthtools_stream.export.export_format import AttemptFormat, Choices, Made
from synthtools_stream.export.trainer_rows.tagged_text import with_calls
from synthtools_stream.records import Trajectory
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["SHAREGPT_NAMES", "ShareGPTRows"]

SHAREGPT_NAMES = {"system": "system", "user": "human", "assistant": "gpt", "tool": "tool"}


class ShareGPTRows(AttemptFormat):
    """`{"conversations": [{"from", "value"}], "tools"}`, a line an attempt."""

    name = "sharegpt"
    read_by = "Axolotl, ms-swift, and whatever takes from/value"

    def row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; `tools` is JSON text, reasoning that is kept stands in the text."""
        conversation = conversation_of(attempt, choices.in_text())
        told: list[Json] = [
            {"from": SHAREGPT_NAMES[said.speaker], "value": _value(said)}
            for turn in turns_of(conversation.messages)
            for said in turn
        ]
        return {"conversations": told, "tools": orjson.dumps([*conversation.tools]).decode()}

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""Axolotl:

```yaml
datasets:
  - path: {made.parts[0]}.jsonl
    ds_type: json
    type: chat_template
    field_messages: conversations
    message_property_mappings: {{role: from, content: value}}
```

ms-swift: `swift sft --dataset {made.parts[0]}.jsonl`."""


def _value(said: Said) -> str:
    return with_calls(said) if said.speaker == "assistant" else said.content or ""
