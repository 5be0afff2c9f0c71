"""Writes one export a format, beside the run that they are made of: `python -m tests.readers.all_exports FOLDER`.

`FOLDER/run` is the run; each export lies in `FOLDER/<format>`, in two parts, train and test.
"""

from __future__ import annotations

import sys
from pathlib import Path

from click.testing import CliRunner

from synthtools_stream.cli import main
from synthtools_stream.export.formats import FORMATS

__all__: list[str] = []


def write_all(folder: Path) -> None:
    """Write them, and stop at the first that does not come about."""
    for name in FORMATS:
        asked = ["export", str(folder / "run"), "--format", name, "--out", str(folder / name), "--split"]
        done = CliRunner().invoke(main, [*asked, "train=0.5,test=0.5"])
        if done.exit_code:
            sys.exit(f"{name}: left with {done.exit_code}: {done.output}")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
