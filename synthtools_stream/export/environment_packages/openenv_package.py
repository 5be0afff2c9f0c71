"""`openenv`: a package a part that serves its tasks by OpenEnv's protocol, with what `openenv validate` wants to know.

Source: OpenEnv 0.10, `validation/{manifest,runtime/contracts}.py` and RFC 008.
"""

from __future__ import annotations

from pathlib import Path

import orjson

from synthtools_stream.export.environment_packages.package_files import data_digest, put_shipped, version_of
from synthtools_stream.export.environment_packages.playable_format import PlayableFormat
from synthtools_stream.export.environment_packages.untaken_ways import untaken_ways
from synthtools_stream.export.export_format import Choices, Line, Made, line
from synthtools_stream.export.task_format import task_line
from synthtools_stream.live.submission import SUBMIT
from synthtools_stream.records import Task
from synthtools_stream.storage.appendlog.whole_file import put_file
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["OpenEnvPackage"]

_SHIPPED = (
    "openenv.yaml",
    "pyproject.toml",
    "Dockerfile",
    "README.md",
    "server/__init__.py",
    "server/app.py",
    "validation/oracle.py",
)


class OpenEnvPackage(PlayableFormat):
    """Each part is a package in a folder of its own: its server knows one file of tasks."""

    name = "openenv"
    read_by = "OpenEnv: `openenv validate`, `build`, `push`, and the trainers that drive its servers"
    reserved = ("reset", "step", "state", "close")

    def of_task(self, task: Task, part: str, choices: Choices) -> list[Line]:
        """Return the task for the server, and attempts at it that must come to nothing."""
        folder = _folder(choices, part)
        ways = [line(f"{folder}/validation/canaries.jsonl", way) for way in untaken_ways(task)]
        return [task_line(_tasks(folder), task), *ways]

    def finish(self, made: Made) -> None:
        """Write what makes a folder a package."""
        for part in made.parts:
            folder = _folder(made.choices, part)
            if _tasks(folder) in made.lines:
                _put_package(made.folder / folder, folder, made.lines[_tasks(folder)])

    def usage(self, made: Made) -> str:
        """Say how it is checked and run."""
        name = made.choices.package
        return f"""```console
$ openenv validate {name}                      # with Docker; --level static without
$ cd {name} && pip install . && server         # serves at port 8000
```

```python
from openenv.core.generic_client import GenericEnvClient

async with GenericEnvClient(base_url="http://127.0.0.1:8000") as env:
    first = await env.reset(index=0)
    last = await env.step({{"type": "call_tool", "tool_name": "{SUBMIT}", "arguments": {{"message": "Done."}}}})
```

Where no index has `synthtools-stream`, put its wheel into the package's `wheels/`: its Dockerfile looks there first.
The server shares an environment with OpenEnv's own package. `validation/oracle.py` plays what solves each task against
a running server; `validation/canaries.jsonl` holds attempts that must get nothing."""


def _folder(choices: Choices, part: str) -> str:
    """Return the folder of a part's package; that to train on is called as the whole is."""
    return choices.package if part == "train" else f"{choices.package}_{part}"


def _tasks(folder: str) -> str:
    return f"{folder}/server/tasks.jsonl"


def _put_package(package: Path, name: str, tasks: int) -> None:
    digest = data_digest([package / "server" / "tasks.jsonl"])
    words = {
        "PACKAGE": name,
        "DASHED": name.replace("_", "-"),
        "VERSION": version_of(digest),
        "DIGEST": digest,
        "TASKS": str(tasks),
    }
    put_shipped(package, "openenv_files", {path: path for path in _SHIPPED}, words)
    put_file(package / "validation" / "runtime.json", orjson.dumps(_probe(), option=orjson.OPT_INDENT_2))


def _probe() -> JsonObject:
    """Return the episode by which a validator looks at the protocol: the first task, given up at once."""
    nothing: JsonObject = {"message": "I did nothing."}
    return {
        "plan_schema_version": "1",
        "reset": {"episode_id": "validation", "seed": 0, "options": {}},
        "actions": [{"type": "call_tool", "tool_name": SUBMIT, "arguments": nothing}],
    }
