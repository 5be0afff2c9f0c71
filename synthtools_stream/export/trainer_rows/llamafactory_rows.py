"""`llamafactory`: LLaMA-Factory's ShareGPT, and the `dataset_info.json` that names the files.

Source: LLaMA-Factory 0.9.5, `data/converter.py` and `data/formatter.py`. User and results stand at odd places, the
agent at even ones, else its loader skips the row: such rows are left out here, with the reason. Calls of one message
are one JSON list, and so are their results. A message that says something beside its calls has the calls between
`<tool_call>` tags, which the formatter reads and older versions do not. There is no place for ids of calls.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from synthtools_stream.errors import Rejection
from synthtools_stream.export.chat_messages import Said, conversation_of, turns_of
from synthtools_stream.export.export_format import AttemptFormat, Choices, Made
from synthtools_stream.export.trainer_rows.tagged_text import as_json, text_before_calls
from synthtools_stream.records import Trajectory
from synthtools_stream.storage.appendlog.whole_file import put_file
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["LlamaFactoryRows"]

_ODD = ("human", "observation")
_EVEN = ("gpt", "function_call")


class LlamaFactoryRows(AttemptFormat):
    """`{"conversations": [{"from", "value"}], "system", "tools"}`, a line an attempt."""

    name = "llamafactory"
    read_by = "LLaMA-Factory 0.9.5 and later"

    def row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; `tools` is JSON text, reasoning that is kept stands in the text.

        :raises Rejection: when the loader would skip it, or a text could be taken for a call.
        """
        conversation = conversation_of(attempt, choices.in_text())
        turns = [_turn(turn) for turn in turns_of(conversation.without_system().messages)]
        for number, (speaker, _) in enumerate(turns):
            if speaker not in (_EVEN if number % 2 else _ODD):
                raise Rejection("no_alternation", f"turn {number + 1} is {speaker}; the loader would skip the row")
        if len(turns) % 2:
            raise Rejection("no_last_word", f"the last turn is {turns[-1][0]}; the loader would skip the row")
        said: list[Json] = [{"from": speaker, "value": text} for speaker, text in turns]
        tools = orjson.dumps([*conversation.tools]).decode()
        return {"conversations": said, "system": conversation.system, "tools": tools}

    def finish(self, made: Made) -> None:
        """Write `dataset_info.json`, a data set a part."""
        columns = {"messages": "conversations", "system": "system", "tools": "tools"}
        info = {
            _dataset(part): {"file_name": f"{part}.jsonl", "formatting": "sharegpt", "columns": columns}
            for part in made.parts
        }
        put_file(made.folder / "dataset_info.json", orjson.dumps(info, option=orjson.OPT_INDENT_2))

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""```yaml
dataset_dir: .  # this folder
dataset: {_dataset(made.parts[0])}
```"""


def _dataset(part: str) -> str:
    return f"synthtools_{part}"


def _turn(turn: Sequence[Said]) -> tuple[str, str]:
    said = turn[0]
    match said.speaker:
        case "tool":
            return "observation", _results(turn)
        case "assistant" if said.calls:
            return "function_call", _calls(said)
        case "assistant":
            return "gpt", said.content or ""
        case _:
            return "human", said.content or ""


def _calls(said: Said) -> str:
    r"""Return calls as a list. The formatter finds its tags in arguments as well: so `<` is `\u003c`, the same JSON."""
    calls = orjson.dumps([{"name": call.name, "arguments": call.arguments} for call in said.calls]).decode()
    calls = calls.replace("<", "\\u003c")
    text = text_before_calls(said)
    return f"{text}<tool_call>{calls}</tool_call>" if text else calls


def _results(turn: Sequence[Said]) -> str:
    """Return one result as it came, several as a JSON list of them."""
    if len(turn) == 1:
        return turn[0].content or ""
    return f"[{','.join(as_json(said.content or '') for said in turn)}]"
