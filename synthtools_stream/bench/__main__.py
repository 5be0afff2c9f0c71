"""`bin/bench [PART] [options]`: one part, or every quick one, a page in all.

A part is a module of this package, mostly of its name, with a function `main(arguments) -> exit code`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec

import click

__all__ = ["PARTS", "QUICK", "main"]

QUICK = ("engine", "log", "resume", "lag", "memory", "pipeline")
"""What runs when no part is named; the page is theirs."""
PARTS = (
    *(*QUICK, "budget", "disk", "requests", "rollouts", "prefix", "verifying", "programs", "audit", "cost", "crash"),
    "serving",
)

MODULES = {"disk": "disk_space"}
"""Modules of parts that have another name than the part: a file's name stands once in the source."""

Part = Callable[[Sequence[str]], int]


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; returns the exit code."""
    there = [name for name in PARTS if find_spec(_module(name)) is not None]
    if arguments and arguments[0] in there:
        return _part(arguments[0])(arguments[1:])
    if arguments:
        asked_for_help = arguments[0] in ("-h", "--help")
        click.echo(f"usage: bin/bench [{' | '.join(there)}] [--json] [options of the part]", err=not asked_for_help)
        return 0 if asked_for_help else 2
    return max(_run(name) for name in QUICK if name in there)


def _run(name: str) -> int:
    click.echo(f"== {name}")
    return _part(name)([])


def _module(name: str) -> str:
    return f"{__package__}.{MODULES.get(name, name)}"


def _part(name: str) -> Part:
    part: Part = import_module(_module(name)).main
    return part


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
