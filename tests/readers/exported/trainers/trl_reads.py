"""Rows of `trl`, `trl-preference` and `trl-kto` through `datasets`, and TRL's own chat templates through Jinja."""

from __future__ import annotations

import importlib
import json
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.readers.exported.trainers.chat_template import rendered
from tests.readers.exported.trainers.told_by_run import Event, assert_same, events_of, rows, run_events

__all__ = ["check", "template"]

_PARALLEL = (
    "qwen2_5",
    "qwen3",
    "qwen3_vl",
    "qwen3_5_think",
    "qwen3_8",
    "gemma4_v5",
    "glm4moe",
    "lfm2_2_5_v2",
    "muse_glimmer",
    "nemotron_3_super",
)
"""Templates that write every call of a message."""
_SINGLE = ("gptoss", "llama3_1", "llama3_2")
"""Templates that write one, or refuse several."""


def template(name: str) -> str:
    """Return one of TRL's chat templates."""
    return (Path(sysconfig.get_paths()["purelib"]) / "trl" / "chat_templates" / f"{name}.jinja").read_text()


def check(folder: Path) -> None:
    """Compare what is read with the run; leaves with 1 where it differs, or a template loses a call."""
    told = run_events(folder / "run")
    solved = {
        row["id"]: json.loads(row["verdict"])["kind"] == "solved" for row in rows(folder / "run/trajectories.jsonl")
    }
    sft = list(_loaded(folder / "trl"))
    assert_same("trl", [_events(row, row["messages"]) for row in sft], told.values())
    for row in sft:
        _assert_rendered(row)
    passed, failed = ([told[name] for name in told if solved[name] is value] for value in (True, False))
    kto = list(_loaded(folder / "trl-kto"))
    for label, expected in ((True, passed), (False, failed)):
        chosen = [_events(row, row["prompt"] + row["completion"]) for row in kto if row["label"] is label]
        assert_same(f"trl-kto, {label}", chosen, expected)
    for pair in _loaded(folder / "trl-preference"):
        _assert_pair(pair, passed, failed)


def _loaded(folder: Path) -> Iterator[Any]:
    load: Any = importlib.import_module("datasets").load_dataset
    for path in sorted(folder.glob("t*.jsonl")):
        with tempfile.TemporaryDirectory() as cache:
            loaded = list(load("json", data_files=str(path), split="train", cache_dir=cache))
        if loaded != rows(path):
            raise SystemExit(f"{path}: datasets reads something else than what stands there")
        yield from loaded


def _events(row: Any, messages: list[Any]) -> list[Event]:
    return [["tools", row["tools"]], *events_of(messages)]


def _assert_rendered(row: Any) -> None:
    """Leave with 1 unless each template writes every call: its tool's name and all texts of its arguments."""
    calls = [call["function"] for said in row["messages"] for call in said.get("tool_calls", [])]
    parallel = any(len(said.get("tool_calls", [])) > 1 for said in row["messages"])
    for name in _PARALLEL + (() if parallel else _SINGLE):
        text = rendered(template(name), row["messages"], row["tools"])
        for call in calls:
            pieces = [call["name"], *(value for value in call["arguments"].values() if isinstance(value, str))]
            lost = [piece for piece in pieces if piece not in text and json.dumps(piece)[1:-1] not in text]
            if lost:
                raise SystemExit(f"{name} loses {lost} of {call}")


def _assert_pair(pair: Any, passed: list[list[Event]], failed: list[list[Event]]) -> None:
    chosen, rejected = (_events(pair, pair["prompt"] + pair[side]) for side in ("chosen", "rejected"))
    if chosen not in passed or rejected not in failed:
        raise SystemExit(f"no pair of a passed and a failed attempt: {pair}")
    first, second = pair["chosen"][0], pair["rejected"][0]
    if first == second or {first["role"], second["role"]} != {"assistant"}:
        raise SystemExit(f"not cut at the first difference: {first} and {second}")
