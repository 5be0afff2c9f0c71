"""`python -m synthtools_stream` is the command line."""

from __future__ import annotations

from synthtools_stream.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main(prog_name="synthtools-stream")
