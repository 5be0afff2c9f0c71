"""`--out`: the run directory of the commands that run something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

__all__ = ["out_option"]

P = ParamSpec("P")
T = TypeVar("T")


def out_option(default: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return the option; what is given must name a directory, so that nothing is strewn about the present one."""
    return click.option(
        "--out",
        default=default,
        show_default=True,
        callback=_named,
        help="Run directory; an existing run is resumed.",
    )


def _named(_context: click.Context, _parameter: click.Parameter, value: str) -> Path:
    if not value.strip() or "\0" in value:
        raise click.BadParameter("it must name a directory")
    return Path(value)
