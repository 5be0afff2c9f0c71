"""`docs/formats.md` names every key of every file of a real run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from synthtools_stream.assembly.dataset_rows import DATASETS as DATASET_FILES
from synthtools_stream.storage.datasets.columns import COLUMNS
from synthtools_stream.values.jsontypes import Json
from tests.e2e.commands import SMALL, rows
from tests.faults.faultkit import invoke

TEXT = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
FREE = {
    "parameters",
    "output_details",
    "properties",
    "initial_state",
    "final_state",
    "response",
    "provenance",
    "attributes",
    "value",
    "values",
    "arguments",
    "reliability_per_mode",
    "stages",
    "yield",
    "content",
    "function",
    "programs",
}
"""Keys under which names of tools, of collections or of options stand, or what OpenAI's format says."""
POINTS_TO = {"rejected.jsonl": "tools.jsonl", "trajectories.jsonl": "task_content.jsonl"}
"""Sections that leave it to another to say what a probe or a change is."""
LOGS = {"journal": "journal.jsonl", "replies": "replies-000000.jsonl"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run of everything, with tools hard enough to play that some are rejected."""
    out = tmp_path_factory.mktemp("formats") / "run"
    config = out.with_name("hard.toml")
    config.write_text("[embedded]\nunreliable_tool = 0.3\nunreliable_error = 1.0\n", encoding="utf-8")
    done = invoke("run", config, *SMALL, "--out", out)
    assert done.exit_code == 0, done.output
    return out


def keys(value: Json) -> Iterator[str]:
    """Yield the keys of a row and of what stands in it, but for free ones."""
    if isinstance(value, list):
        for part in value:
            yield from keys(part)
    elif isinstance(value, dict):
        yield from value
        for key, part in value.items():
            by_slot = key == "answers" and isinstance(part, dict)  # those of a probe are a list
            if key not in FREE and not by_slot:
                yield from keys(part)


def section(heading: str) -> set[str]:
    """Return the words in code of one section, of the one that it points to, and of what all share."""
    parts = {part.splitlines()[0]: part for part in TEXT.split("\n## ")[1:]}
    wanted = (heading, POINTS_TO.get(heading, heading), "Tool")
    chosen = "".join(part for title, part in parts.items() if any(name in title for name in wanted))
    code = re.findall(r"`([^`]+)`|```json(.*?)```", chosen, re.DOTALL)
    return set(re.findall(r"\w+", " ".join(" ".join(pair) for pair in code)))


@pytest.mark.parametrize(
    "name",
    [
        "environments.jsonl",
        "tools.jsonl",
        "task_content.jsonl",
        "trajectories.jsonl",
        "rejected.jsonl",
        "progress.jsonl",
    ],
)
def test_every_key_is_described(name: str, run: Path) -> None:
    """Every key of a dataset's rows, at any depth, stands in its section."""
    found = {key for row in rows(run, name) for key in keys(row)}
    assert found
    assert found - section(name) == set()


@pytest.mark.parametrize("kind", sorted(COLUMNS))
def test_every_column_has_its_form(kind: str, run: Path) -> None:
    """A dataset's section says of each column which form it has, and each row has just these columns, in order."""
    name = DATASET_FILES[kind]
    part = next(part for part in TEXT.split("\n## ") if part.startswith(f"`{name}`"))
    told = {
        column: form.lower()
        for columns, form in re.findall(
            r"^\| ((?:`\w+`(?:, )?)+) \| (text|number|texts|JSON text) \|", part, re.MULTILINE
        )
        for column in re.findall(r"\w+", columns)
    }
    assert told == {column: "json text" if form == "json" else form for column, form in COLUMNS[kind].items()}
    lines = (run / name).read_bytes().splitlines()
    assert lines
    assert {tuple(orjson.loads(line)) for line in lines} == {tuple(COLUMNS[kind])}


def test_run_file_is_described(run: Path) -> None:
    """Every key of run.json stands in its section."""
    record = orjson.loads((run / "run.json").read_bytes())
    assert set(keys(record)) - section("run.json") - {"synthtools-stream"} == set()


@pytest.mark.parametrize("log", list(LOGS))
def test_payloads_of_logs_are_described(log: str, run: Path) -> None:
    """Every key of the logs' payloads stands in the section on logs; outputs and evidence have their own."""
    lines = [orjson.loads(line) for line in (run / LOGS[log]).read_bytes().splitlines()]
    payloads = [line["r"] for line in lines if "r" in line]
    apart = {"outputs": None, "extra": None, "usage": None}
    found = {key for payload in payloads for key in keys({**payload, **apart} if log == "journal" else payload)}
    assert found - section("Logs") - {"prompt_tokens", "completion_tokens"} == set()


def test_status_says_what_it_is_said_to_say(run: Path) -> None:
    """`status --json` has the keys of a snapshot, and the limit."""
    told = orjson.loads(invoke("status", run, "--json").stdout)
    last = rows(run, "progress.jsonl")[-1]
    assert set(told) == set(last) | {"limit", "tools", "verdicts", "passed_over"}
    assert all(set(counts) == {"queued", "running", "done", "rejected", "failed"} for counts in told["stages"].values())
