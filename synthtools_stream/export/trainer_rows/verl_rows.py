"""`verl`: parquet for its SFT trainer, and for its RL trainer one folder an environment.

`sft/` has messages and tools as JSON text, which `rows_dataset.py` reads into verl's own data set: as Arrow's objects
they come back with nulls that the chat template writes out, and numbers of another type (verl#4112).

`rl/<environment>/` has prompts, the tasks themselves, and `tool_config.yaml`: verl knows one list of tools a run, from
which each row selects its own. `world_tool.py` plays them and gives the reward.

Source: `verl.utils.dataset.{multiturn_sft_dataset, rl_dataset}`, `verl.tools`, `verl.experimental.agent_loop` of 0.9.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from synthtools_stream.export.chat_messages import conversation_of
from synthtools_stream.export.export_format import Choices, Line, Made, line
from synthtools_stream.export.parquet_twin import Shape, assert_tables, write_twin
from synthtools_stream.export.safe_names import safe_name, safe_number
from synthtools_stream.export.task_format import task_line
from synthtools_stream.export.trainer_rows.companion import put_companion
from synthtools_stream.export.trainer_rows.sft_and_rl import SftAndRlFormat
from synthtools_stream.export.trainer_rows.task_prompt import functions_of, ground_truth, user_message
from synthtools_stream.export.trainer_rows.template_messages import template_messages
from synthtools_stream.export.trainer_rows.verl_tools import assert_configurable, tool_config
from synthtools_stream.live.submission import SUBMIT
from synthtools_stream.records import Task, Trajectory
from synthtools_stream.storage.appendlog.whole_file import whole_file
from synthtools_stream.storage.datasets.row_loader import load_tasks
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from synthtools_stream.values.lineages import environment_of

__all__ = ["VerlRows"]

_WORLDS = "tasks.jsonl"
_SFT: dict[str, Shape] = {"messages": "json", "tools": "json"}
_RL: dict[str, Shape] = {
    "data_source": "text",
    "agent_name": "text",
    "prompt": [{"role": "text", "content": "text"}],
    "ability": "text",
    "reward_model": {"style": "text", "ground_truth": "text"},
    "extra_info": {
        "index": "whole",
        "task_id": "text",
        "need_tools_kwargs": "flag",
        "tool_selection": ["text"],
        "tools_kwargs": {"world": {"create_kwargs": {"task_id": "text"}}},
    },
}


class VerlRows(SftAndRlFormat):
    """Attempts for SFT, proven tasks for RL, as far as either is there."""

    name = "verl"
    read_by = "verl: SFT with its MultiTurnSFTDataset, RL with its tool agent loop, one run an environment"

    def assert_ready(self) -> None:
        """Refuse to begin without pyarrow; raises as the base says."""
        assert_tables()

    def sft_row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; raises as the base says."""
        conversation = conversation_of(attempt, choices)
        return {"messages": template_messages(conversation.messages), "tools": [*conversation.tools]}

    def rl_lines(self, task: Task, part: str) -> Iterator[Line]:
        """Return the task's lines of its environment's folder; raises as the base says."""
        functions = [object_at(tool, "function") for tool in functions_of(task)]
        assert_configurable(functions)
        variant = "" if task.meta.variant == "base" else f" {task.meta.variant}"
        folder = f"rl/{safe_name((task.meta.environment or environment_of(task.id)) + variant)}"
        yield line(f"{folder}/{part}.jsonl", _rl_row(task, [str(function["name"]) for function in functions]))
        yield task_line(f"{folder}/{_WORLDS}", task)

    def finish(self, made: Made) -> None:
        """Write the tables, the tools of each environment, and the code that reads and plays them.

        :raises UsageError: where two tasks of one environment define a tool in two ways.
        """
        for name in sorted(made.lines):
            place = made.folder / name
            if name.startswith("sft/"):
                write_twin(place, _SFT)
                put_companion(made.folder, "rows_dataset.py")
            elif place.name == _WORLDS:
                with whole_file(place.with_name("tool_config.yaml")) as path:
                    path.write_bytes(tool_config(_tools(place), str(PurePosixPath(name))))
                put_companion(made.folder, "world_tool.py")
            else:
                write_twin(place, _RL)

    def usage(self, made: Made) -> str:
        """Say how both are read."""
        part = made.parts[0]
        return f"""SFT, with the data set class that is beside the rows:

```
data.train_files=sft/{part}.parquet data.custom_cls.path=rows_dataset.py data.custom_cls.name=RowsDataset
```

RL, an environment a run, with this folder in `PYTHONPATH` and `pip install synthtools-stream`:

```
data.train_files=rl/NAME/{part}.parquet data.tool_config_path=rl/NAME/tool_config.yaml
actor_rollout_ref.rollout.multi_turn.tool_config_path=rl/NAME/tool_config.yaml
custom_reward_function.path=world_tool.py custom_reward_function.name=compute_score
```

Each row selects its own tools of its environment's (`extra_info.tool_selection`). An attempt ends with `submit_answer`,
and has its reward then."""


def _rl_row(task: Task, names: list[str]) -> JsonObject:
    offered: list[Json] = [*names, SUBMIT]
    return {
        "data_source": "synthtools",
        "agent_name": "tool_agent",
        "prompt": [user_message(task)],
        "ability": "tool-use",
        "reward_model": {"style": "rule", "ground_truth": ground_truth(task)},
        "extra_info": {
            "index": safe_number(task.id),
            "task_id": task.id,
            "need_tools_kwargs": True,
            "tool_selection": offered,
            "tools_kwargs": {"world": {"create_kwargs": {"task_id": task.id}}},
        },
    }


def _tools(worlds: Path) -> Iterator[JsonObject]:
    for task in load_tasks(worlds):
        yield from (object_at(tool, "function") for tool in functions_of(task))
