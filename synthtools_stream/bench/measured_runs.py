"""Runs to be measured: their shape, their command line, and a server for them, each a process of its own."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from math import ceil
from pathlib import Path
from typing import NamedTuple

__all__ = ["RunShape", "free_port", "run_command", "served", "served_model", "shipped_fields"]

_MOST = 40
"""Subfields of a field and scenarios of a subfield, at most: what the configuration allows."""
_URL = re.compile(r"http://[0-9.:]+")


def shipped_fields() -> list[str]:
    """Return the fields that ship with the package."""
    return (files("synthtools_stream") / "fields.txt").read_text(encoding="utf-8").split("\n")[:-1]


class RunShape(NamedTuple):
    """How many of what a run makes."""

    fields: int
    subfields: int = 1
    scenarios: int = 1

    @classmethod
    def of_environments(cls, wanted: int) -> RunShape:
        """Return a shape with about that many environments, over as many fields as there are."""
        fields = min(wanted, len(shipped_fields()))
        each = ceil(wanted / fields)
        subfields = min(each, _MOST)
        return cls(fields, subfields, min(ceil(each / subfields), _MOST))

    @property
    def environments(self) -> int:
        """Environments that come of it."""
        return self.fields * self.subfields * self.scenarios


def run_command(out: Path, shape: RunShape, concurrency: int, more: Sequence[str] = ()) -> list[str]:
    """Return the command of a run; `more` options come last."""
    named = [word for name in shipped_fields()[: shape.fields] for word in ("--field", name)]
    sizes = ["--subfields", str(shape.subfields), "--scenarios", str(shape.scenarios)]
    argv = [sys.executable, "-m", "synthtools_stream", "run", "--out", str(out), "--quiet"]
    return [*argv, "--concurrency", str(concurrency), *sizes, *named, *more]


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def served_model(*options: str) -> Generator[str]:
    """Run `serve-model` with these options on a free port and give its URL."""
    with served("serve-model", *options) as (url, _):
        yield url


@contextmanager
def served(serve: str, *options: str) -> Generator[tuple[str, int]]:
    """Run a command that serves on a free port, and give its URL and the id of its process."""
    argv = [sys.executable, "-m", "synthtools_stream", serve, "--port", "0", *options]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = _URL.search(line)
            if found is None:
                raise SystemExit(f"bench: the server did not start: {line.strip()}")
            yield found[0], process.pid
        finally:
            process.terminate()
