"""Options that several commands share, and how flags become configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar, get_args

import click

from synthtools_stream.config import Backend
from synthtools_stream.errors import ConfigError
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.shards import Shard

__all__ = [
    "backend_options",
    "budget_options",
    "flags_of",
    "named_directory",
    "out_option",
    "read_fields",
    "shard_option",
]

P = ParamSpec("P")
T = TypeVar("T")


def out_option(default: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return the option; what is given must name a directory, so that nothing is strewn about the present one."""
    return click.option(
        "--out",
        default=default,
        show_default=True,
        callback=named_directory,
        help="Run directory; an existing run is resumed.",
    )


def named_directory(_context: click.Context, _parameter: click.Parameter, value: str) -> Path:
    """Read a directory; a click callback.

    :raises click.BadParameter: for what names none, such as a variable that is not set.
    """
    if not value.strip() or "\0" in value:
        raise click.BadParameter("it must name a directory")
    return Path(value)


def shard_option(function: Callable[P, T]) -> Callable[P, T]:
    """Add the option that takes a part of the whole; an empty one is a variable that is not set, and no whole."""
    told = "Only part 2/8 of the whole: each part in its own --out, all of them put together by merge."
    return click.option("--shard", callback=_shard, help=told)(function)


def _shard(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        try:
            Shard.of(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
    return value


def backend_options(function: Callable[P, T]) -> Callable[P, T]:
    """Add the options that say which model answers, and how hard it is asked."""
    return _with_options(
        function,
        [
            click.option("--backend", type=click.Choice(get_args(Backend)), help="Who answers.  [embedded]"),
            click.option("--model", help="Model name; by default the server's only one."),
            click.option("--server-url", multiple=True, help="OpenAI-compatible server; may be given several times."),
            click.option(
                "--prompts",
                type=click.Path(),
                help="Directory of templates, <role>.md each, that take the place of ours.",
            ),
            click.option("--recording", type=click.Path(), help="Run directory that `recorded` answers from."),
            click.option("--concurrency", type=int, help="Requests in flight at most, on each server.  [64]"),
            click.option("--seed", type=int, help="Seed of everything.  [0]"),
        ],
    )


def budget_options(function: Callable[P, T]) -> Callable[P, T]:
    """Add the options that say when a session ends before all is done, and how."""
    return _with_options(
        function,
        [
            click.option(
                "--token-budget",
                type=int,
                help="Send nothing new once so many tokens are spent, all sessions together.",
            ),
            click.option("--max-cost", type=float, help="Send nothing new once so much money is spent; needs prices."),
            click.option(
                "--deadline", help="Send nothing new after so long (2h30m, 90) or at a time (2026-03-14T09:00)."
            ),
            click.option("--grace", help="How long requests in flight may take once a session ends early.  [30s]"),
            click.option(
                "--takeover",
                is_flag=True,
                default=None,
                help="Go on where another process still holds the run, because that one is lost.",
            ),
        ],
    )


def _with_options(
    function: Callable[P, T], options: Sequence[Callable[[Callable[P, T]], Callable[P, T]]]
) -> Callable[P, T]:
    for option in reversed(options):
        function = option(function)
    return function


def flags_of(**options: object) -> JsonObject:
    """Return the options that were given, as configuration; `--server-url` alone implies the http backend."""
    flags: JsonObject = {}
    for name, value in options.items():
        if value is None or value == ():
            continue
        flags[name] = list(value) if isinstance(value, tuple) else value  # type: ignore[assignment]
    if "server_url" in flags and flags.setdefault("backend", "http") != "http":
        raise ConfigError(f"--server-url means the http backend; leave out --backend {flags['backend']}")
    return flags


def read_fields(path: Path) -> list[str]:
    """Return the fields of a file, one a line; blank lines and `#` comments are skipped.

    :raises ConfigError: for a file that cannot be read or holds no field.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such fields file") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    fields = [line.strip() for line in text.splitlines()]
    fields = [line for line in fields if line and not line.startswith("#")]
    if not fields:
        raise ConfigError(f"{path}: names no field; write one a line")
    return fields
