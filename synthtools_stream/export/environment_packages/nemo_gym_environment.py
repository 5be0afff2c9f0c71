"""`nemo-gym`: an environment of NeMo Gym's, whose tasks `serve-env` plays and verifies.

Source: NeMo Gym 0.7, `nemo_gym/environment/{manifest,validation}.py`, `config_types.py` and `docs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from synthtools_stream.envserving.nemo_gym_row import gym_row
from synthtools_stream.export.environment_packages.package_files import data_digest, put_shipped, version_of
from synthtools_stream.export.environment_packages.playable_format import PlayableFormat
from synthtools_stream.export.export_format import Choices, Line, Made, line
from synthtools_stream.export.task_format import task_line
from synthtools_stream.records import Task
from synthtools_stream.storage.appendlog.whole_file import put_file

__all__ = ["NemoGymEnvironment"]

_EXAMPLES = 5
"""Rows that Gym wants to be looked at."""
_TYPES = ("train", "validation")
"""What Gym calls the first part, and every other."""


class NemoGymEnvironment(PlayableFormat):
    """Rows and configuration below `environments/`; below `resources_servers/`, for the server alone, the tasks."""

    name = "nemo-gym"
    read_by = "NeMo Gym and what trains on it: NeMo RL, verl"
    reserved = ("verify", "seed_session", "close_session", "aggregate_metrics", "mcp")

    def of_task(self, task: Task, part: str, choices: Choices) -> list[Line]:
        """Return the row, and the task that the server plays."""
        tasks = task_line(f"resources_servers/{choices.package}/tasks.jsonl", task)
        return [line(_rows(choices.package, part), gym_row(task)), tasks]

    def finish(self, made: Made) -> None:
        """Write examples, configuration, manifest, and the program by which Gym starts the server."""
        name = made.choices.package
        parts = _written(made)
        with (made.folder / _rows(name, parts[0])).open("rb") as file:
            put_file(made.folder / _rows(name, "example"), b"".join(islice(file, _EXAMPLES)))
        digest = data_digest(made.folder / _rows(name, part) for part in parts)
        own = f"environments/{name}"
        names = {f"{own}/{file}": file for file in ("config.yaml", "manifest.yaml", "README.md")}
        names |= {f"resources_servers/{name}/{file}": file for file in ("app.py", "requirements.txt")}
        words = {
            "PACKAGE": name,
            "VERSION": version_of(digest),
            "DATASETS": "\n".join(_dataset(name, *kind, depth=6, licence=True) for kind in _kinds(parts)),
            "MANIFESTED": "\n".join(_dataset(name, *kind, depth=2) for kind in _kinds(parts)),
        }
        put_shipped(made.folder, "nemo_gym_files", names, words)

    def usage(self, made: Made) -> str:
        """Say how it is run."""
        name = made.choices.package
        return f"""```console
$ cd THIS_FOLDER
$ gym env start --environment {name} --model-type vllm_model
$ gym eval run --no-serve --agent {name}_agent --input environments/{name}/data/example.jsonl --output rollouts.jsonl
```

Gym starts `resources_servers/{name}/app.py`, which runs `synthtools-stream serve-env` on the tasks beside it: have the
command on the `PATH` (`pip install 'synthtools-stream[environments]'`, not into Gym's environments, which want another
`mcp`). To start it yourself, name its port:

```console
$ synthtools-stream serve-env --dataset resources_servers/{name}/tasks.jsonl --port 8080
$ gym env start --environment {name} --model-type vllm_model ++{name}.resources_servers.{name}.port=8080
```

Rows hold the request, the tools and `task_key`, by which the server knows the trainer; what solves a task stands in
`resources_servers/` alone, which no agent may read."""


def _rows(name: str, part: str) -> str:
    return f"environments/{name}/data/{part}.jsonl"


def _written(made: Made) -> list[str]:
    return [part for part in made.parts if _rows(made.choices.package, part) in made.lines]


def _kinds(parts: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the datasets as Gym has them: name and type."""
    for number, part in enumerate(parts):
        yield part, _TYPES[min(number, 1)]
    if "example" not in parts:
        yield "example", "example"


def _dataset(name: str, part: str, kind: str, *, depth: int, licence: bool = False) -> str:
    keys = [f"name: {part}", f"type: {kind}", f"jsonl_fpath: {_rows(name, part)}"]
    if licence and kind != "example":
        keys.append("license: TBD")
    dash, indent = " " * depth + "- ", " " * (depth + 2)
    return dash + f"\n{indent}".join(keys)
