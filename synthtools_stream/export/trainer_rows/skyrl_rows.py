"""`skyrl`: lines for SkyRL's SFT and RL trainers.

Both are read by `datasets`, so every row and message has the same keys, and what has keys of its own is JSON text:
SkyRL reads `tools` and `tool_calls` of that form. Its RL trainer hands an agent no tools: they stand in the system
message.

Source: `skyrl.train.sft_trainer`, `skyrl.train.dataset` and `skyrl_gym` of 2026-08.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from synthtools_stream.export.chat_messages import conversation_of
from synthtools_stream.export.export_format import Choices, Line, Made, line
from synthtools_stream.export.task_format import task_line
from synthtools_stream.export.trainer_rows.companion import put_companion
from synthtools_stream.export.trainer_rows.sft_and_rl import SftAndRlFormat
from synthtools_stream.export.trainer_rows.task_prompt import functions_of, ground_truth, user_message
from synthtools_stream.export.trainer_rows.template_messages import template_messages
from synthtools_stream.records import Task, Trajectory
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["SkyRLRows"]

_WORLDS = "rl/tasks.jsonl"
_KEYS = ("role", "content", "reasoning_content", "tool_calls", "tool_call_id", "name")


class SkyRLRows(SftAndRlFormat):
    """Attempts for SFT, proven tasks for RL, as far as either is there."""

    name = "skyrl"
    read_by = "SkyRL: its SFT trainer, and its RL trainer with a text environment that is put beside"

    def sft_row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; raises as the base says."""
        conversation = conversation_of(attempt, choices)
        return {
            "messages": [_even(message) for message in template_messages(conversation.messages)],
            "tools": orjson.dumps(conversation.tools).decode(),
        }

    def rl_lines(self, task: Task, part: str) -> Iterator[Line]:
        """Return the task's row, and the task that its world is made of."""
        yield line(f"rl/{part}.jsonl", _rl_row(task))
        yield task_line(_WORLDS, task)

    def finish(self, made: Made) -> None:
        """Write the environment that plays the tasks; raises as the base says."""
        if _WORLDS in made.lines:
            put_companion(made.folder / "rl", "world_env.py")

    def usage(self, made: Made) -> str:
        """Say how both are read."""
        part = made.parts[0]
        return f"""SFT: a data set's name may be a folder; `train_datasets=["./sft"] train_dataset_splits=["{part}"]`.

RL: `data.train_data=["rl/{part}.jsonl"]`, and, with `rl` in `PYTHONPATH` and `pip install synthtools-stream`, before
training:

```python
from skyrl_gym.envs import register
register(id="synthtools", entry_point="world_env:WorldEnv")
```"""


def _even(message: Json) -> JsonObject:
    """Return a message with the same keys as every other; SkyRL takes empty calls for none."""
    even: JsonObject = dict.fromkeys(_KEYS, "")
    for key, value in (message if isinstance(message, dict) else {}).items():
        even[key] = orjson.dumps(value).decode() if key == "tool_calls" else value
    return even


def _rl_row(task: Task) -> JsonObject:
    return {
        "data_source": "synthtools",
        "prompt": [{"role": "system", "content": _told_tools(task)}, user_message(task)],
        "env_class": "synthtools",
        "reward_spec": {"method": "rule", "ground_truth": ground_truth(task)},
        "extra_info": {"task_id": task.id},
    }


def _told_tools(task: Task) -> str:
    """Tell tools as the templates of Hermes and Qwen models do; nothing in them closes the tag around them."""
    tools = "\n".join(orjson.dumps(function).decode().replace("</", "<\\/") for function in functions_of(task))
    return (
        "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
        f"You are provided with function signatures within <tools></tools> XML tags:\n<tools>\n{tools}\n</tools>\n\n"
        "For each function call, return a json object with function name and arguments within"
        " <tool_call></tool_call> XML tags:\n<tool_call>\n"
        '{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>'
    )
