"""LLaMA-Factory's own parser of `dataset_info.json`, converter and formatters; and the data engine of its v1."""

from __future__ import annotations

import importlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.readers.exported.trainers.told_by_run import Event, assert_same, in_text, parsed, run_events

__all__ = ["check"]

_CALLS = "\0"
"""Stands for the calls in what a formatter writes."""


def check(folder: Path) -> None:
    """Compare what both engines read with the run; leaves with 1 where it differs."""
    told = run_events(folder / "run").values()
    read = [_v0_events(row) for row in _v0_samples(folder / "llamafactory")]
    assert_same("llamafactory", read, map(in_text, told))
    samples = [list(_v1_events(sample)) for sample in _v1_samples(folder / "llamafactory-v1")]
    assert_same("llamafactory-v1", samples, told)


def _v0_samples(folder: Path) -> Iterator[Any]:
    parser: Any = importlib.import_module("llamafactory.data.parser")
    converter: Any = importlib.import_module("llamafactory.data.converter")
    load: Any = importlib.import_module("datasets").load_dataset
    for attributes in parser.get_dataset_list(["synthtools_train", "synthtools_test"], str(folder)):
        path = folder / attributes.dataset_name
        with tempfile.TemporaryDirectory() as cache:
            for row in load("json", data_files=str(path), split="train", cache_dir=cache):
                sample = converter.SharegptDatasetConverter(attributes, None)(row)
                if not sample["_prompt"]:
                    raise SystemExit(f"{path}: the converter skips {row}")
                yield sample


class _Recorder:
    """Takes the place of a model's syntax of calls, and keeps what it is given."""

    def __init__(self) -> None:
        self.calls: list[Event] = []

    def function_formatter(self, functions: list[Any]) -> str:
        """Keep the calls."""
        self.calls += [["call", name, json.loads(arguments)] for name, arguments in functions]
        return _CALLS


def _v0_events(sample: Any) -> list[Event]:
    formatters: Any = importlib.import_module("llamafactory.data.formatter")
    tools = formatters.ToolFormatter(tool_format="qwen").apply(content=sample["_tools"])[0]
    if tools.count('"type": "function"') != len(json.loads(sample["_tools"])):
        raise SystemExit(f"llamafactory: tools are written as {tools}")
    events: list[Event] = [["tools", json.loads(sample["_tools"])]]
    events += [["system", sample["_system"]]] if sample["_system"] else []
    calls = 0
    for message in sample["_prompt"] + sample["_response"]:
        text = message["content"]
        if message["role"] == "function":
            made = list(_function_events(formatters, text))
            calls = sum(event[0] == "call" for event in made)
            events += made
        elif message["role"] == "observation":
            results = parsed(text)
            events += [["result", result] for result in (results if calls > 1 else [results])]
        else:
            events.append(["user" if message["role"] == "user" else "say", text])
    return events


def _function_events(formatters: Any, text: str) -> Iterator[Event]:
    formatter = formatters.FunctionFormatter(slots=["{{content}}"], tool_format="qwen")
    formatter.tool_utils = _Recorder()
    words = {"thought_words": ("<think>\n", "\n</think>\n\n"), "tool_call_words": ("<tool_call>", "</tool_call>")}
    (written,) = formatter.apply(content=text, **words)
    beside = written.replace(_CALLS, "").rstrip()
    if beside:
        yield ["say", beside]
    yield from formatter.tool_utils.calls


def _v1_samples(folder: Path) -> Iterator[Any]:
    engine: Any = importlib.import_module("llamafactory.v1.core.data_engine").DataEngine
    before = Path.cwd()
    os.chdir(folder)  # paths in dataset_info.yaml are taken from here
    try:
        for source in ("dataset_info.yaml", "test.jsonl"):
            loaded = engine(source)
            yield from (loaded[number] for number in range(len(loaded)))
    finally:
        os.chdir(before)


def _v1_events(sample: Any) -> Iterator[Event]:
    yield ["tools", json.loads(sample["tools"])]
    for message in sample["messages"]:
        for part in message["content"]:
            value = part["value"]
            match message["role"], part["type"]:
                case "assistant", "reasoning":
                    yield ["think", value]
                case "assistant", "tool_call":
                    call = json.loads(value)
                    yield ["call", call["name"], call["arguments"]]
                case "assistant", _:
                    yield ["say", value]
                case "tool", _:
                    yield ["result", parsed(value)]
                case role, _:
                    yield [role, value]
