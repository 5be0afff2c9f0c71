"""`hermes`: function calling as Nous Research's Hermes models do it, tools in the system message.

Source: NousResearch/Hermes-Function-Calling (its prompt format and parser) and the data set
hermes-function-calling-v1. A call is `{"name", "arguments"}` between `<tool_call>` tags, a result `{"name", "content"}`
between `<tool_response>` tags; results of one turn stand together. It has no place for ids of calls.
"""

from __future__ import annotations

from collections.abc import Sequence

from synthtools_stream.export.chat_messages import Conversation, Said, conversation_of, turns_of
from synthtools_stream.export.export_format import AttemptFormat, Choices, Made
from synthtools_stream.export.trainer_rows.sharegpt_rows import SHAREGPT_NAMES
from synthtools_stream.export.trainer_rows.tagged_text import as_json, json_in_text, with_calls, without_tags
from synthtools_stream.records import Trajectory
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["HermesRows"]

_OFFER = """\
You are a function calling AI model. You are provided with function signatures within <tools></tools> XML tags. You \
may call one or more functions to assist with the user query. Don't make assumptions about what values to plug into \
functions. Here are the available tools: <tools> {tools} </tools> For each function call return a JSON object with \
function name and arguments within <tool_call></tool_call> XML tags as follows:
<tool_call>
{{"name": <function-name>, "arguments": <args-dict>}}
</tool_call>"""


class HermesRows(AttemptFormat):
    """`{"id", "conversations": [{"from", "value"}]}`, a line an attempt."""

    name = "hermes"
    read_by = "trainers of Hermes-style models, and their parsers (vLLM's hermes, Qwen's)"

    def row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; reasoning that is kept stands in the text."""
        conversation = conversation_of(attempt, choices.in_text())
        turns: list[Json] = [
            {"from": SHAREGPT_NAMES[turn[0].speaker], "value": _value(turn)}
            for turn in turns_of(conversation.without_system().messages)
        ]
        return {"id": attempt.id, "conversations": [{"from": "system", "value": _system(conversation)}, *turns]}

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""```python
import json, re
with open("{made.parts[0]}.jsonl") as file:
    rows = [json.loads(line) for line in file]
said = [turn["value"] for turn in rows[0]["conversations"] if turn["from"] == "gpt"]
calls = [json.loads(call) for text in said for call in re.findall(r"<tool_call>(.*?)</tool_call>", text, re.DOTALL)]
```"""


def _system(conversation: Conversation) -> str:
    """Return how calls are written, and what the agent was told besides."""
    offer = _OFFER.format(tools=json_in_text([*conversation.tools]))
    return f"{offer}\n\n{conversation.system}" if conversation.system else offer


def _value(turn: Sequence[Said]) -> str:
    match turn[0].speaker:
        case "tool":
            return "\n".join(f"<tool_response>\n{_result(said)}\n</tool_response>" for said in turn)
        case "assistant":
            return with_calls(turn[0])
        case _:
            return turn[0].content or ""


def _result(said: Said) -> str:
    content = without_tags(as_json(said.content or ""))
    return f'{{"name": {json_in_text(said.tool)}, "content": {content}}}'
