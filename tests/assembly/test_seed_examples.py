"""Seeds: a few different tools and requests of a file, in any form that tools and tasks have."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.assembly.seed_examples import read_seed_tasks, read_seed_tools
from synthtools_stream.errors import UsageError
from synthtools_stream.values.jsontypes import Json, JsonObject


def lines(path: Path, *rows: Json) -> Path:
    """Write JSONL."""
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def test_tools_of_a_document() -> None:
    """A few of an API's tools, with the names of their parameters."""
    seeds = read_seed_tools(Path("tests/data/given/kites.yaml"))
    assert [seed.tool_name for seed in seeds[:2]] == ["listKites", "createKite"]
    assert (len(seeds), seeds[1].parameters) == (6, ["name", "colour", "fee"])


def test_tools_of_rows(tmp_path: Path) -> None:
    """Rows of a tools.jsonl, whose tool may be JSON text, in any dialect."""
    native: JsonObject = {
        "name": "moveKite",
        "description": "Move a kite.",
        "input_schema": {"properties": {"to": {"type": "string"}}},
    }
    path = lines(
        tmp_path / "tools.jsonl", {"id": "a", "tool": native}, {"id": "b", "tool": orjson.dumps(native).decode()}
    )
    assert [(seed.tool_name, seed.parameters) for seed in read_seed_tools(path)] == [("moveKite", ["to"])] * 2


def test_most_different_requests(tmp_path: Path) -> None:
    """Of many requests those are kept that differ most, beginning with the first."""
    texts = ["Move kite KI-1.", "Move kite KI-2.", "Book a lesson.", "Refund the club.", "Which sails are torn?"]
    rows: list[Json] = [{"id": str(number), "summary": text} for number, text in enumerate(texts)]
    path = lines(tmp_path / "tasks.jsonl", *rows)
    assert read_seed_tasks(path) == [texts[0], *texts[2:]]


@pytest.mark.parametrize(
    ("rows", "told"), [([{"id": "a"}], "holds no tools"), ([{"id": "a", "tool": {"x": 1}}], "tool_name: must be text")]
)
def test_bad_tools(rows: list[Json], told: str, tmp_path: Path) -> None:
    """What is no tool is told with its file."""
    with pytest.raises(UsageError, match=told):
        read_seed_tools(lines(tmp_path / "tools.jsonl", *rows))


def test_bad_tasks(tmp_path: Path) -> None:
    """So is what is no task."""
    with pytest.raises(UsageError, match="summary"):
        read_seed_tasks(lines(tmp_path / "tasks.jsonl", {"id": "a", "summary": " "}))
