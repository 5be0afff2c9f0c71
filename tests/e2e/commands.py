"""Runs the real command line, as a user's shell would."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from synthtools_stream.storage.datasets.columns import from_columns
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from synthtools_stream.values.lineages import lineage

DATASETS = ("environments.jsonl", "tools.jsonl", "task_content.jsonl", "trajectories.jsonl", "rejected.jsonl")
SMALL = ("--field", "Maritime Shipping", "--field", "Library Science", "--sequences", "2", "--rollouts", "2")
EXECUTABLE = (sys.executable, "-m", "synthtools_stream")


def synthtools(*arguments: str | Path, timeout_s: float = 100) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*EXECUTABLE, *map(str, arguments)], capture_output=True, text=True, timeout=timeout_s, check=False
    )


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start one command and leave it running."""
    return subprocess.Popen(
        [*EXECUTABLE, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


@contextmanager
def model_server(*arguments: str) -> Generator[str]:
    """Serve the embedded model on a free port and yield its address."""
    process = start("serve-model", "--port", "0", *arguments)
    assert process.stderr is not None
    line = process.stderr.readline()
    try:
        assert "http://" in line, line
        yield "http://" + line.split("http://")[1].split("/v1")[0]
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stderr.close()


def rows(directory: Path, name: str) -> list[JsonObject]:
    """Read a dataset, JSON text in its columns included."""
    path = directory / name
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [from_columns(orjson.loads(line)) for line in lines]


def row_sets(directory: Path, names: Sequence[str] = DATASETS) -> dict[str, dict[str, Json]]:
    """Return every dataset by row id, `timing` aside; asserts that no id stands twice."""
    found: dict[str, dict[str, Json]] = {}
    for name in names:
        listed = rows(directory, name)
        # Ids are unique within a kind of item, and rejected.jsonl holds several kinds.
        by_id: dict[str, Json] = {f"{row.get('stage', '')}|{row['id']}": without_timing(row) for row in listed}
        assert len(by_id) == len(listed), f"an id stands twice in {name}"
        found[name] = by_id
    return found


def lineage_sets(directory: Path) -> dict[str, dict[str, Json]]:
    """Return what `row_sets` does, less what tells this run's rows from another's: ids' run parts, and digests."""
    found: dict[str, dict[str, JsonObject]] = orjson.loads(lineage(orjson.dumps(row_sets(directory)).decode()))
    for row in found["task_content.jsonl"].values():
        row["certificate"] = {**object_at(row, "certificate"), "digest": ""}
    return {name: {**by_id} for name, by_id in found.items()}


def without_timing(value: Json) -> Json:
    """Return the value with every `timing` key left out."""
    if isinstance(value, dict):
        return {key: without_timing(part) for key, part in value.items() if key != "timing"}
    if isinstance(value, list):
        return [without_timing(part) for part in value]
    return value
