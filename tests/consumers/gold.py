"""What solves the tasks of a dataset, for clients with nothing of ours installed. Run by `bin/consumers`.

    python -m tests.consumers.gold DATASET > GOLD

Writes one JSON line a task: `task_id`, `request`, `calls` (name and arguments) and `closing`, what the user is told.
"""

from __future__ import annotations

import sys

import orjson

from synthtools_stream import load_tasks, parse_call
from synthtools_stream.toolcalls import WireNames
from synthtools_stream.values.jsontypes import Json


def main(dataset: str) -> int:
    """Write the lines; returns the exit code."""
    for task in load_tasks(dataset):
        names = WireNames(tool.tool_name for tool in task.tools)
        said = [parse_call(text) for text in task.gt_tool_calls]
        calls: list[Json] = [{"name": names.on_wire(call.name), "arguments": call.arguments} for call in said]
        closing = "\n".join(f"{answer.slot}: {answer.value}" for answer in task.answer)
        line = {"task_id": task.id, "request": task.summary, "calls": calls, "closing": closing or "All done."}
        sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
