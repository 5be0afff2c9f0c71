"""How a benchmark is called and how it tells its result: a few lines for people, or one JSON object."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click
import orjson

from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Finding", "command", "integers", "note", "tell"]


@dataclass(frozen=True)
class Finding:
    """What a benchmark found."""

    figures: JsonObject
    lines: Sequence[str]
    """The same for people."""
    ok: bool = True
    """False where something is wrong that must not be overlooked; the exit code says so."""


def command(part: str, what: str) -> argparse.ArgumentParser:
    """Return a parser that knows `--json`."""
    parser = argparse.ArgumentParser(prog=f"bin/bench {part}", description=what)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def integers(text: str) -> list[int]:
    """Read `64,256` as an option's value."""
    return [int(part) for part in text.split(",")]


def tell(found: Finding, options: argparse.Namespace) -> int:
    """Print a finding and return the exit code."""
    if options.json:
        click.echo(orjson.dumps(found.figures).decode())
    else:
        for line in found.lines:
            click.echo(line)
    return 0 if found.ok else 1


def note(part: str) -> Callable[[str], None]:
    """Return a way to say on stderr what is going on."""

    def say(line: str) -> None:
        click.echo(f"bench {part}: {line}", file=sys.stderr)

    return say
