"""The command line: `synthtools-stream`."""

from __future__ import annotations

import click

from synthtools_stream.cli.compact import compact_run
from synthtools_stream.cli.exits import Commands
from synthtools_stream.cli.repair import repair_run
from synthtools_stream.cli.rollout import rollout
from synthtools_stream.cli.run import run
from synthtools_stream.cli.serve_model import serve_model
from synthtools_stream.cli.status import status
from synthtools_stream.cli.tail import tail
from synthtools_stream.cli.verify import verify

__all__ = ["main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="synthtools-stream")
def main() -> None:
    """Synthetic tools, proven tool-use tasks and judged agent trajectories from one streaming engine.

    \b
    Exit codes: 0 done; 1 finished, but nothing was produced (or verify found failures);
    2 bad usage or configuration; 3 stopped, and the same command goes on.
    """


for command in (run, rollout, status, tail, verify, serve_model, repair_run, compact_run):
    main.add_command(command)
