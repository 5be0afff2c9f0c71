"""Where a run's programs run, what becomes of the run where they cannot, and programs that the user brings."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from synthtools_stream.config import RunConfig
from synthtools_stream.errors import ConfigError, DatasetError, RunStopped
from synthtools_stream.programs.sandbox import Sandbox, SandboxMissing, open_sandbox
from synthtools_stream.records import Record
from synthtools_stream.storage.datasets.dataset_reader import read_records
from synthtools_stream.values.lineages import lineage

__all__ = ["read_programs", "sandbox_for"]


class _Brought(Record):
    """A line of a programs file."""

    id: str = ""
    """The tool's id, where the program is for one environment's tool only."""
    tool_name: str
    program: str


def read_programs(path: Path) -> dict[str, str]:
    """Return the programs of a JSONL file of `{"tool_name", "program"}`, by tool name, or by id where one is given.

    A `tools.jsonl` is such a file; its tools without a program are passed over.

    :raises DatasetError: for the first line that is none, or names a tool again.
    :raises UsageError: when the file cannot be read.
    """
    programs: dict[str, str] = {}
    for line, item in enumerate(read_records(path, _Brought, strict=True), start=1):
        assert isinstance(item, _Brought)  # strict: a bad line was raised
        tool = lineage(item.id) or item.tool_name
        if tool in programs:
            raise DatasetError(path, line, f"the tool {tool!r} has a program already; give one each")
        if item.program:
            programs[tool] = item.program
    if not programs:
        raise ConfigError(f"{path}: holds no program")
    return programs


@asynccontextmanager
async def sandbox_for(config: RunConfig, notice: Callable[[str], None]) -> AsyncGenerator[Sandbox | None]:
    """Yield the sandbox that a configuration asks for; None where all tools are simulated.

    :raises SandboxMissing: when it cannot be opened and `tools_as = "code"` leaves no other way.
    :raises RunStopped: when it is lost under way.
    """
    if config.content.tools_as == "simulated":
        yield None
        return
    async with AsyncExitStack() as stack:
        try:
            sandbox = await stack.enter_async_context(open_sandbox(config.operating.program_workers))
        except SandboxMissing as missing:
            if config.content.tools_as == "code":
                raise
            notice(f"{missing}; tools are simulated")
            sandbox = None
        try:
            yield sandbox
        except SandboxMissing as lost:
            raise RunStopped(f"{lost}; the same command goes on from here") from lost
