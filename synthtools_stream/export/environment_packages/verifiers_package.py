"""`verifiers`: a taskset package of its own, whose tools act in our worlds and whose reward is our verdict.

Source: verifiers 0.4 (v1), what `vf-init --add-tool` makes, `mcp/{server,toolset}.py` and `cli/validate.py`.
"""

from __future__ import annotations

from synthtools_stream.export.environment_packages.package_files import data_digest, put_shipped, version_of
from synthtools_stream.export.environment_packages.playable_format import PlayableFormat
from synthtools_stream.export.export_format import Choices, Line, Made
from synthtools_stream.export.task_format import task_line
from synthtools_stream.records import Task

__all__ = ["VerifiersPackage"]

_SHIPPED = ("__init__.py", "taskset.py", "worlds.py", "servers/__init__.py", "servers/tool.py")


class VerifiersPackage(PlayableFormat):
    """One package, whose parts are a setting of its taskset."""

    name = "verifiers"
    read_by = "verifiers 0.4 (`vf-eval`, `vf-validate`) and prime-rl"

    def of_task(self, task: Task, part: str, choices: Choices) -> list[Line]:
        """Return the task."""
        return [task_line(_tasks(choices.package, part), task)]

    def finish(self, made: Made) -> None:
        """Write what makes the folder a package."""
        name = made.choices.package
        parts = [part for part in made.parts if _tasks(name, part) in made.lines]
        digest = data_digest(made.folder / _tasks(name, part) for part in parts)
        names = {f"{name}/{file}": file for file in _SHIPPED} | {"pyproject.toml": "pyproject.toml"}
        words = {
            "PACKAGE": name,
            "DASHED": name.replace("_", "-"),
            "VERSION": version_of(digest),
            "PART": parts[0],
        }
        put_shipped(made.folder, "verifiers_files", names, words)

    def usage(self, made: Made) -> str:
        """Say how it is installed, checked and run."""
        name = made.choices.package
        return f"""```console
$ pip install 'verifiers==0.4.*' THIS_FOLDER     # and synthtools-stream, where no index has it
$ vf-validate {name} --runtime.type subprocess   # what solves a task has 1, doing nothing less
$ vf-eval {name} --model MODEL --env.agent.harness.id null --env.taskset.part {made.parts[-1]}
```

A world lives in the package's tool server: every call is made on what the rollout's calls before it have made of it.
The reward judges the world after all calls, and the agent's last reply; code alone decides. What solves the tasks lies
in `{name}/data`, where no agent may read."""


def _tasks(name: str, part: str) -> str:
    return f"{name}/data/{part}.jsonl"
