"""`sts`: sessions as the Hugging Face Hub's trace viewer shows them.

Source: the Hub's documentation, "Session Traces Format". A session's first line is its header, each other line one
message; a result is shown beside the call that it answers.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from synthtools_stream.export.chat_messages import Call, Said, conversation_of
from synthtools_stream.export.export_format import Choices, Made
from synthtools_stream.export.traces.session_format import HARNESS, SessionFormat, of_session
from synthtools_stream.records import Trajectory
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["StsTraces"]

_LINE_ENDS = {end.encode(): f"\\u{ord(end):04x}".encode() for end in "\x85\u2028\u2029"}
"""Characters at which `str.splitlines` breaks, and `datasets` with it, and JSON does not escape."""
_DRAWER = "configs:\n- config_name: default\n  data_files:\n{files}\n"


class StsTraces(SessionFormat):
    """A JSONL file a session: `{"type": "session", …}`, then `{"type": "message", "message": {…}}`."""

    name = "sts"
    read_by = "the trace viewer of the Hugging Face Hub"
    suffix = ".jsonl"

    def session(self, attempt: Trajectory, choices: Choices) -> bytes:
        """Return the lines; what has no place in a message stands in the header, where any key is allowed.

        Tools are JSON text there: a reader of tables finds the same columns in every session.
        """
        return b"".join(_as_line(value) for value in _lines(attempt, choices))

    def front_matter(self, made: Made) -> str:
        """Tag the data set, so that the Hub shows it as traces."""
        files = "\n".join(f'  - split: {part}\n    path: "{part}/**/*.jsonl"' for part in _written(made))
        return f"tags:\n- agent-traces\n- tool-use\n- synthetic\n{_DRAWER.format(files=files)}"

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""Upload the folder to a dataset or a storage bucket of the Hub, which shows each file as a session:

```sh
hf upload USER/DATASET . --repo-type dataset
```

Or read it:

```python
import json
from pathlib import Path
for file in sorted(Path("{_written(made)[0]}").rglob("*.jsonl")):
    with file.open() as lines:
        header, *messages = map(json.loads, lines)
    print(header["id"], header["verdict"]["kind"], len(messages))
```"""


def _written(made: Made) -> list[str]:
    return [part for part in made.parts if made.lines.get(f"{part}/")]


def _as_line(value: JsonObject) -> bytes:
    """Return a line that is one for readers which break lines as Unicode does, too."""
    text = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    for end, escaped in _LINE_ENDS.items():
        text = text.replace(end, escaped)
    return text


def _lines(attempt: Trajectory, choices: Choices) -> Iterator[JsonObject]:
    conversation = conversation_of(attempt, choices)
    head: JsonObject = {"type": "session", "harness": HARNESS, "id": attempt.id, "name": attempt.id}
    yield {**head, **of_session(attempt), "tools": orjson.dumps(conversation.tools).decode()}
    model = str(attempt.meta.get("model") or "")
    for said in conversation.messages:
        yield {"type": "message", "message": _message(said, model)}


def _message(said: Said, model: str) -> JsonObject:
    message: JsonObject = {"role": said.speaker, "content": said.content or ""}
    if said.reasoning:
        message["reasoningContent"] = said.reasoning
    if said.calls:
        message["toolCalls"] = [_call(call) for call in said.calls]
    if said.speaker == "tool":
        message["toolCallId"] = said.call_id
    if said.speaker == "assistant" and model:
        message["model"] = model
    return message


def _call(call: Call) -> JsonObject:
    return {"id": call.id, "function": {"name": call.name, "arguments": call.arguments_text}}
