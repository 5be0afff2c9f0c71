"""What a shard's engine is told, and how it ended: plain values, which travel between machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from synthtools_stream.assembly.chosen_start import StartFiles
from synthtools_stream.config import RunConfig
from synthtools_stream.storage.rundir.shard_runs import directory_of
from synthtools_stream.values.shards import Shard

__all__ = ["Ended", "Ending", "ShardPlan"]

Ending: TypeAlias = Literal["done", "stopped", "gone", "refused", "bug"]
"""`done`: nothing is left, or its time is over; `stopped`: resumable; `gone`: its engine or server is, and another
process may have one; `refused`: no process will do better, the user must; `bug`: ours."""


@dataclass(frozen=True)
class ShardPlan:
    """One shard of a run, for whichever process makes it."""

    shard: Shard
    config: RunConfig
    """With the shard's share of servers and limits."""
    files: StartFiles
    whole: Path
    """Directory of all shards, on storage that every machine has under this name."""
    session: str
    """Which call of the command this is: deaths are counted within one."""
    folder: Path
    """Where relative paths of the configuration are from."""
    serve: Sequence[str] = ()
    """Command line of a server that the shard has to itself; `{port}` stands for the port that it is to have."""
    environ: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    """Variables that the process may lack, such as a server's key."""

    @property
    def directory(self) -> Path:
        """The shard's own directory."""
        return directory_of(self.whole, self.shard)


@dataclass(frozen=True)
class Ended:
    """How a shard's engine ended."""

    ending: Ending
    said: str = ""
    """What the user is to read; of a bug the traceback."""
    failed: int = 0
    """Items that failed for reasons of infrastructure."""
    produced: int = 0
    """Items that its last stage did well."""
    out_of_time: bool = False
    """Whether the deadline ended it, so that more is to be done."""
