"""`python -m synthtools_stream` is the command line, also of a tree that is not installed."""

from __future__ import annotations

import sys

__all__: list[str] = []

if __name__ == "__main__":
    try:
        from synthtools_stream.cli import main

        main(prog_name="synthtools-stream")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("synthtools_stream", "stages", "queues")):
            raise
        sys.stderr.write(f"synthtools-stream: {error.name} is not installed here; bin/setup installs what is needed\n")
        sys.exit(2)
