"""Prints the packages that a script declares in the comment at its head (PEP 723), one a line.

Behind a line `--` stand those that are installed alone, without what they depend on: `alone` of `[tool.exports]`.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

__all__ = ["script_packages"]

_BLOCK = re.compile(r"^# /// script\n((?:#.*\n)+?)# ///$", re.MULTILINE)


def script_packages(text: str) -> list[str]:
    """Return what a script's metadata names.

    :raises ValueError: when it has none.
    """
    found = _BLOCK.search(text)
    if found is None:
        raise ValueError("no `# /// script` block at the script's head")
    metadata = tomllib.loads("".join(line.removeprefix("#").removeprefix(" ") for line in found[1].splitlines(True)))
    packages = [str(package) for package in metadata["dependencies"]]
    alone = [str(package) for package in metadata.get("tool", {}).get("exports", {}).get("alone", [])]
    return [*packages, "--", *alone] if alone else packages


if __name__ == "__main__":
    print("\n".join(script_packages(Path(sys.argv[1]).read_text())))
