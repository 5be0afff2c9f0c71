"""A small run shown readably: an environment's blueprint, its tools, and one task with its calls and its proof."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import orjson

from synthtools_stream.cli.console import say
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.records import AuditedTool, Environment, Record, Task
from synthtools_stream.storage.datasets.dataset_reader import read_records
from synthtools_stream.storage.datasets.row_loader import load_tasks
from synthtools_stream.values.jsontypes import Json

__all__ = ["say_sample"]

_WIDTH = 160
"""Characters of a line: longer texts are cut, the files have them whole."""
RecordT = TypeVar("RecordT", bound=Record)


def say_sample(directory: Path) -> None:
    """Print what a run made: each environment with its tools, and one task."""
    for environment in _rows(directory / "environments.jsonl", Environment):
        for line in _environment(environment):
            _say(line)
    for tool in _rows(directory / "tools.jsonl", AuditedTool):
        for line in _tool(tool):
            _say(line)
    path = directory / "task_content.jsonl"
    tasks = list(load_tasks(path)) if path.is_file() and path.stat().st_size else []
    if tasks:
        # The longest shows most.
        for line in _task(max(tasks, key=lambda task: len(task.steps)), len(tasks)):
            _say(line)
    say()


def _rows(path: Path, model: type[RecordT]) -> list[RecordT]:
    if not path.is_file() or not path.stat().st_size:
        return []
    return [row for row in read_records(path, model, strict=True) if isinstance(row, model)]


def _environment(environment: Environment) -> Iterator[str]:
    blueprint = environment.blueprint
    yield ""
    yield f"ENVIRONMENT {environment.field} › {environment.subfield} › {environment.scenario} ({blueprint.difficulty})"
    for entity in blueprint.entity_types:
        yield f"  {entity.name} ({entity.collection}): {', '.join(part.name for part in entity.attributes)}"


def _tool(tool: AuditedTool) -> Iterator[str]:
    parameters = ", ".join(
        name if parameter.required else f"[{name}]" for name, parameter in tool.tool.parameters.items()
    )
    played = "code" if tool.program else "simulated"
    yield f"TOOL {tool.tool_name}({parameters})  {played}, reliability {tool.reliability:.2f}"
    yield f"  {tool.tool.tool_description}"


def _task(task: Task, count: int) -> Iterator[str]:
    yield ""
    yield f"TASK {task.id}, one of {counted(count, 'task')}"
    yield f"  {task.summary}"
    for number, step in enumerate(task.steps, start=1):
        yield f"  {number}. {step.call}"
        yield f"     {step.status_code} {_json(step.response)}"
        for argument, source in step.provenance.items():
            where = source.quote or source.pointer or source.formula or ""
            yield f"       {argument}: {source.kind}{f' ({where})' if where else ''}"
    for value in task.answer:
        yield f"  answer: {value.slot or value.pointer} = {_json(value.value)}"
    proof = task.certificate
    if proof is not None:
        kinds = [f"{part} {'/'.join(by)}" for part, by in proof.kinds.items()]
        yield f"  proven: {', '.join(kinds) or 'by its certificate'}"


def _json(value: Json) -> str:
    return orjson.dumps(value).decode()


def _say(line: str) -> None:
    say(printable(line, _WIDTH))
