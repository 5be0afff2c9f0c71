"""ms-swift's own preprocessor and inputs, for its rows, its pairs and ShareGPT."""

from __future__ import annotations

import importlib
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.readers.exported.trainers.told_by_run import Event, assert_same, in_text, parsed, rows, run_events

__all__ = ["check"]

_CALL = re.compile(r"<tool_call>\n(.*?)\n</tool_call>", re.DOTALL)


def check(folder: Path) -> None:
    """Compare what it reads with the run; leaves with 1 where it differs."""
    told = [list(in_text(events)) for events in run_events(folder / "run").values()]
    read = [list(_events(row.chosen)) for row in _inputs(folder / "ms-swift")]
    assert_same("ms-swift", read, told)
    shared = [list(_events(row.chosen)) for row in _inputs(folder / "sharegpt")]
    assert_same("sharegpt in ms-swift", shared, told)
    pairs = list(_inputs(folder / "ms-swift-preference"))
    sides = [list(_events(side)) for pair in pairs for side in (pair.chosen, pair.rejected)]
    if not pairs or any(side not in told for side in sides):
        raise SystemExit(f"ms-swift-preference: {len(pairs)} pairs, not all of whose sides are attempts of the run")
    if any(pair.rejected.tools != pair.chosen.tools or not pair.chosen.tools for pair in pairs):
        raise SystemExit("ms-swift-preference: the rejected side has other tools")


def _inputs(folder: Path) -> Iterator[Any]:
    preprocessor: Any = importlib.import_module("swift.dataset.preprocessor").AutoPreprocessor
    inputs: Any = importlib.import_module("swift.template.template_inputs").TemplateInputs
    load: Any = importlib.import_module("datasets").load_dataset
    for path in sorted(folder.glob("t*.jsonl")):
        with tempfile.TemporaryDirectory() as cache:
            loaded = load("json", data_files=str(path), split="train", cache_dir=cache)
            dataset = preprocessor()(loaded, load_from_cache_file=False, strict=True, enable_auto_mapping=True)
            if len(dataset) != len(rows(path)):
                raise SystemExit(f"{path}: {len(dataset)} rows are read")
            yield from map(inputs.from_dict, dataset)


def _events(side: Any) -> Iterator[Event]:
    yield ["tools", side.tools]
    if side.system:
        yield ["system", side.system]
    for message in side.messages:
        text = message["content"]
        match message["role"]:
            case "tool_call":
                call = json.loads(text)
                yield ["call", call["name"], call["arguments"]]
            case "tool":
                yield ["result", parsed(text)]
            case "assistant":
                yield from _said(text)
            case role:
                yield [role, text]


def _said(text: str) -> Iterator[Event]:
    beside = _CALL.sub("", text).rstrip()
    if beside:
        yield ["say", beside]
    for call in map(json.loads, _CALL.findall(text)):
        yield ["call", call["name"], call["arguments"]]
