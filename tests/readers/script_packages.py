"""Prints the packages that a script declares in the comment at its head (PEP 723), one a line.

Behind a line `--` stand those that are to be installed without what they would bring along: `[tool.exports] alone`.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

__all__ = ["script_packages"]

_BLOCK = re.compile(r"^# /// script\n((?:#.*\n)+?)# ///$", re.MULTILINE)

_OURS, _HERE = "synthtools-stream @ .", "--editable=."
"""Ours, for packages that build on it: as the tree is now, not as it was when the environment was made."""


def script_packages(text: str) -> list[str]:
    """Return what a script's metadata names, as `bin/venv` takes it.

    :raises ValueError: when it has none.
    """
    found = _BLOCK.search(text)
    if found is None:
        raise ValueError("no `# /// script` block at the script's head")
    metadata = tomllib.loads("".join(line.removeprefix("#").removeprefix(" ") for line in found[1].splitlines(True)))
    wanted = [_HERE if package == _OURS else str(package) for package in metadata["dependencies"]]
    alone = metadata.get("tool", {}).get("exports", {}).get("alone", [])
    return [*wanted, *(["--", *map(str, alone)] if alone else [])]


if __name__ == "__main__":
    print("\n".join(script_packages(Path(sys.argv[1]).read_text())))
