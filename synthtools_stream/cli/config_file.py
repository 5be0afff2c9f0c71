"""A TOML file in place of flags: every option of a command stands in it under its own name, and flags win."""

from __future__ import annotations

from pathlib import Path

import click

from synthtools_stream.cli.exit_codes import exit_with
from synthtools_stream.config import Content, Operating, RunConfig, read_toml
from synthtools_stream.errors import ConfigError
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["build_config", "read_config"]

DERIVED = ("start", "dataset", "selection")
"""Keys that a run's configuration holds, and that follow from what it is started from."""

_FILE = f"{__name__}.file"
"""Under this the command's context remembers the file that was read."""


def read_config(context: click.Context, parameter: click.Parameter, path: Path | None) -> JsonObject:
    """Read the file of a command, before its flags; what is no key of a run becomes the default of the flag's name.

    A click callback: exits with one line where the file cannot be used.
    """
    if path is None:
        return {}
    keys = (Content.model_fields.keys() | Operating.model_fields.keys()) - set(DERIVED)
    flags = {flag.name: flag for flag in context.command.params if flag is not parameter and flag.name not in keys}
    own: JsonObject = {}
    rest: JsonObject = {}
    with exit_with():
        for name, value in read_toml(path).items():
            if name in flags:
                own[name] = _fitting(path, flags[name], value)
            elif name in DERIVED:
                raise ConfigError(f"{path}: {name!r} follows from what the run is started from and cannot be set")
            else:
                rest[name] = value
    context.default_map = {**(context.default_map or {}), **own}
    context.meta[_FILE] = path
    return rest


def build_config(file: JsonObject, flags: JsonObject) -> RunConfig:
    """Build the configuration of a command's file and its flags, which win.

    :raises ConfigError: in one line, which names the file where the mistake stands there.
    """
    try:
        return RunConfig.build({**file, **flags})
    except ConfigError as error:
        path = click.get_current_context().meta.get(_FILE)
        if path is None or error.key not in file or error.key in flags:
            raise
        raise ConfigError(f"{path}: {error}", error.key) from error


def _fitting(path: Path, flag: click.Parameter, value: Json) -> Json:
    """Return what a flag can be given; what it makes of it is its own matter."""
    several = isinstance(flag, click.Option) and flag.multiple
    if several and not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
        raise ConfigError(f"{path}: {flag.name}: must be a list of texts")
    if not several and isinstance(value, (list, dict)):
        raise ConfigError(f"{path}: {flag.name}: must be a single value")
    return value
