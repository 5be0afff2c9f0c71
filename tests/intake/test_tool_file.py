"""Files of tools, in the forms in which people have them."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.intake.tool_file import read_tools
from tests.intake.intakekit import CANCEL, WEATHER, as_text, lines


@pytest.mark.parametrize(
    "content",
    [
        as_text([WEATHER, CANCEL]),
        f"{as_text(WEATHER)}\n{as_text(CANCEL)}\n",
        as_text({"tools": [WEATHER, CANCEL]}),
        "\n".join(
            as_text({"id": "e.T", "setting": "{}", "tool_name": "T", "tool": as_text(tool)})
            for tool in (WEATHER, CANCEL)
        ),
    ],
)
def test_forms(tmp_path: Path, content: str) -> None:
    """A list, lines, what a server lists, and our own file of tools."""
    path = tmp_path / "tools.json"
    path.write_text(content, encoding="utf-8")
    assert read_tools(path) == [WEATHER, CANCEL]


@pytest.mark.parametrize("tool", [{"description": "x"}, {"name": "x", "parameters": {"a": {"type": "quark"}}}, 3])
def test_what_is_no_tool(tmp_path: Path, tool: object) -> None:
    """The first is named."""
    path = tmp_path / "tools.json"
    path.write_bytes(orjson.dumps([WEATHER, tool]))
    with pytest.raises(DatasetError, match=r"tools.json:2: "):
        read_tools(path)


def test_no_tools(tmp_path: Path) -> None:
    """An empty file is one line."""
    with pytest.raises(UsageError, match="the file holds no tools"):
        read_tools(lines(tmp_path / "tools.jsonl", []))
