"""Commands start quickly: each imports what it needs, when it is called for, and no more."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import synthtools_stream
from synthtools_stream.cli import main

ROOT = Path(__file__).parents[2]

HEAVY = {"aiohttp", "jinja2", "jsonschema_rs", "pyarrow", "uvloop"}
CONTEXT = click.Context(main, info_name="synthtools-stream")


def imported(*arguments: str) -> set[str]:
    """Call a command in a fresh interpreter and return the packages that are loaded in the end."""
    code = (
        "import atexit, sys; from synthtools_stream.cli import main\n"
        "atexit.register(lambda: print('|'.join(sys.modules), file=sys.stderr))\n"
        "main(sys.argv[1:])"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 2), done.stderr
    return {name.partition(".")[0] for name in done.stderr.splitlines()[-1].split("|")}


def test_help_imports_no_command() -> None:
    """`--help` lists every command from one table, without pydantic or any command's module."""
    assert not imported("--help") & {*HEAVY, "pydantic", "rich"}


@pytest.mark.parametrize("command", ["status", "tail", "verify"])
def test_readers_import_no_engine(command: str) -> None:
    """What only reads a directory or file needs no HTTP client, templates, graphs or event loop."""
    assert not imported(command, "nowhere") & HEAVY


@pytest.mark.parametrize("name", main.list_commands(CONTEXT))
def test_every_command_is_there(name: str) -> None:
    """Every name of the table leads to a command of that name which says what it does."""
    command = main.get_command(CONTEXT, name)
    assert command is not None
    assert command.name == name
    assert command.help


def test_help_lists_every_command() -> None:
    """`--help` has one line of a few words for each command, by name."""
    lines = main.get_help(CONTEXT).partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in lines] == sorted(main.list_commands(CONTEXT))
    assert all(len(line.split()) > 3 and line.endswith(".") for line in lines)


def test_unknown_command_is_none() -> None:
    """A name that the table lacks is no command, whatever module may be called so."""
    assert main.get_command(CONTEXT, "display") is None


def test_tree_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a package's metadata the version is that of the tree's own `pyproject.toml`."""

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    monkeypatch.setattr(metadata, "version", missing)
    monkeypatch.delitem(vars(synthtools_stream), "__version__", raising=False)
    done = CliRunner().invoke(main, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"synthtools-stream, version {declared}\n")


def test_missing_dependency_is_one_line() -> None:
    """Where a dependency is not installed, `python -m synthtools_stream` says which, and shows no traceback."""
    code = "import runpy, sys; sys.modules['orjson'] = None; runpy.run_module('synthtools_stream', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code, "status", "x"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "synthtools-stream: orjson is not installed here; bin/setup installs what is needed\n"
