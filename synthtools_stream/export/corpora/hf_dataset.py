"""`hf`: a data set's folder for the Hugging Face Hub: our own rows, a configuration a kind, and a card.

The lines are the record; the parquet files beside them, which the card names, are the same. Our columns are flat
(`storage/datasets/columns`), so that no reader fills nulls in.

Source: the Hub's documentation of dataset cards and of manual configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import orjson

from synthtools_stream.export.corpora.contamination import Contamination, contamination, read_benchmark
from synthtools_stream.export.corpora.corpus_figures import figures_of, rows_of
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import Choices, ExportFormat, Line, Made, line
from synthtools_stream.export.parquet_twin import Shape, assert_tables, write_twin
from synthtools_stream.records import AuditedTool, Environment
from synthtools_stream.records.record import Record
from synthtools_stream.storage.datasets.columns import COLUMNS, as_columns

__all__ = ["HubDataset"]

_SHAPES: Mapping[str, Shape] = {"text": "text", "json": "text", "number": "number", "texts": ["text"]}
"""Of our own columns; JSON is text in the lines already."""
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
"""The Hub's size categories, by rows."""


class HubDataset(ExportFormat):
    """Our rows as they are."""

    name = "hf"
    read_by = "`datasets`, and the Hub's viewer: configurations tasks, trajectories, tools, environments"
    needs = frozenset({Kind.tasks})
    takes = frozenset({Kind.environments, Kind.tools, Kind.trajectories})
    is_published = True

    def assert_ready(self) -> None:
        """Refuse to begin without pyarrow; raises as the base says."""
        assert_tables()

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Line]:  # noqa: ARG002 - rows stay as they are
        """Return the task, and the attempts at it."""
        if group.task is not None:
            yield _line(Kind.tasks, part, group.task)
        for attempt in group.attempts:
            yield _line(Kind.trajectories, part, attempt)

    def of_tool(self, tool: AuditedTool, part: str) -> Iterator[Line]:
        """Return the tool."""
        yield _line(Kind.tools, part, tool)

    def of_environment(self, environment: Environment, part: str) -> Iterator[Line]:
        """Return the environment."""
        yield _line(Kind.environments, part, environment)

    def finish(self, made: Made) -> None:
        """Write the tables, and what the card tells of the rows; raises as the base says."""
        for name in made.lines:
            columns = COLUMNS[PurePosixPath(name).parent.name]
            write_twin(made.folder / name, {column: _SHAPES[form] for column, form in columns.items()})
        figures = orjson.dumps(figures_of(made.folder).as_json(), option=orjson.OPT_INDENT_2).decode()
        made.notes.append("## What is in it\n\n```json\n" + figures.replace("`", "\\u0060") + "\n```")
        made.notes.append(_licence_note(made.publication.licence))
        made.notes.append(_contamination_note(made))

    def front_matter(self, made: Made) -> str:
        """Return what the Hub reads of the card."""
        tasks = sum(count for name, count in made.lines.items() if name.startswith("tasks/"))
        size = next((name for most, name in _SIZES if tasks < most), "n>1M")
        return "\n".join(
            [
                f"license: {made.publication.licence or 'unknown'}",
                "language:\n- en",
                "pretty_name: Synthetic tool-use tasks with proven answers",
                f"size_categories:\n- {size}",
                "task_categories:\n- text-generation",
                "tags:\n- tool-use\n- function-calling\n- agents\n- synthetic",
                "configs:",
                *_configs(made),
            ]
        )

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""```python
import json
from datasets import load_dataset
tasks = load_dataset(".", "tasks", split="{made.parts[0]}")  # or the folder's name on the Hub
tools = json.loads(tasks[0]["tools"])
```

What has keys of its own in each row (tools, states, messages, …) is JSON text, so that no table fills nulls in. Lines
(`.jsonl`) and tables (`.parquet`) hold the same. `synthtools-stream verify tasks/{made.parts[0]}.jsonl` proves the
tasks again."""


def _line(kind: Kind, part: str, record: Record) -> Line:
    return line(f"{kind.name}/{part}.jsonl", as_columns(kind.name, record.to_json()))


def _configs(made: Made) -> Iterator[str]:
    for kind in (Kind.tasks, Kind.trajectories, Kind.tools, Kind.environments):
        parts = [part for part in made.parts if f"{kind.name}/{part}.jsonl" in made.lines]
        if parts:
            yield f"- config_name: {kind.name}"
            yield from ["  default: true"] if kind is Kind.tasks else []
            yield "  data_files:"
            yield from (f"  - split: {part}\n    path: {kind.name}/{part}.parquet" for part in parts)


def _licence_note(licence: str) -> str:
    if licence:
        return f"## Licence\n\n{licence}"
    return (
        "## Licence\n\nNot told: `license: unknown` at the head of this file is to be filled in before the folder is"
        " published (`--licence`). What a model wrote may fall under that model's terms."
    )


def _contamination_note(made: Made) -> str:
    head = "## What it has in common with benchmarks\n\n"
    if not made.publication.against:
        return f"{head}Not looked at; `--against FILE` compares the requests with the tasks of a benchmark."
    benchmarks = map(read_benchmark, made.publication.against)
    requests = ((str(row["id"]), str(row["summary"])) for row in rows_of(made.folder / "tasks"))
    found = contamination(requests, benchmarks)
    table = "\n".join(map(_row_of, found))
    return (
        f"{head}A request counts as copied when 13 words of it in a row stand in a text of the benchmark, and as near"
        " when seven tenths of their character trigrams are the same.\n\n"
        f"| file | texts | requests | copied | near | first ids |\n|---|---|---|---|---|---|\n{table}"
    )


def _row_of(found: Contamination) -> str:
    def share(count: int) -> str:
        return f"{count:,} ({count / found.requests:.1%})"

    name = re.sub(r"[^\w.-]", "_", found.benchmark.name)
    ids = ", ".join(re.sub(r"[^\w.@#-]", "_", shown) for shown in found.shown)
    cells = (name, f"{found.benchmark.texts:,}", f"{found.requests:,}", share(found.copied), share(found.near), ids)
    return f"| {' | '.join(cells)} |"
