"""Lists of tools, by MCP's own types."""

from __future__ import annotations

from pathlib import Path

from mcp.types import ListToolsResult

from synthtools_stream.export.corpus import Kind
from synthtools_stream.records import AuditedTool
from synthtools_stream.values.jsontypes import Json
from tests.export.exported import export, rows, write_rows
from tests.programs.coded_freight import CODED
from tests.stages.stagekit import TOOLS, audited


def listed(row: Json) -> ListToolsResult:
    """Read a line as the SDK does, and as it stands."""
    told = ListToolsResult.model_validate(row)
    assert told.model_dump(by_alias=True, exclude_unset=True, mode="json") == row
    return told


def elsewhere(tool: AuditedTool) -> AuditedTool:
    """Return the tool in another environment."""
    return tool.model_copy(
        update={"id": f"x.{tool.tool_name}", "setting": tool.setting.model_copy(update={"id": "freight_spec_000"})}
    )


def test_a_list_an_environment(tmp_path: Path) -> None:
    """Tools of one environment stand together, wherever they stood; hints say what code knows of effects."""
    horses, freight = [audited(tool) for tool in TOOLS], [elsewhere(audited(tool)) for tool in CODED.values()]
    mixed = [tool for pair in zip(horses, freight, strict=False) for tool in pair] + freight[len(horses) :]
    write_rows(tmp_path / "run", Kind.tools, mixed)
    export(tmp_path / "run", "mcp", tmp_path / "out")
    lists = [listed(row) for row in rows(tmp_path / "out" / "train.jsonl")]
    assert [[tool.name for tool in told.tools] for told in lists] == [
        [tool.tool_name for tool in horses],
        [tool.tool_name for tool in freight],
    ]
    assert [(told.meta or {})["synthtools-stream/environment"] for told in lists] == [
        horses[0].setting.id,
        "freight_spec_000",
    ]
    for tool in lists[1].tools:
        effects = CODED[tool.name].effects
        assert effects is not None
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is not bool(effects.writes)
        assert tool.annotations.open_world_hint is False


def test_tools_of_unknown_effects(tmp_path: Path) -> None:
    """Of what nobody declared nothing is said."""
    undeclared = audited(TOOLS[0].model_copy(update={"effects": None}))
    write_rows(tmp_path / "run", Kind.tools, [undeclared])
    export(tmp_path / "run", "mcp", tmp_path / "out")
    (tool,) = listed(rows(tmp_path / "out" / "train.jsonl")[0]).tools
    assert tool.annotations is not None
    assert tool.annotations.model_dump(exclude_unset=True) == {"open_world_hint": False}
