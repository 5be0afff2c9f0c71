"""The audited tools beside a dataset: what its tasks must hold their tools, and the programs of these, to be.

A row alone shows that its programs come to what it says. Whether its tools ever had programs, whether they are these,
and whether the tools' words are those that were audited, only the audit's own rows can show: a run's directory has them
in `tools.jsonl`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from synthtools_stream.proof.variants.base_task import base_of
from synthtools_stream.records.environment import AuditedTool
from synthtools_stream.records.task import Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.storage.datasets.dataset_reader import read_records
from synthtools_stream.storage.datasets.line_file import lines_size
from synthtools_stream.values.jsontypes import canonical_json
from synthtools_stream.values.object_memo import ObjectMemo

__all__ = ["AuditedTools"]

_TOOLS = 256
"""Tools that are remembered as they are written: tasks of one environment hold the same ones."""
_BESIDE = "tools.jsonl"


class AuditedTools:
    """Digests of tools with their programs, by environment and tool name: some 300 bytes a tool."""

    def __init__(self, path: Path) -> None:
        """Read those that lie beside a dataset; where there are none, nothing is known and nothing is wrong.

        Rows that are no audited tools are passed over: other people's files may have the same name.
        """
        self._known: defaultdict[tuple[str, str], set[bytes]] = defaultdict(set)
        beside = path.with_name(_BESIDE)
        if beside == path or not lines_size(beside):
            return
        for row in read_records(beside, AuditedTool):
            if isinstance(row, AuditedTool):
                self._known[row.setting.id, row.tool_name].add(_digest(row.tool, row.program))

    def problems(self, task: Task) -> Iterator[str]:
        """Yield which tools of a task are not as audited; tools that nobody audited here are passed over."""
        if not self._known:
            return
        if task.meta.twist is not None and task.meta.twist.names:
            task = base_of(task)  # under their own names
        for tool in task.tools:
            known = self._known.get((task.meta.environment, tool.tool_name))
            if known is not None and _digest(tool, task.meta.programs.get(tool.tool_name)) not in known:
                yield f"the tool {tool.tool_name}, or its program, is not the one that was audited ({_BESIDE})"


def _digest(tool: Tool, program: str | None) -> bytes:
    return blake2b(b"%b %b" % (_written(tool), (program or "").encode()), digest_size=16).digest()


_written = ObjectMemo[Tool, bytes](lambda tool: canonical_json(tool.to_json()), _TOOLS)
